"""Actions: what has happened. Past tense, one row each in the audit trail, ordered by a gapless `seq` per trade."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from app.domain.kinds import Kind, Role
from app.domain.terms import Terms
from app.domain.trade import Person, Trade


@dataclass(frozen=True, slots=True)
class Action:
    """One happening."""

    #: What it was.
    kind: Kind
    #: When: the database's clock under the row lock, once it is recorded.
    at: datetime
    #: Who did it; None for time itself.
    actor: Person | None = None
    #: On which side.
    role: Role | None = None
    #: The version of the terms that it made, or names.
    version: int | None = None
    #: The message, the request or the reason.
    text: str = ""
    #: The terms that it made.
    terms: Terms | None = None
    #: The terms that they replaced.
    before: Terms | None = None
    #: The deadline in force after it; None until the ledger has recorded it.
    deadline: datetime | None = None
    #: Its place in the trade, from 1 without a gap; 0 until the ledger has recorded it.
    seq: int = 0
    #: Its link in the chain, where it was read from the trail.
    hash: bytes = field(default=b"", compare=False)

    @property
    def offered(self) -> "Offered | None":
        """The offer that it put on the table, if it did."""
        if self.version is None or self.role is None or self.terms is None:
            return None
        return Offered(self.version, self.role, self.terms)

    def renamed(self, person: Person) -> "Action":
        """The action with this person under the name that they have now, if it is theirs."""
        return replace(self, actor=person) if self.actor is not None and self.actor.id == person.id else self


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the terms: when, by whom, why, and what stood before it (None for the first)."""

    number: int
    terms: Terms
    at: datetime
    actor: Person
    reason: str = ""
    before: Terms | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    """What one side has put on the table: a version, and whose it is."""

    version: int
    by: Role
    terms: Terms


@dataclass(frozen=True, slots=True)
class Outcome:
    """A move's result: the trade after it and the action to keep. `before` is the trade the rules looked at."""

    trade: Trade
    action: Action
    before: Trade

    @property
    def changes_trade(self) -> bool:
        """Whether the trade is another one after it; a message leaves it as it was."""
        is_same = self.trade is self.before or self.trade == self.before  # most are the very same: no field is compared
        return not is_same or self.action.kind is Kind.CREATED

    def recorded(self, seq: int, at: datetime, deadline: datetime) -> "Outcome":
        """This outcome as the ledger stored it: with its place in the trail, the database's time and the deadline."""
        trade = self.trade
        if self.changes_trade and deadline != trade.expires_at:
            trade = replace(trade, expires_at=deadline)
        if trade.closed_at != self.before.closed_at:
            trade = replace(trade, closed_at=at)
        if trade.version != self.before.version:
            trade = replace(trade, amended_at=at)
        return replace(self, trade=trade, action=replace(self.action, seq=seq, at=at, deadline=deadline))
