"""A real PostgreSQL for the whole run, a fresh database for each test, and people who trade in it.

The server is the app's own embedded one, in a temporary directory, and the app's role is the one it has there. To try
another server (the oldest supported, say), name it in `TEST_POSTGRES_URL`; the account, which the app then runs as too,
must be allowed to create databases.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import make_url

from app.db import embedded
from app.db.accounts import AccountStore
from app.db.engine import Database
from app.db.history import History
from app.db.ledger import Ledger, new_code
from app.db.queue import Queue
from app.db.schema import RUNS_AS, migrate
from app.domain import rules
from app.domain.actions import Action, Outcome
from app.domain.chain import GENESIS, body_of, link, utc_text
from app.domain.kinds import KINDS, Kind, Role, Status
from app.domain.moves import Join, Move
from app.domain.names import name_key
from app.domain.terms import Terms
from app.domain.trade import Person, Standing, Trade
from app.domain.traits import VersionUse
from tests.db.server import Server
from tests.races.interleavings import pytest_terminal_summary
from tests.shifts import Shifts

__all__ = ["TERMS", "Deal", "Market", "Server", "pytest_terminal_summary"]

SIDE_BY_SIDE = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
"""How many workers share this run."""
MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30
TERMS = Terms(Decimal("1000.00"), 5, "Oak, two metres, oiled.")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Of what failed, only what goes by the clock is tried again: anything else has failed for good."""
    parser.addoption("--by-the-clock", action="store_true", help="run nothing if anything else is chosen")


def pytest_collection_finish(session: pytest.Session) -> None:
    """Hold on to that."""
    others = [item.nodeid for item in session.items if item.get_closest_marker("by_the_clock") is None]
    if others and session.config.getoption("by_the_clock"):
        pytest.exit(f"Not by the clock: {', '.join(others)}", returncode=1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shifts:
    """Whatever `--dist` says: the tests of a file share what is dear to set up."""
    return Shifts(config, log)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running PostgreSQL: in memory where there is enough of it, else in a temporary directory.

    On a disk the databases are kept to the end: ext4 makes new files slowly while many have just been deleted.
    """
    if given := os.environ.get("TEST_POSTGRES_URL"):
        server = Server(given)
        yield server
        server.close()
        return
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH * SIDE_BY_SIDE
    directory = Path(tempfile.mkdtemp(prefix="traderoom-tests-", dir=MEMORY if in_memory else None))
    directory.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    with embedded.start(directory / "data") as running:
        server = Server(running.url, runs_as=RUNS_AS, keep=not in_memory)
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here outlives a power cut
            server.run(f"ALTER SYSTEM SET {setting} = off")
        server.run("SELECT pg_reload_conf()")
        yield server
        server.close()
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def template(server: Server) -> Iterator[str]:
    """The name of a database that has been migrated once and is only ever copied."""
    name = server.create()
    migrate(server.owner_address(name), runs_as=server.runs_as)
    server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    yield name
    server.drop(name)


@pytest.fixture
def url(server: Server, template: str) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    name = server.create(template)
    yield server.address(name)
    server.drop(name)


@pytest.fixture
def owner_url(server: Server, url: str) -> str:
    """The address of the same database for its owner."""
    return server.owner_address(str(make_url(url).database))


@pytest.fixture
def empty_url(server: Server) -> Iterator[str]:
    """The owner's address of a database with nothing in it."""
    name = server.create()
    yield server.owner_address(name)
    server.drop(name)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """This process's pool."""
    database = Database(url)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def queue(url: str) -> AsyncIterator[Queue]:
    """This process's queue, open."""
    queue = Queue(url)
    await queue.open()
    yield queue
    await queue.close()


@pytest.fixture
def ledger(database: Database, queue: Queue) -> Ledger:
    """This process's ledger; its origin is "here"."""
    return Ledger(database, queue, "here")


@pytest.fixture
def history(database: Database) -> History:
    """This process's reader."""
    return History(database)


@pytest.fixture
def accounts(database: Database) -> AccountStore:
    """This process's users and sessions."""
    return AccountStore(database)


@dataclass(frozen=True)
class Deal:
    """One trade in a test: who sells, who buys, and the way to make moves in it."""

    market: "Market"
    id: int
    code: str
    seller: Person
    buyer: Person

    async def standing(self) -> Standing:
        """The trade and its place in time, as the database has them now."""
        standing = await self.market.history.trade(self.id)
        assert standing is not None
        return standing

    async def trade(self) -> Trade:
        """The trade as the database has it now."""
        return (await self.standing()).trade

    async def ask(self, move: Move, by: Person | None = None, *, now: datetime | None = None) -> Outcome:
        """What the rules say of the trade as it stands; `now` is the database's clock unless told otherwise."""
        trade = await self.trade()
        role = trade.role_of(by.id) if by else None
        return rules.apply(trade, move, by=role, now=now or self.market.database.clock.now())

    async def play(self, move: Move, by: Person | None = None) -> Outcome:
        """Ask the rules and record the outcome, which must succeed."""
        recorded = await self.market.ledger.record(await self.ask(move, by))
        assert recorded is not None, f"{move} was not recorded"
        return recorded

    async def wait_for_deadline(self) -> None:
        """Wait, on the database's clock, until the deadline has passed."""
        async with self.market.database.raw() as connection:
            await connection.execute(
                "SELECT pg_sleep(extract(epoch FROM expires_at - clock_timestamp())) FROM trades WHERE id = %s",
                (self.id,),
            )


class Market:
    """People and trades, made the way the app makes them."""

    def __init__(self, database: Database, ledger: Ledger, history: History, accounts: AccountStore) -> None:
        self.database = database
        self.ledger = ledger
        self.history = history
        self.accounts = accounts

    async def person(self, name: str) -> Person:
        """The user of this name, created when there is none; the password's hash is not a real one."""
        key = name_key(name)
        if created := await self.accounts.create_user(name, key, "$argon2id$none"):
            return created
        found = await self.accounts.find_user(key)
        assert found is not None
        return found[0]

    async def draft(
        self, title: str = "Oak table", *, terms: Terms = TERMS, minutes: float = 30, invited: str = "", by: str = "Sam"
    ) -> Deal:
        """A draft, offered by Sam; Bea is at hand to join. A fraction of a minute spares a test the wait."""
        seller, buyer = await self.person(by), await self.person("Bea")
        outcome = await self.ledger.create(seller, title, terms, invited, cast("int", minutes))
        return Deal(self, outcome.trade.id, outcome.trade.code, seller, buyer)

    async def deal(
        self, title: str = "Oak table", *, terms: Terms = TERMS, minutes: float = 30, by: str = "Sam"
    ) -> Deal:
        """A trade in negotiation between Sam and Bea."""
        deal = await self.draft(title, terms=terms, minutes=minutes, by=by)
        await deal.play(Join(deal.buyer, deal.code))
        return deal

    async def past(
        self, status: Status, title: str = "Old oak table", *, ended: timedelta = timedelta(hours=1), by: str = "Sam"
    ) -> Deal:
        """A trade of 30 minutes whose deadline was `ended` ago, inserted with its history as it was written then.

        While its status is an open one, nobody has noticed yet: no job ran, and there is none.
        """
        seller, buyer = await self.person(by), await self.person("Bea")
        deadline = self.database.clock.now() - ended
        begin, head, kinds = deadline - timedelta(minutes=30), GENESIS, _PAST[status]
        trade = Trade(0, "", title, seller, TERMS, begin, deadline, begin, buyer=buyer)
        actions = []
        for seq, kind in enumerate(kinds, start=1):
            at = deadline if kind is Kind.EXPIRED else begin + timedelta(minutes=seq - 1)
            version = 1 if KINDS[kind].version is not VersionUse.NONE else None
            terms = TERMS if kind is Kind.CREATED else None
            sellers = {Kind.CREATED, Kind.WITHDRAWN}
            role = None if kind is Kind.EXPIRED else Role.SELLER if kind in sellers else Role.BUYER
            actor = trade.party(role) if role else None
            body = body_of(Action(kind, at, actor, role, version, terms=terms), trade)
            head = link(head, body, seq, utc_text(at), utc_text(deadline))
            actions.append((seq, kind, actor.id if actor else None, role, at, deadline, version, head))
        people = (seller.id, buyer.id if Kind.JOINED in kinds else None)
        times = (begin, begin, at, at if status.final else None, deadline)
        figures = (TERMS.price, TERMS.quantity, TERMS.description)
        row = (new_code(), title, *people, *figures, status, len(actions), head, *times)
        async with self.database.transaction() as connection:
            made = await (await connection.execute(_PAST_TRADE, row)).fetchone()
            assert made is not None
            await connection.cursor().executemany(_PAST_ACTION, [(made[0], *action) for action in actions])
            await connection.execute(_PAST_VERSION, (made[0], *figures))
        return Deal(self, made[0], row[0], seller, buyer)


_PAST = {
    Status.DRAFT: [Kind.CREATED],
    Status.IN_NEGOTIATION: [Kind.CREATED, Kind.JOINED],
    Status.ACCEPTED: [Kind.CREATED, Kind.JOINED, Kind.ACCEPTED],
    Status.REJECTED: [Kind.CREATED, Kind.JOINED, Kind.REJECTED],
    Status.EXPIRED: [Kind.CREATED, Kind.JOINED, Kind.EXPIRED],
    Status.WITHDRAWN: [Kind.CREATED, Kind.JOINED, Kind.WITHDRAWN],
}
_PAST_TRADE = """
    INSERT INTO trades (code, title, seller_id, buyer_id, price, quantity, description, status, seq, head,
                        created_at, amended_at, active_at, closed_at, expires_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_PAST_ACTION = """
    INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, deadline, version, hash)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_PAST_VERSION = """
    INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description) VALUES (%s, 1, 1, %s, %s, %s)
"""


@pytest.fixture
def market(database: Database, ledger: Ledger, history: History, accounts: AccountStore) -> Market:
    """A place to make people and trades."""
    return Market(database, ledger, history, accounts)


@pytest.fixture
async def deal(market: Market) -> Deal:
    """A trade in negotiation: Sam sells an oak table to Bea."""
    return await market.deal()
