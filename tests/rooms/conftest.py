"""One process's live memory around a database in memory."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from app.domain.actions import Action, Outcome
from app.domain.moves import Move
from app.domain.trade import Person, Trade
from app.rooms.dashboard import Dashboard
from app.rooms.lobby import Lobby
from app.rooms.presence import Presence
from app.rooms.room import Room
from app.rooms.ticker import Ticker
from tests.rooms.books import Books
from tests.rooms.twin import Twin

GRACE = 0.15


@dataclass(frozen=True)
class Process:
    """One process: what it holds in memory, and the database that it shares with others."""

    twin: Twin
    books: Books
    presence: Presence
    ticker: Ticker
    dashboard: Dashboard
    lobby: Lobby
    sam: Person
    bea: Person

    async def play(self, trade: Trade, move: Move, by: Person | None = None) -> Outcome:
        """A move of this process: recorded, then published."""
        outcome = await self.books.play(trade.id, move, by)
        self.lobby.publish(outcome)
        return outcome

    async def play_elsewhere(self, trade: Trade, move: Move, by: Person | None = None) -> Outcome:
        """A move of another process, of which nothing has been heard yet."""
        return await self.books.play(trade.id, move, by)

    def hear(self, outcome: Outcome, *, own: bool = False) -> None:
        """The database's news of what was recorded."""
        self.lobby.heard(outcome.trade.id, outcome.action.seq, own)

    async def enter(self, trade: Trade) -> tuple[Room, list[Action]]:
        """The room, and the list in which its arrivals are noted."""
        room = await self.lobby.enter(trade.id)
        assert room is not None
        arrived: list[Action] = []
        room.arrived.subscribe(arrived.append)
        return room, arrived

    async def settle(self) -> None:
        """Wait until the lobby has caught up with everything it has heard of."""
        async with asyncio.timeout(5):
            while self.lobby._tasks:
                await asyncio.gather(*self.lobby._tasks)


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(5):
        while not happened():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.005)


@pytest.fixture
async def twin() -> Twin:
    """An empty database in memory."""
    return Twin()


@pytest.fixture
async def process(twin: Twin) -> AsyncIterator[Process]:
    """A process with nobody in it, and nothing on the way when it ends."""
    presence = Presence(grace=GRACE)
    ticker = Ticker(lambda: datetime.now(UTC))
    dashboard = Dashboard(twin, presence)
    lobby = Lobby(twin, ticker, presence, dashboard)
    books = Books(twin, twin, twin.person)
    process = Process(
        twin, books, presence, ticker, dashboard, lobby, await twin.person("Sam"), await twin.person("Bea")
    )
    yield process
    await process.settle()
