"""People and trades in a database, made the way the app makes them, and histories and crowds made in one statement."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from http.cookies import SimpleCookie
from secrets import token_hex, token_urlsafe
from typing import Any, TypeVar, cast

import psycopg
from starlette.datastructures import MutableHeaders

from app.db.accounts import AccountStore
from app.db.engine import Database
from app.db.history import History
from app.db.ledger import Ledger
from app.db.queue import Queue
from app.domain import rules
from app.domain.moves import Join, SendMessage
from app.domain.names import name_key
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.ui.http.cookies import SESSION_COOKIE, Cookies
from tests.bench.crowd import CROWD, LINK_JOBS

T = TypeVar("T")
SECRET = "the bench signs its own cookies"
HOURS = 4 * 60.0
"""Minutes to the deadline of a trade that shall not expire while it is measured."""
_TERMS = Terms(Decimal("1000.00"), 5, "Oak, two metres, oiled.")
_AT_ONCE = 8
"""Statements at a time: fewer than the pool has connections."""


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with an account who is signed in: `cookies` are the browser's."""

    person: Person
    cookies: dict[str, str]


@dataclass(frozen=True, slots=True)
class Deal:
    """A trade in negotiation."""

    trade: Trade
    seller: Citizen
    buyer: Citizen

    @property
    def path(self) -> str:
        """The room's address."""
        return f"/room/{self.trade.code}"


class Town:
    """One database and what can be put into it."""

    def __init__(self, url: str, database: Database, queue: Queue) -> None:
        self.url = url
        self.database = database
        self.history = History(database)
        self.ledger = Ledger(database, queue, "bench")
        self._accounts = AccountStore(database)
        self._cookies = Cookies(SECRET, secure=False)

    async def people(self, count: int, name: str = "Person") -> list[Citizen]:
        """So many people named `Person 1`, `Person 2`, …"""
        return await several(self._citizen(f"{name} {number + 1}") for number in range(count))

    async def deals(self, pairs: Iterable[tuple[Citizen, Citizen]], minutes: float = HOURS) -> list[Deal]:
        """A trade in negotiation for each pair of seller and buyer."""
        return await several(self.deal(seller, buyer, minutes) for seller, buyer in pairs)

    async def deal(self, seller: Citizen, buyer: Citizen, minutes: float = HOURS) -> Deal:
        """A trade in negotiation; a fraction of a minute is a deadline in seconds."""
        created = await self.ledger.create(seller.person, "Oak table", _TERMS, "", cast("int", minutes))
        asked = rules.apply(
            created.trade, Join(buyer.person, created.trade.code), by=None, now=self.database.clock.now()
        )
        joined = await self.ledger.record(asked)
        assert joined is not None, "nobody else is here to be faster"
        return Deal(joined.trade, seller, buyer)

    async def rooms(self, count: int, minutes: float = HOURS) -> list[Deal]:
        """So many trades, each between two people of its own."""
        people = await self.people(2 * count)
        return await self.deals(zip(people[::2], people[1::2], strict=True), minutes)

    async def say(self, deal: Deal, text: str) -> None:
        """The seller says something, without a page."""
        role = deal.trade.role_of(deal.seller.person.id)
        outcome = rules.apply(deal.trade, SendMessage(text), by=role, now=self.database.clock.now())
        assert await self.ledger.record(outcome) is not None

    async def crowd(self, seller: Citizen, buyer: Citizen, count: int, *, messages: int = 0, closed: int = 0) -> Deal:
        """So many trades of two people in one statement, each with messages; `closed` % of them are accepted.

        The open ones have their expiry jobs, weeks ahead. Returns one of them to enter.
        """
        parameters = {
            "count": count,
            "messages": messages,
            "closed": closed,
            "seller": seller.person.id,
            "buyer": buyer.person.id,
            "name": token_hex(6),  # codes have no letter that is easily taken for a digit
        }
        async with await psycopg.AsyncConnection.connect(self.url, autocommit=True) as connection:
            async with connection.transaction():
                row = await (await connection.execute(CROWD.encode(), parameters)).fetchone()
                await connection.execute(LINK_JOBS.encode())
            await connection.execute("VACUUM ANALYZE")
        assert row is not None
        standing = await self.history.trade(row[0])
        assert standing is not None
        return Deal(standing.trade, seller, buyer)

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        async with self.database.raw() as connection:
            row = await (await connection.execute(f"SELECT count(*) FROM {table}".encode())).fetchone()
        assert row is not None
        number: int = row[0]
        return number

    async def _citizen(self, name: str) -> Citizen:
        person = await self._accounts.create_user(name, name_key(name), "$argon2id$none")
        assert person is not None, f"{name} lives here already"
        token = token_urlsafe(32)
        await self._accounts.create_session(person.id, sha256(token.encode()).digest())
        headers = MutableHeaders()
        self._cookies.set_session(headers, token)
        return Citizen(person, {SESSION_COOKIE: SimpleCookie(headers["set-cookie"])[SESSION_COOKIE].value})


@asynccontextmanager
async def town(url: str) -> AsyncIterator[Town]:
    """The town in the migrated database at `url`."""
    database, queue = Database(url), Queue(url)
    await database.open()
    await queue.open()
    try:
        yield Town(url, database, queue)
    finally:
        await queue.close()
        await database.close()


async def several(work: Iterable[Coroutine[Any, Any, T]], at_once: int = _AT_ONCE) -> list[T]:
    """The results of all the work, of which so many pieces run at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(piece: Coroutine[Any, Any, T]) -> T:
        async with gate:
            return await piece

    return await asyncio.gather(*(one(piece) for piece in work))
