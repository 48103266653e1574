"""A TCP line to PostgreSQL that can fall silent without closing, or be deaf as a pooler in transaction mode is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

_NOTIFICATION = b"A"
"""The type of the message by which a server tells of a notification (PostgreSQL's protocol, NotificationResponse)."""


class Line:
    """Carries between its own port and the server. `silent`: nothing arrives any more, and nobody is told of it;
    `deaf`: everything but notifications arrives."""

    def __init__(self, url: str) -> None:
        self._to = conninfo_to_dict(url)
        self._from = url
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []
        self._flowing = asyncio.Event()
        self._flowing.set()
        self.deaf = False

    @property
    def url(self) -> str:
        """The server's address at the other end of the line, whose protocol is not encrypted."""
        open_to_us = {"sslmode": "disable", "gssencmode": "disable"}
        there = make_url(self._from).set(host="127.0.0.1", port=self._port, query=open_to_us)
        return there.render_as_string(hide_password=False)

    def fall_silent(self) -> None:
        """Carry nothing from now on."""
        self._flowing.clear()

    def mend(self) -> None:
        """Carry on."""
        self._flowing.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Line"]:
        """Be there."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        yield self
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = str(self._to.get("host", "localhost")), int(self._to.get("port") or 5432)
        if host.startswith("/"):
            there = await asyncio.open_unix_connection(str(Path(host) / f".s.PGSQL.{port}"))
        else:
            there = await asyncio.open_connection(host, port)
        self._writers += [writer, there[1]]
        for carrying in (self._ask(reader, there[1]), self._answer(there[0], writer)):
            task = asyncio.create_task(carrying)
            self._tasks.add(task)

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(5)  # a type of one byte, and the length with itself
                body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
                await self._flowing.wait()
                if not (self.deaf and head.startswith(_NOTIFICATION)):
                    writer.write(head + body)
                    await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()
