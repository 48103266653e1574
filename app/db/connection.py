"""One connection to PostgreSQL that never waits for good: each statement has a deadline on our side too.

The server's own `statement_timeout` is of no use where nothing that it says arrives any more: behind a cable that was
pulled, a firewall that forgot the connection, or a proxy that hangs.
"""

import asyncio
import os
import socket
from contextlib import suppress
from threading import Timer
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

DEADLINE = 12.0
"""Seconds for one statement: longer than the server's own 10, so that it is the server that says no if it can."""
SET_UP_DEADLINE = 1_860.0
"""Seconds for one where a database is set up or migrated; the server's own there is half an hour."""
_WATCHED = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""How libpq has the system watch a TCP connection, in seconds and milliseconds; a Unix socket has no use for it."""


class BoundedConnection(psycopg.AsyncConnection[Any]):
    """psycopg's connection, except that a statement which takes too long ends as if the server had hung up."""

    async def wait(self, *arguments: Any, **options: Any) -> Any:
        """Wait as psycopg does. Raises `psycopg.OperationalError` at the deadline, and is broken then.

        Waiting for notifications has no deadline: no statement is under way meanwhile.
        """
        timer = asyncio.get_running_loop().call_later(DEADLINE, _give_up, self)
        try:
            return await super().wait(*arguments, **options)
        finally:
            timer.cancel()


class BoundedBlockingConnection(psycopg.Connection[Any]):
    """psycopg's blocking connection, bounded in this way too, by the deadline of setting up."""

    def wait(self, *arguments: Any, **options: Any) -> Any:
        """Wait as psycopg does. Raises `psycopg.OperationalError` at the deadline, and is broken then."""
        timer = Timer(SET_UP_DEADLINE, _give_up, (self,))
        timer.daemon = True
        timer.start()
        try:
            return super().wait(*arguments, **options)
        finally:
            timer.cancel()


def _give_up(connection: BoundedConnection | BoundedBlockingConnection) -> None:
    if connection.closed or connection.pgconn.transaction_status != TransactionStatus.ACTIVE:
        return
    # Whoever waits at the socket is woken by its end, as by a server that went away.
    with suppress(OSError, psycopg.Error), socket.socket(fileno=os.dup(connection.pgconn.socket)) as line:
        line.shutdown(socket.SHUT_RDWR)


def forget_environment() -> list[str]:
    """Take libpq's variables (`PGHOST`, `PGSERVICE`, …) out of this process's environment; returns their names.

    They are whoever's who set them, for other programs: what a connection needs stands in its address.
    """
    names = sorted(name for name in os.environ if name.startswith("PG"))
    for name in names:
        del os.environ[name]
    return names


def parameters(url: str, settings: str) -> dict[str, Any]:
    """libpq's parameters: those by which a TCP connection that went silent is noticed, but for what the URL has of it,
    and as `options` the server's settings, the URL's and ours, which win."""
    given = conninfo_to_dict(url)
    watching = {name: value for name, value in _WATCHED.items() if name not in given}
    return {**watching, "options": f"{given.get('options') or ''} {settings}".strip()}


def role(url: str) -> str:
    """Whom the URL connects as, wherever in it that stands; empty if it names nobody."""
    return str(conninfo_to_dict(url).get("user") or "")
