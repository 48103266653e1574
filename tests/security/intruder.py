"""A hostile Socket.IO client: any cookie, any origin, any frame, over a websocket or over polling."""

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, ClassVar, Protocol
from urllib.parse import urlencode, urlsplit

import httpx
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as open_websocket
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

PATH = "/_nicegui_ws/socket.io/"
PATIENCE = 10.0
"""Seconds to wait for any answer."""
_SEPARATOR = "\x1e"
_AT_ONCE = 16
"""Packets in one request: engine.io takes no more."""


def client(site: str = "", **options: Any) -> httpx.AsyncClient:
    """An HTTP client without certificates, which would take longer to load than most tests here take."""
    return httpx.AsyncClient(base_url=site, verify=False, **options)


class RefusedError(Exception):
    """The server did not let the socket in; the text is the status, or what socket.io said."""


class Line(Protocol):
    """A way to carry engine.io packets."""

    async def send(self, *packets: str) -> None:
        """Say something to the server."""

    async def receive(self) -> str:
        """The next packet from the server. Raises `RefusedError` where the line is closed."""

    async def rest(self) -> None:
        """Give back what it does not need while it says nothing."""

    async def close(self) -> None:
        """Hang up."""


class WebSocket:
    """Packets as frames of a websocket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    @classmethod
    async def open(cls, site: str, query: Mapping[str, str], headers: Mapping[str, str]) -> "WebSocket":
        """Raises `RefusedError` with the status of the answer."""
        each, rest = urlsplit(site), dict(headers)
        query = {**query, "EIO": "4", "transport": "websocket"}
        address = f"ws://{rest.pop('Host', each.netloc)}{PATH}?{urlencode(query)}"
        try:
            socket = await open_websocket(
                address, host=each.hostname, port=each.port, additional_headers=rest, compression=None, max_size=None
            )
        except InvalidStatus as error:
            raise RefusedError(str(error.response.status_code)) from None
        except InvalidMessage:
            raise RefusedError("closed") from None
        return cls(socket)

    async def send(self, *packets: str) -> None:
        for packet in packets:
            try:
                await self.socket.send(packet)
            except ConnectionClosed:
                raise RefusedError("closed") from None

    async def receive(self) -> str:
        try:
            packet = await asyncio.wait_for(self.socket.recv(), PATIENCE)
        except ConnectionClosed:
            raise RefusedError("closed") from None
        assert isinstance(packet, str)
        return packet

    async def rest(self) -> None:
        """It needs its connection."""

    async def close(self) -> None:
        await self.socket.close()


class Polling:
    """Packets in the bodies of requests: what engine.io falls back to where websockets do not get through."""

    def __init__(self, http: httpx.AsyncClient, query: Mapping[str, str]) -> None:
        self._http = http
        self._query = {**query, "EIO": "4", "transport": "polling"}
        self._waiting: deque[str] = deque()

    @classmethod
    async def open(cls, site: str, query: Mapping[str, str], headers: Mapping[str, str]) -> "Polling":
        """Raises `RefusedError` with the status of the answer."""
        line = cls(client(site, headers=dict(headers), timeout=PATIENCE), query)
        try:
            line._waiting.append(await line._ask("GET"))
        except RefusedError:
            await line.close()
            raise
        line._query["sid"] = json.loads(line._waiting[0][1:])["sid"]
        return line

    async def send(self, *packets: str) -> None:
        for start in range(0, len(packets), _AT_ONCE):
            await self._ask("POST", _SEPARATOR.join(packets[start : start + _AT_ONCE]))

    async def receive(self) -> str:
        while not self._waiting:
            self._waiting.extend((await self._ask("GET")).split(_SEPARATOR))
        return self._waiting.popleft()

    async def rest(self) -> None:
        """No connection is needed where nothing is asked."""
        await self._http.aclose()
        self._http = client(str(self._http.base_url), headers=self._http.headers, timeout=PATIENCE)

    async def close(self) -> None:
        await self._http.aclose()

    async def _ask(self, method: str, body: str = "") -> str:
        answer = await self._http.request(method, PATH, params=self._query, content=body.encode())
        if answer.status_code != 200:
            raise RefusedError(str(answer.status_code))
        return answer.text


TRANSPORTS: dict[str, type[WebSocket] | type[Polling]] = {"websocket": WebSocket, "polling": Polling}


class Intruder:
    """A socket that says what it likes. `heard` are the events it has been sent; `live` are all that hang on."""

    live: ClassVar[set["Intruder"]] = set()

    def __init__(self, line: Line) -> None:
        self.live.add(self)
        self.line = line
        self.heard: list[str] = []

    @classmethod
    async def dial(
        cls, site: str, *, transport: str = "websocket", cookie: str = "", origin: str = "", **query: str
    ) -> "Intruder":
        """A line that has said nothing yet. Raises `RefusedError` where there is none to be had."""
        headers = {"Cookie": cookie, "Origin": origin or site}
        return cls(
            await TRANSPORTS[transport].open(site, query, {name: each for name, each in headers.items() if each})
        )

    @classmethod
    async def open(cls, site: str, **how: str) -> "Intruder":
        """A live socket. Raises `RefusedError` where it is not let in."""
        intruder = await cls.dial(site, **how)
        try:
            await intruder.enter()
        except RefusedError:
            await intruder.close()
            raise
        return intruder

    async def enter(self) -> None:
        """Say that we want in, and hear what the server says to that. Raises `RefusedError`."""
        assert (await self.line.receive()).startswith("0")
        await self.line.send("40")
        while not (said := await self.line.receive()).startswith("40"):
            if said.startswith("44"):
                raise RefusedError(said)
            await self._note(said)

    async def emit(self, event: str, data: object) -> Any:
        """Send an event and wait until the server has handled it; returns what it answered, if anything."""
        (answer,) = await self.emit_all(event, [data])
        return answer

    async def emit_all(self, event: str, data: Iterable[object]) -> list[Any]:
        """Many at once."""
        packets = [f"42{number}{json.dumps([event, one])}" for number, one in enumerate(data)]
        await self.line.send(*packets)
        answers: list[Any] = []
        async with asyncio.timeout(PATIENCE):
            while len(answers) < len(packets):
                said = await self.line.receive()
                if said.startswith("43"):
                    answers += json.loads(said[said.index("[") :]) or [None]
                else:
                    await self._note(said)
        return answers

    async def hear(self) -> None:
        """Take what the server says next."""
        await self._note(await self.line.receive())

    async def hear_for_ever(self) -> None:
        """Take whatever the server says. Raises `RefusedError` when the line is closed."""
        while True:
            await self.hear()

    async def shut_out(self) -> None:
        """Wait until the server ends it: socket.io's disconnect packet, or a closed line."""
        with suppress(RefusedError):
            while (said := await self.line.receive()) != "41":
                await self._note(said)

    async def close(self) -> None:
        """Hang up."""
        self.live.discard(self)
        await self.line.close()

    async def _note(self, said: str) -> None:
        if said == "2":
            await self.line.send("3")
        elif said.startswith("42"):
            self.heard.append(said)
