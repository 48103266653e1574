"""Moves: what somebody asks for. Imperative; whether it happens is for `rules` to say.

`kind` is what has happened when it does: its row in the table of kinds says who may, and when.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.domain.kinds import Kind
from app.domain.terms import Terms
from app.domain.trade import Person


@dataclass(frozen=True, slots=True)
class Join:
    """Take the free buyer's seat, holding the invitation's code."""

    kind: ClassVar[Kind] = Kind.JOINED
    person: Person
    code: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Say something in the room."""

    kind: ClassVar[Kind] = Kind.MESSAGE_SENT
    text: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Put other terms on the table, in place of the offer that stands at `version`, with an optional reason."""

    kind: ClassVar[Kind] = Kind.AMENDED
    version: int
    terms: Terms
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestAmendment:
    """Ask, in words, for other terms; the offer stands."""

    kind: ClassVar[Kind] = Kind.AMENDMENT_REQUESTED
    text: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Agree to the terms of exactly this version."""

    kind: ClassVar[Kind] = Kind.ACCEPTED
    version: int


@dataclass(frozen=True, slots=True)
class Reject:
    """Turn the offer of this version down for good, with an optional reason."""

    kind: ClassVar[Kind] = Kind.REJECTED
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take one's own offer of this version back for good, with an optional reason."""

    kind: ClassVar[Kind] = Kind.WITHDRAWN
    version: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Extend:
    """Move the deadline to a later time."""

    kind: ClassVar[Kind] = Kind.EXTENDED
    until: datetime


@dataclass(frozen=True, slots=True)
class See:
    """Have the other side's offer of this version on the screen."""

    kind: ClassVar[Kind] = Kind.OFFER_SEEN
    version: int


@dataclass(frozen=True, slots=True)
class RenewLink:
    """Put a new invitation code in the place of the old one, which is worth nothing from then on."""

    kind: ClassVar[Kind] = Kind.LINK_RENEWED
    code: str


@dataclass(frozen=True, slots=True)
class ReleaseSeat:
    """Take the buyer's seat back before the first offer is answered; the new code keeps who sat there out."""

    kind: ClassVar[Kind] = Kind.SEAT_RELEASED
    code: str


@dataclass(frozen=True, slots=True)
class Expire:
    """Close a trade whose deadline has passed. Nobody's move: time's."""

    kind: ClassVar[Kind] = Kind.EXPIRED


AboutOffer = Offer | Accept | Reject | Withdraw | See
"""The moves that are about the offer that stands, and name its version."""
Move = AboutOffer | Join | SendMessage | RequestAmendment | Extend | RenewLink | ReleaseSeat | Expire
