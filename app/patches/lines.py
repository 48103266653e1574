"""engine.io's lines, by websocket or by polling, which carry pages' sockets: how many one client may have, for how long
each may carry none, and how much it may say.

To the rest of the program a line is there once a page speaks through it; to whoever wants to hold or to spend what
others need, it is there at once, whatever it says. So lines are counted as they connect, and all that they bring takes
from their budgets before anybody looks at it, engine.io's own packets too.

Without it one client can take all lines, and the time of all others: this one is required.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from nicegui import background_tasks, core

from app import security_log
from app.capacity import Turns
from app.patches.budget import A_SECOND, AT_ONCE, Budget

if TYPE_CHECKING:
    from engineio.async_socket import AsyncSocket
    from engineio.packet import Packet

TOUCHES = (
    "nicegui.core:sio",
    "socketio.base_server:BaseServer.__init__ -> eio",
    "socketio:AsyncManager.sid_from_eio_sid(self, eio_sid, namespace)",
    "engineio.base_server:BaseServer.__init__ -> handlers",
    "engineio.base_server:BaseServer.__init__ -> sockets",
    "engineio.base_server:BaseServer.__init__ -> max_http_buffer_size",
    "engineio.base_socket:BaseSocket.__init__ -> sid",
    "engineio.base_socket:BaseSocket.__init__ -> queue",
    "engineio.base_socket:BaseSocket.__init__ -> upgraded",
    "engineio.base_socket:BaseSocket.__init__ -> closing",
    "engineio.base_socket:BaseSocket.__init__ -> closed",
    "engineio.payload:Payload.max_decode_packets",
    "engineio.payload:Payload.decode -> max_decode_packets",
    "engineio.async_socket:AsyncSocket.receive(self, pkt)",
    "engineio.async_socket:AsyncSocket.close(self, wait, abort, reason)",
)
LONGEST_FRAME = 64 * 1024
"""Bytes of a frame, or of what is posted in the place of one; the browser cuts what is typed (`ui.browser`)."""
_PACKET = re.compile(r"[01]|2\d*\[\"(?:event|ack|javascript_response|handshake|log)\"|3\d*\[")
"""Socket.IO's packets that a page sends: connect, disconnect, one of these events, an answer. Never an event that is
named as one of Socket.IO's own, which would bring a made-up environment."""
SILENT = 10.0
"""Seconds in which a line has to open a socket; pages do so at once."""
PATIENCE = 10.0
"""Seconds for which a line may go on sending more than its budget, while each packet waits; then it is closed."""
_HEARD_AT_ONCE = 1
"""Packets of one client that are heard in one turn of the loop: hundreds of its lines may say very much."""


class _Heard(NamedTuple):
    """Whose line it is, what it may say, and when."""

    client: str
    budget: Budget
    turns: Turns


class Lines:
    """Counts lines, `most_of_one` of one client, which `client_of` knows by its address, and listens to them."""

    def __init__(self, client_of: Callable[[str], str], most_of_one: int) -> None:
        self._client_of = client_of
        self._most_of_one = most_of_one
        self._whose: dict[str, str] = {}
        self._of_one: Counter[str] = Counter()
        self._turns: dict[str, Turns] = {}
        self._heard: WeakKeyDictionary[AsyncSocket, _Heard] = WeakKeyDictionary()
        self._stopping = asyncio.Event()

    def apply(self) -> None:
        """Put the checks in front of what engine.io and Socket.IO hear of lines."""
        from engineio.async_socket import AsyncSocket  # noqa: PLC0415 - it is looked for first
        from engineio.payload import Payload  # noqa: PLC0415 - so is this

        engine = core.sio.eio
        engine.on("connect", self._counted_in(engine.handlers["connect"]))
        engine.on("disconnect", self._counted_out(engine.handlers["disconnect"]))
        engine.on("message", _well_formed(engine.handlers["message"]))
        engine.max_http_buffer_size = LONGEST_FRAME
        # What has waited for a line goes out in one request by polling. Of more than 16 packets engine.io refuses all,
        # and the line with them; the browser tries the same again, for ever.
        Payload.max_decode_packets = int(AT_ONCE)
        AsyncSocket.receive = _heard_if(self._affords, AsyncSocket.receive)
        AsyncSocket.close = _at_once(AsyncSocket.close)

    def stop(self) -> None:
        """The server stops: nothing that waits for its turn is heard any more, and no request waits for news."""
        self._stopping.set()
        for line in core.sio.eio.sockets.values():  # asking for the transport of one that is closed would raise
            if not line.upgraded:
                line.queue.put_nowait(None)

    def _counted_in(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        async def checked(connection: str, environ: dict[str, Any]) -> bool:
            client = self._client_of(address_of(environ))
            if self._of_one[client] >= self._most_of_one:
                security_log.note("limited", limit="sockets", address=address_of(environ))
                return False
            self._whose[connection] = client
            self._of_one[client] += 1
            turns = self._turns.setdefault(client, Turns(_HEARD_AT_ONCE))
            self._heard[core.sio.eio.sockets[connection]] = _Heard(client, Budget(A_SECOND, AT_ONCE), turns)
            asyncio.get_running_loop().call_later(SILENT, self._let_go, connection)
            await connect(connection, environ)
            return True

        return checked

    def _counted_out(self, disconnect: Callable[..., Any]) -> Callable[..., Any]:
        async def heard(connection: str, reason: str) -> None:
            client = self._whose.pop(connection, None)
            if client is not None:
                self._of_one[client] -= 1
                if not self._of_one[client]:
                    del self._of_one[client], self._turns[client]
            await disconnect(connection, reason)

        return heard

    def _let_go(self, connection: str) -> None:
        """Hang up on a line that carries no socket."""
        line = core.sio.eio.sockets.get(connection)
        if line is not None and core.sio.manager.sid_from_eio_sid(connection, "/") is None:
            background_tasks.create(hang_up(line), name=f"hang up on the silent line {connection}")

    async def _affords(self, line: "AsyncSocket") -> bool:
        """Whether a packet is heard. What is above the budget waits, and the line with it, until the line is closed."""
        heard = self._heard[line]
        if not line.upgraded:  # of hundreds in one request each waits for its turn, or they would hold all others
            await asyncio.sleep(0)
        if not line.closed and (wait := heard.budget.take()):
            if heard.budget.overdrawn > PATIENCE:
                security_log.note("limited", limit="events", address=heard.client)
                await hang_up(line)
            else:
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(wait, PATIENCE)):
                        await self._stopping.wait()
                    return False
        await heard.turns.wait()
        return not (line.closed or line.closing)


def address_of(environ: dict[str, Any]) -> str:
    """Where a line comes from, as the server knows it (a trusted proxy tells it)."""
    address = environ.get("asgi.scope", {}).get("client")
    return str(address[0]) if address else ""


async def hang_up(line: "AsyncSocket") -> None:
    """Close a line without waiting for whoever is at its other end, to whom engine.io would leave it."""
    await line.close(wait=False)
    line.queue.put_nowait(None)


def _heard_if(
    affords: Callable[["AsyncSocket"], Awaitable[bool]], understand: Callable[..., Any]
) -> Callable[..., Any]:
    """Hear packets of lines that can afford them."""

    async def receive(self: "AsyncSocket", pkt: "Packet") -> None:
        if await affords(self):
            await understand(self, pkt)

    return receive


def _at_once(close: Callable[..., Any]) -> Callable[..., Any]:
    """Close lines without waiting until somebody has fetched the last packets: nobody may ever come for them, and the
    request that waits, with all that it brought, would stay for good, also when its client has hung up. A closed line
    is nobody's at once: engine.io breaks over what is posted to one that it still knows."""

    async def closed(self: "AsyncSocket", wait: bool = True, abort: bool = False, reason: Any = None) -> None:  # noqa: ARG001 - engine.io's signature
        await close(self, wait=False, abort=abort, reason=reason)
        if self.closed:
            core.sio.eio.sockets.pop(self.sid, None)

    return closed


def _well_formed(understand: Callable[..., Any]) -> Callable[..., Any]:
    """Hear packets of the known forms only."""

    async def checked(connection: str, packet: object) -> None:
        if isinstance(packet, str) and _PACKET.match(packet):
            await understand(connection, packet)

    return checked
