"""The use cases on a real PostgreSQL: Sam who sells, Bea who buys, and Eve who has no part in it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.db.ledger import Ledger
from app.db.queue import Queue
from app.domain.moves import Move
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Person
from app.rooms.dashboard import Dashboard
from app.rooms.lobby import Lobby
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service import passwords as passwords_module
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.negotiation import Negotiation
from app.service.recorder import Recorder
from app.service.trades import Trades
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.db.server import Server

PASSWORD = "correct horse"
HERE = "192.0.2.1"
_RATES = ("sign_up", "sign_in", "guesses", "guesses_at_name", "moves", "messages", "rooms", "exports")
PLENTY = dict.fromkeys((*_RATES, "mails", "mails_to_one"), "1000/minute")
_TABLES = ("users", "sessions", "trades", "trade_actions", "trade_versions", "messages", "procrastinate_jobs")


@dataclass(frozen=True)
class Office:
    """The use cases around trades, with one process's lobby."""

    market: Market
    lobby: Lobby
    dashboard: Dashboard
    negotiation: Negotiation
    trades: Trades
    elsewhere: Ledger

    async def viewer(self, name: str) -> Viewer:
        """Somebody at a browser."""
        return Viewer(await self.market.person(name), session_id=0)

    async def move_elsewhere(self, deal: Deal, move: Move, by: Person | None = None) -> None:
        """A move through another process, of which this one has heard nothing."""
        assert await self.elsewhere.record(await deal.ask(move, by)) is not None

    async def rows(self) -> dict[str, list[Any]]:
        """Everything that is stored."""
        stored = {}
        async with self.market.database.raw() as connection:
            for table in _TABLES:
                rows = await connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1")
                stored[table] = await rows.fetchall()
        return stored

    @asynccontextmanager
    async def refuses(self, reason: Reason, field: str = "") -> AsyncIterator[None]:
        """The block must end in this refusal, with a sentence, and leave the database as it was."""
        before = await self.rows()
        with pytest.raises(Refusal) as caught:
            yield
        assert (caught.value.reason, caught.value.field) == (reason, field)
        assert str(caught.value)
        assert await self.rows() == before

    async def until(self, happened: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something that happens by itself."""
        async with asyncio.timeout(5):
            while not await happened():  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)

    async def settle(self) -> None:
        """Wait until the lobby has caught up."""
        async with asyncio.timeout(5):
            while self.lobby._tasks:
                await asyncio.gather(*self.lobby._tasks)


@pytest.fixture(scope="package")
def url(server: Server, template: str) -> Iterator[str]:
    """One database for all tests in this folder: each makes its own trades, and looks at nothing else."""
    name = server.create(template)
    yield server.address(name)
    server.drop(name)


def make_office(market: Market, queue: Queue, *, most_open: int = 1_000, **rates: str) -> Office:
    """The use cases with these rate limits, others being generous."""
    limits = Limits({**PLENTY, **rates})
    now = market.database.clock.now
    presence, ticker = Presence(grace=0.1), Ticker(now)
    dashboard = Dashboard(market.history, presence)
    lobby = Lobby(market.history, ticker, presence, dashboard)
    return Office(
        market,
        lobby,
        dashboard,
        Negotiation(Recorder(market.ledger, market.history, lobby, now), market.history, lobby, limits),
        Trades(market.ledger, market.history, lobby, dashboard, limits, most_open=most_open),
        Ledger(market.database, queue, "elsewhere"),
    )


@pytest.fixture
async def office(market: Market, queue: Queue) -> AsyncIterator[Office]:
    """The use cases; nothing is on the way when the test ends."""
    office = make_office(market, queue)
    yield office
    await office.settle()


@pytest.fixture
async def sam(office: Office) -> Viewer:
    """The seller."""
    return await office.viewer("Sam")


@pytest.fixture
async def bea(office: Office) -> Viewer:
    """The buyer."""
    return await office.viewer("Bea")


@pytest.fixture
async def eve(office: Office) -> Viewer:
    """An outsider."""
    return await office.viewer("Eve")


@contextmanager
def slowly(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> Iterator[asyncio.Event]:
    """Let the ledger wait for the event before it answers."""
    record, may_answer = ledger.record, asyncio.Event()

    async def answer_later(outcome: Any, request: Any) -> Any:
        recorded = await record(outcome, request)
        await may_answer.wait()
        return recorded

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "record", answer_later)
        yield may_answer


def typed(**changes: str) -> dict[str, Any]:
    """Terms as a person types them."""
    return {"price": "900.50", "quantity": "4", "description": "Oak.", "reason": "As you asked", **changes}


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords without the effort that makes guessing them slow, and the tests too."""
    hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords_module, "PasswordHasher", hasher)


@pytest.fixture
async def people(market: Market, cheap: None) -> Accounts:
    """The use cases of accounts, with generous limits."""
    return Accounts(market.accounts, Limits(PLENTY))


async def who(people: Accounts, token: str) -> Viewer:
    """Whose session this is."""
    viewer = await people.viewer(token)
    assert viewer is not None
    return viewer


async def refusal_of(people: Accounts, name: str, password: str) -> tuple[Reason, str, str]:
    """What somebody is told who may not enter."""
    with pytest.raises(Refusal) as caught:
        await people.sign_in(name, password, address=HERE)
    return caught.value.reason, caught.value.field, str(caught.value)
