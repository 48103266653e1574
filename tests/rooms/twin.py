"""The database's twin in memory: it keeps what the ledger keeps and reads as the history does, and judges nothing.

`held` makes readers wait with what they have read in hand, the way a slow reading is older than the news that overtake
it. `tests/rooms/test_twin.py` holds twin and history to the same contract.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from app.domain.actions import Action, Outcome
from app.domain.kinds import KINDS, Kind, Role, Status
from app.domain.terms import Terms
from app.domain.trade import RECENTLY, Person, Standing, Trade
from app.domain.traits import VersionUse
from app.rooms.listing import Query

T = TypeVar("T")


class Twin:
    """Trades and their actions, kept in dictionaries."""

    def __init__(self) -> None:
        self.readings: list[str] = []
        self.failure: Exception | None = None
        self._standings: dict[int, Standing] = {}
        self._actions: dict[int, list[Action]] = {}
        self._people: dict[str, Person] = {}
        self._holds: dict[str, asyncio.Event] = {}
        self._last = datetime.now(UTC)

    async def person(self, name: str) -> Person:
        """The person of this name, always the same one."""
        return self._people.setdefault(name, Person(len(self._people) + 1, name))

    # What the ledger does.

    async def create(
        self, seller: Person, title: str, terms: Terms, invited: str, minutes: float, *, listed: bool = True
    ) -> Outcome:
        """A new trade with its first action."""
        at, key = self._moment(), len(self._standings) + 1
        deadline = at + timedelta(minutes=minutes)
        trade = Trade(key, f"code{key:022}", title, seller, terms, at, deadline, at, invited=invited, listed=listed)
        action = Action(Kind.CREATED, at, seller, Role.SELLER, version=1, terms=terms, deadline=trade.expires_at, seq=1)
        self._standings[key] = Standing(trade, 1, at)
        self._actions[key] = [action]
        return Outcome(trade, action, before=trade)

    async def record(self, outcome: Outcome) -> Outcome:
        """The outcome as it was stored: next in the trail, now."""
        key = outcome.trade.id
        at = max(self._moment(), outcome.trade.expires_at) if outcome.action.kind is Kind.EXPIRED else self._moment()
        recorded = outcome.recorded(self._standings[key].seq + 1, at, outcome.trade.expires_at)
        active_at = self._standings[key].active_at if KINDS[outcome.action.kind].silent else at
        self._standings[key] = Standing(recorded.trade, recorded.action.seq, active_at)
        self._actions[key].append(recorded.action)
        return recorded

    def age(self, trade_id: int, by: timedelta) -> None:
        """Let a trade's happenings have been so much earlier."""
        old = self._standings[trade_id]
        closed = old.trade.closed_at and old.trade.closed_at - by
        trade = replace(old.trade, closed_at=closed, expires_at=old.trade.expires_at - by)
        self._standings[trade_id] = Standing(trade, old.seq, old.active_at - by)

    # What the history does.

    async def trade(self, trade_id: int) -> Standing | None:
        """The trade as it stands, or None."""
        return await self._read("trade", self._standings.get(trade_id))

    async def actions(self, trade_id: int, *, before: int | None = None, limit: int = 50) -> list[Action]:
        """The newest `limit` actions with seq < before, oldest first."""
        found = [a for a in self._actions.get(trade_id, []) if before is None or a.seq < before]
        return await self._read("actions", found[-limit:])

    async def actions_since(self, trade_id: int, seq: int, *, limit: int = 500) -> list[Action]:
        """The first `limit` actions after `seq`, oldest first."""
        found = [a for a in self._actions.get(trade_id, []) if a.seq > seq]
        return await self._read("actions_since", found[:limit])

    async def milestones(self, trade: Trade, *, versions: int) -> list[Action]:
        """What made each side's first and latest offer and the newest versions, so many, and what closed the trade;
        oldest first."""
        actions = self._actions.get(trade.id, [])
        made = [(action.role, action.seq) for action in actions if KINDS[action.kind].version is VersionUse.MAKES]
        kept = {*dict(made).values(), *dict(reversed(made)).values(), *(seq for _, seq in made[-versions:])}
        return await self._read(
            "milestones",
            [action for action in actions if action.seq in kept or KINDS[action.kind].closes],
        )

    async def activity(
        self,
        statuses: Sequence[Status],
        title: str,
        *,
        offset: int,
        limit: int,
        viewer: int | None = None,
        own: bool = False,
    ) -> list[Standing]:
        """Open and recently closed trades, each in its place."""
        query = Query(tuple(statuses), title, viewer=viewer, own=own)
        horizon = datetime.now(UTC) - RECENTLY
        found = [
            standing
            for standing in self._standings.values()
            if query.matches(standing.trade)
            if standing.trade.closed_at is None or standing.trade.closed_at > horizon
        ]
        found.sort(key=lambda standing: query.place(standing.trade, standing.active_at), reverse=True)
        return await self._read("activity", found[offset : offset + limit])

    async def count(self) -> tuple[int, int]:
        """How many trades there are."""
        return await self._read("count", (len(self._standings), max(self._standings, default=0)))

    @asynccontextmanager
    async def held(self, what: str) -> AsyncIterator[None]:
        """Let those who read `what` wait with it in hand until the end of the block."""
        self._holds[what] = asyncio.Event()
        try:
            yield
        finally:
            self._holds.pop(what).set()

    async def _read(self, what: str, found: T) -> T:
        self.readings.append(what)
        await asyncio.sleep(0)
        if self.failure is not None:
            raise self.failure
        if hold := self._holds.get(what):
            await hold.wait()
        return found

    def _moment(self) -> datetime:
        """Now; never the same moment twice."""
        self._last = max(datetime.now(UTC), self._last + timedelta(microseconds=1))
        return self._last
