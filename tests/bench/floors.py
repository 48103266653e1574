"""The floors: what the parts alone cost on this machine in this run, each measured once, when a row first asks."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, aclosing
from time import perf_counter, process_time

import psycopg

from tests.bench.browser import Browser
from tests.bench.deeds import token
from tests.bench.figures import Row
from tests.bench.person import Person
from tests.bench.process import Process, start
from tests.bench.sizes import Size
from tests.bench.stage import Stage
from tests.bench.town import several
from tests.ports import free_port

_PEOPLE = 100
BREATH = 0.02
"""Seconds between two deeds: what follows the one must not meet the other. What waits has to be woken up then, and
caches are cold: a floor is measured at the same pace as what stands on it."""


class Floors:
    """Floors by name, all in the unit of their row; `rows` are those that were measured."""

    def __init__(self, stage: Stage, size: Size) -> None:
        self._stage = stage
        self._size = size
        self._known: dict[str, float] = {}
        self._open = AsyncExitStack()
        self._empty: Process | None = None
        self.rows: list[Row] = []

    async def close(self) -> None:
        """Stop what was started for them."""
        await self._open.aclose()

    async def commit(self) -> float:
        """Milliseconds of inserting a row and committing it, with psycopg alone, at the pace of people's deeds."""
        return await self._once("insert and commit, psycopg alone", "ms", lambda: self._commits(pause=BREATH))

    async def commit_at_once(self) -> float:
        """Milliseconds of the same one after the other, when nothing has to wake up first."""
        return await self._once("insert and commit, one after the other", "ms", self._commits)

    async def commit_cpu(self) -> float:
        """Milliseconds of our own CPU of the same."""
        return await self._once("the same, CPU of our process", "ms", lambda: self._commits(process_time))

    async def echo(self) -> float:
        """Milliseconds from an event on an empty page to the update that it causes, at the pace of people's deeds."""
        return await self._once("event and its echo, empty page", "ms", self._echoes)

    async def listen(self) -> float:
        """Milliseconds from NOTIFY to its arrival at another connection."""
        return await self._once("NOTIFY to LISTEN", "ms", self._notices)

    async def join(self) -> float:
        """Milliseconds of the server's CPU from GET to live, empty page."""
        return await self._once("GET to live, empty page, server CPU", "ms", self._joins)

    async def page(self) -> float:
        """Kilobytes of HTML of the empty page."""
        return await self._once("HTML of the empty page", "kB", self._pages)

    async def memory(self) -> float:
        """Kilobytes per person at an empty page."""
        return await self._once("memory per person, empty page", "kB", self._memory)

    async def ticking(self) -> float:
        """Percent of a core per 1,000 people at a page of one label that changes each second."""
        return await self._once("1,000 people, one label each, once a second", "% CPU", lambda: self._idle("/ticking"))

    async def still(self) -> float:
        """Percent of a core per 1,000 people at the empty page, with nothing happening."""
        return await self._once("1,000 people, empty page, nothing happens", "% CPU", lambda: self._idle("/"))

    async def start(self) -> float:
        """Seconds from starting the empty page's server to its first answer."""
        return await self._once("start of the empty page's server", "s", self._starts)

    async def _once(self, name: str, unit: str, measure: Callable[[], Awaitable[list[float]]]) -> float:
        if name not in self._known:
            row = Row(name, unit, await measure())
            self.rows.append(row)
            self._known[name] = row.median
        return self._known[name]

    async def _server(self) -> Process:
        if self._empty is None:
            self._empty = await self._start()
            self._open.push_async_callback(self._empty.stop)
        return self._empty

    async def _start(self) -> Process:
        port = free_port()
        command = ("-m", "tests.bench.empty_page", str(port))
        server = start(self._stage.directory, "empty", *command, port=port, settings={})
        await server.wait("/readyz")
        return server

    async def _commits(self, clock: Callable[[], float] = perf_counter, *, pause: float = 0.0) -> list[float]:
        async with self._stage.town() as town, await self._connect(town.url) as connection:
            await connection.execute("CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY, text text)")
            took = []
            for _ in range(self._size.floor):
                began = clock()
                await connection.execute("INSERT INTO floor (text) VALUES (%s)", (token(),))
                took.append((clock() - began) * 1000)
                await asyncio.sleep(pause)
        return took

    async def _notices(self) -> list[float]:
        took = []
        async with (
            self._stage.town() as town,
            await self._connect(town.url) as speaker,
            await self._connect(town.url) as listener,
        ):
            await listener.execute("LISTEN floor")
            async with aclosing(listener.notifies()) as notices:
                for _ in range(self._size.floor):
                    arriving = asyncio.ensure_future(anext(notices))
                    await asyncio.sleep(0)
                    began = perf_counter()
                    await speaker.execute("NOTIFY floor")
                    await arriving
                    took.append((perf_counter() - began) * 1000)
                    await asyncio.sleep(BREATH)
        return took

    async def _echoes(self) -> list[float]:
        server = await self._server()
        person = Person(Browser(server.site))
        await person.visit("/")
        took = []
        for _ in range(self._size.floor):
            text = token()
            seen = person.sees(text)
            began = perf_counter()
            person.fire("say", text, testid="label")
            took.append((await seen - began) * 1000)
            await asyncio.sleep(BREATH)
        await person.leave()
        return took

    async def _joins(self) -> list[float]:
        server = await self._server()
        people = [Person(Browser(server.site)) for _ in range(self._size.joins)]
        took = []
        for person in people:
            began = server.cpu()
            await person.visit("/")
            await asyncio.sleep(0.02)
            took.append((server.cpu() - began) * 1000)
        await several(person.leave() for person in people)
        return took

    async def _pages(self) -> list[float]:
        person = Person(Browser((await self._server()).site))
        await person.visit("/")
        await person.leave()
        return [person.page.size / 1000]

    async def _memory(self) -> list[float]:
        server = await self._start()
        people = [Person(Browser(server.site)) for _ in range(_PEOPLE + 20)]
        await several(person.visit("/") for person in people[:20])
        began = server.memory()
        await several(person.visit("/") for person in people[20:])
        await asyncio.sleep(1)
        grown = (server.memory() - began) / 1000 / _PEOPLE
        for person in people:
            person.cut()
        await server.stop()
        return [grown]

    async def _idle(self, path: str) -> list[float]:
        server = await self._server()
        people = [Person(Browser(server.site)) for _ in range(_PEOPLE)]
        await several(person.visit(path) for person in people)
        await asyncio.sleep(1)
        began = server.cpu()
        await asyncio.sleep(self._size.watch_seconds)
        used = (server.cpu() - began) / self._size.watch_seconds
        await several(person.leave() for person in people)
        return [100 * used * 1000 / _PEOPLE]

    async def _starts(self) -> list[float]:
        took = []
        for _ in range(self._size.starts):
            began = perf_counter()
            server = await self._start()
            took.append(perf_counter() - began)
            await server.stop()
        return took

    @staticmethod
    async def _connect(url: str) -> psycopg.AsyncConnection:
        return await psycopg.AsyncConnection.connect(url, autocommit=True)
