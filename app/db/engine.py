"""The way to PostgreSQL: one pool of connections, each bounded in how long it may run or wait.

Connections are in autocommit: most of what we do is one statement, which then costs one round trip instead of three.
What needs several statements opens a transaction of its own (`Database.transaction`).
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Select, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from app.db.clock import DatabaseClock
from app.db.connection import BoundedBlockingConnection, BoundedConnection, parameters

OLDEST_SERVER = 150000
"""PostgreSQL 15, as `server_version_num`."""
_AS_WE_SPEAK = (
    r" -c default_transaction_isolation=read\ committed -c client_encoding=UTF8 -c standard_conforming_strings=on"
    " -c datestyle=ISO -c intervalstyle=postgres -c timezone=UTC"
)
"""What a role or a database may have been set to otherwise, and what our statements and psycopg count on."""
BOUNDS = (
    "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s -c jit=off" + _AS_WE_SPEAK
)
"""Of everyday connections, as libpq's options."""
_WIDE_BOUNDS = (
    "-c statement_timeout=30min -c lock_timeout=5min -c idle_in_transaction_session_timeout=5min" + _AS_WE_SPEAK
)
"""Of those that set a database up or migrate it, perhaps waiting for another process that does."""

_DIALECT = "postgresql+psycopg://"
_PATIENCE = 5.0
"""Seconds in which a connection comes free, or the caller is told that it does not."""
RECONNECT = 0.5
"""Seconds of trying to make a pool's connection in the background; whoever asks next tries again, and waits no longer.
By itself a pool waits twice as long after each try: half a minute and more after a minute's outage."""


_ENOUGH = 8.0
"""Seconds for the first question to a server, however many addresses its name has."""


class DatabaseError(Exception):
    """The database cannot be used; the text is one line for the person who starts Traderoom."""


def _how(url: str, patience: int) -> dict[str, Any]:
    ours = {"autocommit": True, "connect_timeout": patience, "application_name": "traderoom"}
    return {**parameters(url, BOUNDS), **ours}


async def connect(url: str, *, patience: int = 5) -> psycopg.AsyncConnection:
    """One connection outside the pool, in autocommit. `patience` in seconds; raises `psycopg.OperationalError`."""
    return await BoundedConnection.connect(url, **_how(url, patience))


def connect_to_set_up(url: str, *, autocommit: bool = False, patience: int = 5) -> psycopg.Connection:
    """A blocking connection for setting a database up or migrating it. Raises `psycopg.OperationalError`."""
    how: dict[str, Any] = {"connect_timeout": patience, **parameters(url, _WIDE_BOUNDS)}
    return BoundedBlockingConnection.connect(url, autocommit=autocommit, **how)


async def check_server(url: str) -> None:
    """Raises `DatabaseError` when the server cannot be reached, in time, or is or has what we cannot work with."""
    try:
        async with asyncio.timeout(_ENOUGH), await connect(url) as connection:
            cursor = await connection.execute("SELECT current_schema()")
            row = await cursor.fetchone()
            fault = _fault_of(connection.info, row[0] if row else None)
    except TimeoutError:
        raise DatabaseError(f"The database cannot be reached: it has not answered in {_ENOUGH:.0f} s.") from None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DatabaseError(f"The database cannot be reached: {reason}") from error
    if fault:
        raise DatabaseError(fault)


def _fault_of(server: psycopg.ConnectionInfo, schema: str | None) -> str:
    """What is wrong with a database that answers, and what to do about it; empty if nothing is."""
    if server.server_version < OLDEST_SERVER:
        return f"The database is PostgreSQL {server.server_version // 10_000}; Traderoom needs 15 or newer."
    if (encoding := server.parameter_status("server_encoding") or "UTF8") != "UTF8":  # not every pooler tells
        return f"The database has the encoding {encoding}: use one that was made with ENCODING 'UTF8'."
    if "on" in {server.parameter_status(name) for name in ("in_hot_standby", "default_transaction_read_only")}:
        return (
            "The database is read-only, as a standby or by default_transaction_read_only: use the primary's address,"
            " or all servers' with target_session_attrs=read-write."
        )
    if schema != "public":
        return (
            f"The role's search_path leads to {schema or 'no schema'} first, and Traderoom's tables are in public:"
            " ALTER ROLE … SET search_path = public (docs/operations.md says how to move what stands elsewhere)."
        )
    return ""


class Prepared:
    """A statement of SQLModel's that is put together once, for what every page asks: psycopg runs it without asking
    SQLAlchemy again, at a third of the cost. Its bound parameters have no values of their own; its constants do."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=make_url(_DIALECT).get_dialect()())
        self.sql = str(compiled).encode()
        self.constants = {name: value for name, value in compiled.params.items() if value is not None}


class Database:
    """The pool, and the database's clock as this process knows it."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.clock = DatabaseClock()
        self._pool = AsyncConnectionPool(
            url,
            connection_class=BoundedConnection,
            kwargs=_how(url, patience=5),
            min_size=1,
            max_size=pool_size,
            timeout=_PATIENCE,
            reconnect_timeout=RECONNECT,
            close_returns=True,
            open=False,
        )
        # SQLModel's statements take their connections from the same pool, and keep none.
        self._engine = create_async_engine(
            _DIALECT,
            async_creator=self._pool.getconn,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,  # they hold what people wrote, and invitation codes
        )

    async def open(self) -> None:
        """Connect once and measure the database's clock. Raises `psycopg.OperationalError`."""
        await self._pool.open()
        async with self.raw() as connection:
            await self.clock.measure(connection)

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()
        await self._pool.close()

    async def forget(self) -> None:
        """Have no connection of before: the server is gone or silent. One that somebody holds goes when given back."""
        await self._pool.drain()

    async def renew(self) -> None:
        """Forget all connections, which a restart of the server has broken, and measure its clock again."""
        await self.forget()
        await self.open()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SQLModel's statements. Raises `sqlalchemy.exc.OperationalError` when none comes free."""
        async with self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """psycopg's own connection, for the hot statements and for Procrastinate's `connection=`.

        Raises `psycopg.OperationalError` when none comes free.
        """
        connection = await self._pool.getconn()
        try:
            yield connection
        finally:
            await self._pool.putconn(connection)

    async def ask(self, question: Prepared, **values: object) -> list[Any]:
        """The rows, as named tuples; `values` are those of the statement's bound parameters.

        Raises `psycopg.Error`, `psycopg.OperationalError` among them when no connection comes free.
        """
        async with self.raw() as connection, connection.cursor(row_factory=namedtuple_row) as cursor:
            await cursor.execute(question.sql, {**question.constants, **values})
            return await cursor.fetchall()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """psycopg's own connection inside a transaction: committed at the end, rolled back on an exception."""
        async with self.raw() as connection, connection.transaction():
            yield connection
