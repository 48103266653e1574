"""The page's socket: engine.io 4 and socket.io 5 text frames over one websocket, without compression.

It is a plain asyncio protocol, so that thousands of people cost the bench little and a frame is stamped with its time
as soon as the kernel hands it over.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

from websockets.client import ClientProtocol
from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.typing import Origin
from websockets.uri import parse_uri

PATH = "/_nicegui_ws/socket.io/"


class RefusedError(Exception):
    """The server did not let the socket in, or closed it before it was live."""


class Wire(asyncio.Protocol):
    """One socket. `heard(event, payload)` is called for every event, after `raw(frame)` with the frame's bytes."""

    def __init__(
        self,
        site: str,
        query: dict[str, str],
        cookie: str,
        *,
        raw: Callable[[bytes], None],
        heard: Callable[[str, Any], None],
    ) -> None:
        self._protocol = ClientProtocol(
            parse_uri(
                f"ws://{urlsplit(site).netloc}{PATH}?{urlencode({**query, 'EIO': '4', 'transport': 'websocket'})}"
            ),
            origin=cast("Origin", site),
            max_size=None,
        )
        self._cookie = cookie
        self._raw = raw
        self._heard = heard
        self._transport: asyncio.Transport | None = None
        self._leaving = False
        self.live: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def dropped(self) -> bool:
        """Whether the socket was closed by the other side, after it was live."""
        return self.closed.done() and not self._leaving

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        request = self._protocol.connect()
        request.headers["Cookie"] = self._cookie
        self._protocol.send_request(request)
        self._flush()

    def data_received(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                self._receive(bytes(event.data))
            elif isinstance(event, Response) and event.status_code != 101:
                self._fail(f"status {event.status_code}")
        self._flush()

    def eof_received(self) -> bool:
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"closed: {exc}")
        if not self.closed.done():
            self.closed.set_result(None)

    def emit(self, event: str, payload: object) -> None:
        """Send an event, as `socket.emit` does."""
        self._say(f"42{json.dumps([event, payload], separators=(',', ':'))}")

    async def leave(self) -> None:
        """Close the socket, as a closed tab does, and wait until it is gone."""
        self._leaving = True
        if self._transport is not None and not self.closed.done():
            if self._protocol.state is State.OPEN:
                self._protocol.send_close(CloseCode.GOING_AWAY)
                self._flush()
            else:
                self._transport.close()
            await self.closed

    def cut(self) -> None:
        """Lose the connection without a word."""
        self._leaving = True
        if self._transport is not None:
            self._transport.abort()

    def _receive(self, frame: bytes) -> None:
        if frame.startswith(b"42"):
            self._raw(frame)
            event, *payload = json.loads(frame[2:])
            self._heard(event, payload[0] if payload else None)
        elif frame == b"2":
            self._say("3")
        elif frame.startswith(b"0"):
            self._say("40")
        elif frame.startswith(b"40"):
            if not self.live.done():
                self.live.set_result(None)
        elif frame.startswith(b"44"):
            self._fail(frame.decode())

    def _fail(self, why: str) -> None:
        if not self.live.done():
            self.live.set_exception(RefusedError(why))

    def _say(self, text: str) -> None:
        if self._transport is not None and self._protocol.state is State.OPEN:
            self._protocol.send_text(text.encode())
            self._flush()

    def _flush(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            for data in self._protocol.data_to_send():
                if data:
                    self._transport.write(data)
                else:
                    self._transport.close()


async def connect(wire: Wire, site: str) -> None:
    """Open the socket and wait until socket.io says that it is live. Raises `RefusedError` or `OSError`."""
    address = urlsplit(site)
    await asyncio.get_running_loop().create_connection(lambda: wire, address.hostname or "", address.port or 80)
    await wire.live
