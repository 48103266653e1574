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
_LOOKS = 40
"""How often a page is looked at until it rests, or shows again what it showed."""
_AT_REST = 6
"""How many looks in a row see the same where it rests: the timeline gathers its rows for half a second."""
_MOVING = "clock"
"""The class of what changes by itself: the room's countdown, and those in dialogs."""

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
        shown = await _at_rest(*watchers)
        rows = await self.rows()
        yield
        await asyncio.sleep(_SETTLE)
        assert await self.rows() == rows
        for _ in range(_LOOKS):  # a typing mark goes by itself; what was forged would stay
            if [shows(watcher) for watcher in watchers] == shown:
                break
            await asyncio.sleep(_SETTLE)
        assert [shows(watcher) for watcher in watchers] == shown


async def _at_rest(*watchers: Person) -> list[dict[str, Element]]:
    """What is shown once nothing moves any more."""
    seen = [[shows(watcher) for watcher in watchers]]
    for _ in range(_LOOKS):
        await asyncio.sleep(_SETTLE)
        seen.append([shows(watcher) for watcher in watchers])
        if len(seen) >= _AT_REST and all(each == seen[-1] for each in seen[-_AT_REST:]):
            break
    return seen[-1]


def shows(person: Person) -> dict[str, Element]:
    """What stands on somebody's page, without what moves by itself."""
    return {
        number: copy.deepcopy(element)
        for number, element in person.page.elements.items()
        if _MOVING not in (element.get("class") or ())
    }
