"""A ledger with its reader, in memory or in PostgreSQL, and the way to make moves in it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Protocol

from app.domain import rules
from app.domain.actions import Outcome
from app.domain.moves import Expire, Join, Move, Offer
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.rooms.dashboard import TradeLists
from app.rooms.lobby import Records
from tests.conftest import TERMS


class Keeper(Protocol):
    """What the ledger writes with."""

    async def create(
        self, seller: Person, title: str, terms: Terms, invited: str, minutes: int, *, listed: bool = True
    ) -> Outcome: ...

    async def record(self, outcome: Outcome) -> Outcome | None: ...


class Reader(Records, TradeLists, Protocol):
    """All that the rooms read."""


@dataclass(frozen=True)
class Books:
    """Where Sam sells to Bea."""

    ledger: Keeper
    history: Reader
    person: Callable[[str], Awaitable[Person]]

    async def draft(self, title: str = "Oak table", *, by: str = "Sam", listed: bool = True) -> Outcome:
        """A draft for whoever comes."""
        return await self.ledger.create(await self.person(by), title, TERMS, "", 30, listed=listed)

    async def deal(self, title: str = "Oak table", *, by: str = "Sam") -> Outcome:
        """A trade that Bea has joined."""
        created = await self.draft(title, by=by)
        return await self.play(created.trade.id, Join(await self.person("Bea"), created.trade.code))

    async def play(self, trade_id: int, move: Move, by: Person | None = None) -> Outcome:
        """Ask the rules, and record the outcome."""
        recorded = await self.ledger.record(await self.ask(trade_id, move, by))
        assert recorded is not None
        return recorded

    async def ask(self, trade_id: int, move: Move, by: Person | None = None) -> Outcome:
        """What the rules say of a move in the trade as it stands."""
        trade = await self.trade(trade_id)
        now = trade.expires_at if isinstance(move, Expire) else trade.created_at
        return rules.apply(trade, move, by=trade.role_of(by.id) if by else None, now=now)

    async def amend(self, trade_id: int, quantity: int) -> Outcome:
        """The seller changes the quantity."""
        trade = await self.trade(trade_id)
        move = Offer(trade.version, replace(trade.terms, quantity=quantity), f"{quantity} are left")
        return await self.play(trade_id, move, trade.seller)

    async def trade(self, trade_id: int) -> Trade:
        """The trade as it stands."""
        standing = await self.history.trade(trade_id)
        assert standing is not None
        return standing.trade
