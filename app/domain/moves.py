"""Moves: what somebody asks for. Imperative; whether it happens is for `rules` to say."""

from dataclasses import dataclass

from app.domain.terms import Terms
from app.domain.trade import Person


@dataclass(frozen=True, slots=True)
class Join:
    """Take the free buyer's seat, holding the invitation's code."""

    person: Person
    code: str


@dataclass(frozen=True, slots=True)
class SendMessage:
    """Say something in the room."""

    text: str


@dataclass(frozen=True, slots=True)
class Amend:
    """Put new terms in place of those of `version`, with an optional reason."""

    version: int
    terms: Terms
    reason: str = ""


@dataclass(frozen=True, slots=True)
class RequestAmendment:
    """Ask the seller, in words, for other terms."""

    text: str


@dataclass(frozen=True, slots=True)
class Accept:
    """Agree to the terms of exactly this version."""

    version: int


@dataclass(frozen=True, slots=True)
class Reject:
    """Decline the offer, with an optional reason."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class RenewLink:
    """Put a new invitation code in the place of the old one, which is worth nothing from then on."""

    code: str


@dataclass(frozen=True, slots=True)
class ReleaseSeat:
    """Take the buyer's seat back before the first offer is answered; the new code keeps who sat there out."""

    code: str


@dataclass(frozen=True, slots=True)
class Expire:
    """Close a trade whose deadline has passed. Nobody's move: time's."""


Move = Join | SendMessage | Amend | RequestAmendment | Accept | Reject | RenewLink | ReleaseSeat | Expire
