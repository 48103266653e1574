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


_INSIDE = """
    SELECT pg_terminate_backend(pid, 2000) FROM (
        SELECT pid FROM pg_locks WHERE locktype = 'object' AND classid = 'pg_database'::regclass
            AND objid = (SELECT oid FROM pg_database WHERE datname = '{name}')
        UNION SELECT pid FROM pg_stat_activity WHERE datname = '{name}') AS inside
"""
"""Whoever is on the way in holds a lock on the database, and is not in the list of connections yet."""


@asynccontextmanager
async def outage(server: Server, url: str) -> AsyncIterator[None]:
    """End every connection to this database and let nobody in until the end."""
    name = make_url(url).database
    server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    try:
        server.run(_INSIDE.format(name=name))
        yield
    finally:
        server.run(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")
