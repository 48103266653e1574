"""A real PostgreSQL for the whole run, a fresh database for each test, and people who trade in it.

The server is the app's own embedded one, in a temporary directory. To try another (the oldest supported, say), name it
in `TEST_POSTGRES_URL`; the account must be allowed to create databases and to end other connections.
"""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from app.db import embedded
from app.db.accounts import Accounts
from app.db.engine import Database
from app.db.history import History
from app.db.ledger import Ledger, new_code
from app.db.queue import Queue
from app.db.schema import migrate
from app.domain import rules
from app.domain.actions import Outcome
from app.domain.moves import Join, Move
from app.domain.terms import Terms
from app.domain.text import name_key
from app.domain.trade import Person, Standing, Status, Trade
from tests.db.server import Server

MEMORY, ENOUGH = Path("/dev/shm"), 2 * 2**30
TERMS = Terms(Decimal("1000.00"), 5, "Oak, two metres, oiled.")


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
    in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH
    directory = Path(tempfile.mkdtemp(prefix="traderoom-tests-", dir=MEMORY if in_memory else None))
    directory.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    with embedded.start(directory / "data") as running:
        server = Server(running.url, keep=not in_memory)
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
    migrate(server.address(name))
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
def empty_url(server: Server) -> Iterator[str]:
    """The address of a database with nothing in it."""
    name = server.create()
    yield server.address(name)
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
def accounts(database: Database) -> Accounts:
    """This process's users and sessions."""
    return Accounts(database)


@dataclass(frozen=True)
class Deal:
    """One trade in a test: who sells, who buys, and the way to make moves in it."""

    market: "Market"
    id: int
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

    def __init__(self, database: Database, ledger: Ledger, history: History, accounts: Accounts) -> None:
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
        return Deal(self, outcome.trade.id, seller, buyer)

    async def deal(
        self, title: str = "Oak table", *, terms: Terms = TERMS, minutes: float = 30, by: str = "Sam"
    ) -> Deal:
        """A trade in negotiation between Sam and Bea."""
        deal = await self.draft(title, terms=terms, minutes=minutes, by=by)
        await deal.play(Join(deal.buyer))
        return deal

    async def past(
        self, status: Status, title: str = "Old oak table", *, ended: timedelta = timedelta(hours=1), by: str = "Sam"
    ) -> Deal:
        """A trade of 30 minutes whose deadline was `ended` ago, inserted with its history as it was written then.

        While its status is an open one, nobody has noticed yet: no job ran, and there is none.
        """
        seller, buyer = await self.person(by), await self.person("Bea")
        steps = _STEPS[status]
        parameters = {
            "code": new_code(), "title": title, "seller": seller.id, "buyer": buyer.id, "status": status.value,
            "seated": "joined" in steps, "ended": ended, "seq": len(steps), "kinds": steps,
            "price": TERMS.price, "quantity": TERMS.quantity, "description": TERMS.description,
        }  # fmt: skip
        async with self.database.raw() as connection:
            row = await (await connection.execute(_PAST.encode(), parameters)).fetchone()
        assert row is not None
        return Deal(self, row[0], seller, buyer)


_STEPS = {
    Status.DRAFT: ["created"],
    Status.IN_NEGOTIATION: ["created", "joined"],
    Status.ACCEPTED: ["created", "joined", "accepted"],
    Status.REJECTED: ["created", "joined", "rejected"],
    Status.EXPIRED: ["created", "joined", "expired"],
}
_PAST = """
    WITH d AS (
        SELECT clock_timestamp() - %(ended)s AS deadline
    ), s AS (
        SELECT ordinality AS seq, kind, CASE WHEN kind = 'expired' THEN deadline
                   ELSE deadline - interval '30 minutes' + (ordinality - 1) * interval '1 minute' END AS at
        FROM d, unnest(%(kinds)s::text[]) WITH ORDINALITY AS step(kind, ordinality)
    ), n AS (
        INSERT INTO trades (code, title, seller_id, buyer_id, price, quantity, description, status, seq, head,
                            created_at, amended_at, active_at, closed_at, expires_at)
        SELECT %(code)s, %(title)s, %(seller)s, CASE WHEN %(seated)s THEN %(buyer)s::bigint END, %(price)s,
               %(quantity)s, %(description)s, %(status)s, %(seq)s, sha256('past'), min(at), min(at), max(at),
               max(at) FILTER (WHERE kind IN ('accepted', 'rejected', 'expired')), min(deadline) FROM s, d
        RETURNING id
    ), a AS (
        INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, hash, version)
        SELECT id, seq, kind, CASE kind WHEN 'created' THEN %(seller)s WHEN 'expired' THEN NULL ELSE %(buyer)s END,
               CASE kind WHEN 'created' THEN 'seller' WHEN 'expired' THEN NULL ELSE 'buyer' END, at, sha256('past'),
               CASE WHEN kind IN ('created', 'accepted') THEN 1 END
        FROM n, s
    ), v AS (
        INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)
        SELECT id, 1, 1, %(price)s, %(quantity)s, %(description)s FROM n
    )
    SELECT id FROM n
"""


@pytest.fixture
def market(database: Database, ledger: Ledger, history: History, accounts: Accounts) -> Market:
    """A place to make people and trades."""
    return Market(database, ledger, history, accounts)


@pytest.fixture
async def deal(market: Market) -> Deal:
    """A trade in negotiation: Sam sells an oak table to Bea."""
    return await market.deal()
