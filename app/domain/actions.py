"""Actions: what has happened. Past tense, one row each in the audit trail, ordered by a gapless `seq` per trade."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from app.domain.terms import Terms
from app.domain.trade import Person, Role, Trade


class Kind(StrEnum):
    """What can happen in a trade."""

    CREATED = "created"
    JOINED = "joined"
    MESSAGE_SENT = "message_sent"
    AMENDED = "amended"
    AMENDMENT_REQUESTED = "amendment_requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    LINK_RENEWED = "link_renewed"
    SEAT_RELEASED = "seat_released"


@dataclass(frozen=True, slots=True)
class Action:
    """One happening.

    `seq` is 0 until the ledger has recorded it; `at` is then the database's clock under the row lock. `version` is the
    version of the terms it made (created, amended) or decided (accepted). `text` is the message, the request or the
    reason. `terms` are those it made, `before` what an amendment replaced. `hash` is its link in the chain, where it
    was read from the trail.
    """

    kind: Kind
    at: datetime
    actor: Person | None = None
    role: Role | None = None
    version: int | None = None
    text: str = ""
    terms: Terms | None = None
    before: Terms | None = None
    seq: int = 0
    hash: bytes = field(default=b"", compare=False)


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
class Outcome:
    """A move's result: the trade after it and the action to keep. `before` is the trade the rules looked at."""

    trade: Trade
    action: Action
    before: Trade

    @property
    def changes_trade(self) -> bool:
        """Whether the trade is another one after it; a message or a request leaves it as it was."""
        return self.trade != self.before or self.action.kind is Kind.CREATED

    def recorded(self, seq: int, at: datetime) -> "Outcome":
        """The same outcome as the ledger stored it: with its place in the trail and the database's time."""
        trade = self.trade
        if trade.closed_at != self.before.closed_at:
            trade = replace(trade, closed_at=at)
        if trade.version != self.before.version:
            trade = replace(trade, amended_at=at)
        return replace(self, trade=trade, action=replace(self.action, seq=seq, at=at))
