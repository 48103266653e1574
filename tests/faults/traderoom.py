"""A running Traderoom that faults happen to: started, killed and started again at the same address, looked into."""

import asyncio
import json
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.bench.browser import Browser
from tests.bench.process import Process, start
from tests.bench.stage import UNLIMITED, Site
from tests.bench.town import SECRET
from tests.faults.observed import FILE
from tests.ports import free_port

BACK = 10.0
"""Seconds in which everything has to work by itself after a fault is over."""
POOLED = 10 + 6 + 4
"""Connections that one server may hold: its pool, its queue's, two that listen, the echo's and the poke's."""
_OBSERVED = ("-m", "tests.faults.observed")
_LEFT_BEHIND = re.compile(r"never retrieved|never awaited|was destroyed|garbage collector is trying|unclosed")
"""What Python and SQLAlchemy say of tasks, coroutines and connections that somebody forgot."""


@dataclass(frozen=True)
class Held:
    """What a process holds at one moment. `files` are open files and sockets that lead to no database."""

    tasks: Counter[str]
    rooms: int
    clocks: int
    pages: int
    online: list[str]
    files: int
    connections: int

    def more_than(self, before: "Held", *, files: int = 0) -> dict[str, object]:
        """What there is more of than before (of files, so many more); empty when nothing was left behind."""
        more: dict[str, object] = dict(self.tasks - before.tasks)
        for name in ("rooms", "clocks", "pages", "files", "connections"):
            allowed = {"connections": POOLED, "files": before.files + files}.get(name, 0)
            if getattr(self, name) > max(getattr(before, name), allowed):
                more[name] = f"{getattr(before, name)} before, {getattr(self, name)} now"
        return more


class Traderoom(Site):
    """`serve` on a database, with the people who are at it. Use `running` to have it stopped in the end."""

    def __init__(
        self,
        directory: Path,
        url: str,
        *,
        owner: str = "",
        program: tuple[str, ...] = _OBSERVED,
        environment: Mapping[str, str] | None = None,
        **more: str,
    ) -> None:
        self.url = url
        self.directory = directory
        self._program = program
        self._port = free_port()
        self._starts = 0
        self._settings = {
            **UNLIMITED,
            "TRADEROOM_DATABASE_URL": url,
            "TRADEROOM_OWNER_URL": owner,
            "TRADEROOM_SECRET": SECRET,
            **{f"TRADEROOM_{name}": value for name, value in more.items()},
            **(environment or {}),
        }
        super().__init__(self._start())

    @property
    def address(self) -> str:
        """What people type into a browser."""
        return f"http://localhost:{self._port}"

    def _start(self) -> Process:
        self._starts += 1
        name = f"server-{self._port}-{self._starts}"
        command = (*self._program, "serve", "--port", str(self._port))
        settings = {**self._settings, FILE: str(self.directory / f"{name}.json")}
        return start(self.directory, name, *command, port=self._port, settings=settings)

    async def is_up(self) -> None:
        """Wait until its database and its worker work."""
        await self.server.wait("/readyz")

    async def start_again(self) -> None:
        """Start it again after it was killed, and wait until it works."""
        self.server = self._start()
        await self.is_up()

    async def is_ready(self) -> bool:
        """What `/readyz` says."""
        status = (await asyncio.wait_for(Browser(self.server.site).get("/readyz"), BACK)).status
        assert status in {200, 503}
        return status == 200

    def said(self) -> str:
        """All that this start of it has printed."""
        return self.server.log.read_text(errors="replace")

    async def held(self) -> Held:
        """What the process holds now."""
        path = self.server.log.with_suffix(".json")
        path.unlink(missing_ok=True)
        os.kill(self.server.pid, signal.SIGUSR1)
        await until(path.exists)
        told: dict[str, Any] = json.loads(path.read_text())
        for made_anew in _MADE_ANEW:
            told["tasks"].pop(made_anew, None)
        connections, files = await self._connections_and_files()
        return Held(Counter(told.pop("tasks")), **told, files=files - connections, connections=connections)

    async def _connections_and_files(self) -> tuple[int, int]:
        """Both at one moment: counted again until they stand still."""
        before, counted = None, (0, 0)
        while counted != before:
            before = counted
            await asyncio.sleep(0.1)
            counted = await self.connections(), self._files()
        return counted

    def _files(self) -> int:
        return len(list(Path(f"/proc/{self.server.pid}/fd").iterdir()))

    async def connections(self) -> int:
        """How many connections to its database it has; nobody else may be connected under its name."""
        [(count,)] = await rows(
            self.url,
            "SELECT count(*) FROM pg_stat_activity WHERE starts_with(application_name, 'traderoom')"
            " AND datname = current_database() AND usename = current_user",
        )
        return int(count)

    async def leaves_nothing_behind(self, before: Held, *, files: int = 0, within: float = 20.0) -> None:
        """Wait until it holds no more than before of anything, and has said nothing of what it forgot."""
        deadline = time.monotonic() + within
        while more := (await self.held()).more_than(before, files=files):
            assert time.monotonic() < deadline, f"left behind: {more}"
            await asyncio.sleep(0.1)
        forgotten = [line for line in self.said().splitlines() if _LEFT_BEHIND.search(line)]
        assert forgotten == []


_MADE_ANEW = ("Queue.get", "Event.wait", "sleep", "AsyncSocket._websocket_handler.<locals>.websocket_wait")
"""Tasks that waiting makes anew for each wait of a socket, a page or a worker: between two waits there is none. What
they belong to is counted as pages and files."""


@asynccontextmanager
async def running(directory: Path, url: str, **options: Any) -> AsyncIterator[Traderoom]:
    """A Traderoom that works, until the end."""
    application = Traderoom(directory, url, **options)
    try:
        await application.is_up()
        yield application
        application.server.check()
    finally:
        for person in application.people:
            person.cut()
        await application.server.stop()


async def rows(url: str, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
    """What a statement returns, on a connection of its own under a name of its own."""
    async with await psycopg.AsyncConnection.connect(url, autocommit=True, application_name="faults") as connection:
        return await (await connection.execute(statement.encode(), parameters)).fetchall()


async def until(
    happened: Callable[[], bool] | Callable[[], Awaitable[bool]], *, within: float = 30.0, what: str = ""
) -> float:
    """Wait until it has happened; returns the seconds that it took."""
    began = time.monotonic()
    while True:
        answer = happened()
        if answer if isinstance(answer, bool) else await answer:
            return time.monotonic() - began
        assert time.monotonic() - began < within, f"it did not happen within {within:.0f} s: {what or happened}"
        await asyncio.sleep(0.05)
