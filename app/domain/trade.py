"""A trade as it stands: who, what, until when, and how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.domain.currency import USD
from app.domain.kinds import NEXT, Role, Status
from app.domain.names import name_key
from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.domain.text import contains


@dataclass(frozen=True, slots=True)
class Person:
    """A user as others see them."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade's current state, one immutable value. Times are timezone-aware UTC, taken from the database's clock."""

    #: The row's number; 0 for a trade that no database has.
    id: int
    #: The invitation's secret, shown to the two parties only.
    code: str
    #: What is traded; never changes.
    title: str
    #: Who sells, and opened the room.
    seller: Person
    #: The terms as they stand: the offer on the table.
    terms: Terms
    #: When it was drafted.
    created_at: datetime
    #: The deadline: from here on nothing can be decided. It may move, later only.
    expires_at: datetime
    #: When `version` was made.
    amended_at: datetime
    #: Counts the terms, from 1.
    version: int = 1
    #: How far it has come.
    status: Status = Status.DRAFT
    #: The buyer's name as the seller typed it; empty: whoever holds the link first may be the buyer.
    invited: str = ""
    #: Who has the buyer's seat; None while it is free.
    buyer: Person | None = None
    #: Whether the buyer has answered: asked for another offer, made one, accepted or rejected.
    answered: bool = False
    #: Which side made the offer that stands; only the other one can accept it.
    offered_by: Role = Role.SELLER
    #: The newest version that the side which received it has had on its screen; 0: none.
    seen_version: int = 0
    #: The buyer's open request: the words that ask for another offer, until the next one; empty: none.
    request: str = ""
    #: The currency of all its prices, ISO 4217; never changes.
    currency: str = USD
    #: What a price is for, such as ``per pallet``; may be empty; never changes.
    unit: str = ""
    #: Whether it stands on everybody's dashboard; a private one shows others its status alone.
    listed: bool = True
    #: When it was closed; None while it is open.
    closed_at: datetime | None = None

    @property
    def turn(self) -> Role | None:
        """Whose turn it is: the side's that did not make the standing offer, or the seller's while a request is open.

        Nobody's in a draft, and after the close.
        """
        if self.status is not Status.IN_NEGOTIATION:
            return None
        return Role.SELLER if self.request else self.offered_by.other

    @property
    def parties(self) -> tuple[Person, ...]:
        """The people whose trade it is: the seller and, once the seat is taken, the buyer."""
        return (self.seller,) if self.buyer is None else (self.seller, self.buyer)

    def party(self, role: Role) -> Person | None:
        """Who is on this side, if anybody is."""
        return self.seller if role is Role.SELLER else self.buyer

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

    def has(self, part: str, user_id: int) -> bool:
        """Whether the title or the counterparty's name, from this user's side, has this part."""
        counterparty = self.counterparty(user_id)
        return contains(self.title, part) or contains(counterparty.name if counterparty else self.invited, part)

    def renamed(self, person: Person) -> "Trade":
        """The trade with this person under the name that they have now, if they are one of its parties."""
        if self.seller.id == person.id:
            return replace(self, seller=person)
        if self.buyer is not None and self.buyer.id == person.id:
            return replace(self, buyer=person)
        return self

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

    def check_open(self) -> None:
        """Raises `Refusal` (CLOSED) where the trade has an outcome."""
        if self.status.final:
            raise self._refuse_closed()

    def moved_to(self, status: Status, at: datetime) -> "Trade":
        """The trade in its next status. Raises `Refusal` (CLOSED) where the table of kinds has no such way."""
        if status not in NEXT[self.status]:
            raise self._refuse_closed()
        return replace(self, status=status, closed_at=at if status.final else None)

    def _refuse_closed(self) -> Refusal:
        return Refusal(Reason.CLOSED, f"This trade is {self.status.word.lower()}; that is final.")


RECENTLY = timedelta(days=7)
"""How long a closed trade stays on the dashboard."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A trade with its place in time: the `seq` of its newest action, and when that was."""

    trade: Trade
    seq: int
    active_at: datetime
