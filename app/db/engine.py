"""The way to PostgreSQL: one pool of connections, each bounded in how long it may run or wait.

Connections are in autocommit: most of what we do is one statement, which then costs one round trip instead of three.
What needs several statements opens a transaction of its own (`Database.transaction`).
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

import psycopg
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from app.db.clock import DatabaseClock
from app.turns import Turns

OLDEST_SERVER = 150000
"""PostgreSQL 15, as `server_version_num`."""
BOUNDS = (
    "-c statement_timeout=10s -c lock_timeout=5s -c idle_in_transaction_session_timeout=15s -c jit=off -c timezone=UTC"
)


_PATIENCE = 5.0
"""Seconds in which a connection comes free, or the caller is told that it does not."""


class DatabaseError(Exception):
    """The database cannot be used; the text is one line for the person who starts Traderoom."""


async def connect(url: str, *, patience: int = 5) -> psycopg.AsyncConnection:
    """One connection outside the pool, in autocommit. `patience` in seconds; raises `psycopg.OperationalError`."""
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, connect_timeout=patience, options=BOUNDS, application_name="traderoom"
    )


async def check_server(url: str) -> None:
    """Raises `DatabaseError` when the server cannot be reached or is older than PostgreSQL 15."""
    try:
        async with await connect(url) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
        raise DatabaseError(f"The database cannot be reached: {reason}") from error
    if version < OLDEST_SERVER:
        raise DatabaseError(f"The database is PostgreSQL {version // 10_000}; Traderoom needs 15 or newer.")


class Database:
    """The pool, and the database's clock as this process knows it."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = url
        self.clock = DatabaseClock()
        # The pool's own queue can pass over somebody until their time is up.
        self._turns = Turns(pool_size, patience=_PATIENCE)
        self._engine = create_async_engine(
            "postgresql+psycopg://",
            async_creator=lambda: connect(url),
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            hide_parameters=True,  # they hold what people wrote, and invitation codes
            pool_timeout=_PATIENCE,
        )

    async def open(self) -> None:
        """Connect once and measure the database's clock. Raises `psycopg.OperationalError`."""
        async with self.raw() as connection:
            await self.clock.measure(connection)

    async def close(self) -> None:
        """Give all connections back."""
        await self._engine.dispose()

    async def renew(self) -> None:
        """Forget the pooled connections, which a restart of the server has broken, and measure its clock again."""
        await self._engine.dispose()
        await self.open()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for SQLModel's statements. Raises `TimeoutError` when none comes free."""
        async with self._turns, self._engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def raw(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """psycopg's own connection from the pool, for the hot statements and for Procrastinate's `connection=`.

        Raises `TimeoutError` when none comes free.
        """
        async with self.reading() as connection:
            raw = cast("psycopg.AsyncConnection | None", (await connection.get_raw_connection()).driver_connection)
            assert raw is not None  # noqa: S101 - psycopg's dialect always has one
            try:
                yield raw
            finally:
                if raw.closed:
                    await connection.invalidate()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[psycopg.AsyncConnection]:
        """The same inside a transaction: committed at the end, rolled back on an exception."""
        async with self.raw() as connection, connection.transaction():
            yield connection
