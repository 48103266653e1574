"""A trade as it stands: who, what, until when, and how far it has come.

The states form a table, not a habit: `NEXT` lists every way out of every status. Final states have none.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.domain.text import name_key


class Status(StrEnum):
    """How far a trade has come."""

    DRAFT = "draft"
    IN_NEGOTIATION = "in_negotiation"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"

    @property
    def final(self) -> bool:
        """Whether no move leads out of it."""
        return not NEXT[self]


NEXT: dict[Status, frozenset[Status]] = {
    Status.DRAFT: frozenset({Status.IN_NEGOTIATION, Status.EXPIRED}),
    Status.IN_NEGOTIATION: frozenset({Status.DRAFT, Status.ACCEPTED, Status.REJECTED, Status.EXPIRED}),
    Status.ACCEPTED: frozenset(),
    Status.REJECTED: frozenset(),
    Status.EXPIRED: frozenset(),
}


class Role(StrEnum):
    """A party's side in one trade; it comes from the trade, never from a page."""

    SELLER = "seller"
    BUYER = "buyer"


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others see them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade's current state, one immutable value.

    `code` is the invitation's secret and is shown to the two parties only. `invited` is the buyer's name as the seller
    typed it, or empty when whoever holds the link first may be the buyer. `answered` tells whether the buyer has
    answered an offer: asked for another one, accepted or rejected. `amended_at` is when `version` was made. Times are
    timezone-aware UTC, taken from the database's clock.
    """

    id: int
    code: str
    title: str
    seller: Person
    terms: Terms
    created_at: datetime
    expires_at: datetime
    amended_at: datetime
    version: int = 1
    status: Status = Status.DRAFT
    invited: str = ""
    buyer: Person | None = None
    answered: bool = False
    closed_at: datetime | None = None

    @property
    def parties(self) -> tuple[Person, ...]:
        """The people whose trade it is: the seller and, once the seat is taken, the buyer."""
        return (self.seller,) if self.buyer is None else (self.seller, self.buyer)

    def role_of(self, user_id: int) -> Role | None:
        """The role of a user, or None for an outsider (somebody who may still join included)."""
        if user_id == self.seller.id:
            return Role.SELLER
        if self.buyer is not None and user_id == self.buyer.id:
            return Role.BUYER
        return None

    def counterparty(self, user_id: int) -> Person | None:
        """The other party from this user's side, if the seat is taken."""
        return self.buyer if user_id == self.seller.id else self.seller

    def seat_is_for(self, person: Person) -> bool:
        """Whether this person, holding the link, may take the free buyer's seat."""
        return (
            self.buyer is None
            and person.id != self.seller.id
            and (not self.invited or name_key(self.invited) == name_key(person.name))
        )

    @property
    def seat_can_be_released(self) -> bool:
        """Whether the seller may still give the buyer's seat to somebody else: until the buyer's first answer."""
        return self.status is Status.IN_NEGOTIATION and not self.answered

    def moved_to(self, status: Status, at: datetime) -> "Trade":
        """The trade in its next status. Raises `Refusal` where the table of states has no such way."""
        if status not in NEXT[self.status]:
            raise Refusal(Reason.CLOSED, f"This trade is {WORD[self.status].lower()}; that is final.")
        return replace(self, status=status, closed_at=at if status.final else None)


RECENTLY = timedelta(days=7)
"""How long a closed trade stays on the dashboard."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A trade with its place in time: the `seq` of its newest action, and when that was."""

    trade: Trade
    seq: int
    active_at: datetime


WORD: dict[Status, str] = {
    Status.DRAFT: "Draft",
    Status.IN_NEGOTIATION: "In negotiation",
    Status.ACCEPTED: "Accepted",
    Status.REJECTED: "Rejected",
    Status.EXPIRED: "Expired",
}
"""The words people read for each status."""
