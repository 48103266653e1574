"""A server that goes away, as far as one database can tell."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import make_url

from app.db.engine import connect
from tests.db.server import Server


async def cut(url: str) -> None:
    """End every other connection to this database, as a restart of the server does."""
    async with await connect(url) as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )


@asynccontextmanager
async def outage(server: Server, url: str) -> AsyncIterator[None]:
    """End every connection to this database and let nobody in until the end."""
    name = make_url(url).database
    server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    try:
        server.run(f"SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '{name}'")
        yield
    finally:
        server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
