"""The network between one browser and the server, which can be cut, fall silent, be slow, or let no socket through."""

import asyncio
import base64
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address
from typing import Literal, Self

TRANSPORT = "window.socket?.connected && socket.io.engine.transport.name"
"""In a page: by what its socket goes, `websocket` or `polling`, once there is one."""
_KEY = re.compile(rb"Sec-WebSocket-Key: (\S+)", re.IGNORECASE)
_ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 1.3."""


class Line:
    """A SOCKS proxy that one browser context goes through; the addresses that it opens stay the real ones."""

    def __init__(self) -> None:
        self.delay = 0.0
        """Seconds that everything takes on its way, each way."""
        self.sockets: Literal["pass", "hang", "close"] = "pass"
        """What becomes of upgrades to a socket: nobody answers them, or they are answered and closed."""
        self.upgrades = 0
        """How many were asked for."""
        self._connected = True
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def address(self) -> str:
        """What a browser's proxy setting takes."""
        assert self._server is not None
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection at once and take no new one."""
        self._connected = False
        for writer in tuple(self._writers):
            writer.transport.abort()

    def fall_silent(self) -> None:
        """Carry nothing any more, and tell nobody: the network of a phone in a tunnel."""
        self._flowing.clear()

    def mend(self) -> None:
        """Work again; what was on its way during a silence arrives."""
        self._connected = True
        self._flowing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._connect(reader, writer)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """SOCKS 5 as in RFC 1928, without authentication: a greeting, then the address to connect to."""
        with _kept(writer, self._writers):
            if not self._connected:
                return
            _, methods = await reader.readexactly(2)
            await reader.readexactly(methods)
            writer.write(b"\x05\x00")
            *_, kind = await reader.readexactly(4)
            if kind == 3:
                host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
            else:
                host = str(ip_address(await reader.readexactly(4 if kind == 1 else 16)))
            port = int.from_bytes(await reader.readexactly(2), "big")
            far_reader, far_writer = await asyncio.open_connection(host, port)
            with _kept(far_writer, self._writers):
                writer.write(b"\x05\x00\x00\x01" + bytes(6))
                await asyncio.gather(self._pump(reader, far_writer, writer), self._pump(far_reader, writer))

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter | None = None
    ) -> None:
        while data := await reader.read(65_536):
            if back is not None and (key := _KEY.search(data)) and await self._stops(key[1], reader, back):
                break
            await asyncio.sleep(self.delay)
            await self._flowing.wait()
            writer.write(data)
            await writer.drain()
        writer.transport.abort()

    async def _stops(self, key: bytes, reader: asyncio.StreamReader, back: asyncio.StreamWriter) -> bool:
        """Whether an upgrade went no further."""
        self.upgrades += 1
        if self.sockets == "hang":
            await reader.read()
        elif self.sockets == "close":
            digest = hashlib.sha1(key + _SALT, usedforsecurity=False).digest()
            back.write(_ACCEPTED + base64.b64encode(digest) + b"\r\n\r\n")
            back.close()
        return self.sockets != "pass"


@contextmanager
def _kept(writer: asyncio.StreamWriter, writers: set[asyncio.StreamWriter]) -> Iterator[None]:
    """Keeps a connection among those that can be cut, and ends it afterwards."""
    writers.add(writer)
    try:
        yield
    finally:
        writers.discard(writer)
        writer.transport.abort()
