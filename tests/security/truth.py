"""What the database holds, read past the server; and what somebody's page shows."""

import asyncio
import copy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from tests.bench.page import Element
from tests.bench.person import Person

_TABLES = ("users", "trades", "trade_actions", "trade_versions", "messages")
_SETTLE = 0.15
"""Seconds in which whatever the server began to do is done: a move takes it a few milliseconds."""
_MOVING = ("countdown",)
"""Parts of a page that change by themselves."""

Rows = dict[str, list[tuple[Any, ...]]]


class Truth:
    """Every row that counts, as the database's owner reads them."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def rows(self) -> Rows:
        """All rows of all tables, in a certain order."""
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            return {
                table: await (await connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2".encode())).fetchall()
                for table in _TABLES
            }

    async def count(self, statement: str, *values: object) -> int:
        """The one number that a statement answers with."""
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            row = await (await connection.execute(statement.encode(), values)).fetchone()
        assert row is not None
        return int(row[0])

    async def codes(self) -> list[str]:
        """All invitation codes."""
        async with await psycopg.AsyncConnection.connect(self._url) as connection:
            found = await connection.execute("SELECT code FROM trades")
            return [code for (code,) in await found.fetchall()]

    @asynccontextmanager
    async def unchanged(self, *watchers: Person) -> AsyncIterator[None]:
        """What happens inside changes no row, and nothing on the pages of those who watch."""
        await asyncio.sleep(_SETTLE)  # the timeline gathers its rows for a moment
        rows, shown = await self.rows(), [shows(watcher) for watcher in watchers]
        yield
        await asyncio.sleep(_SETTLE)
        assert await self.rows() == rows
        assert [shows(watcher) for watcher in watchers] == shown


def shows(person: Person) -> dict[str, Element]:
    """What stands on somebody's page, without what moves by itself."""
    return {
        number: copy.deepcopy(element)
        for number, element in person.page.elements.items()
        if (element.get("props") or {}).get("data-testid") not in _MOVING
    }
