"""uvicorn's two protocols, for requests and for sockets, with an eye on how long each connection keeps us waiting: for
headers, a body, a reader.

uvicorn waits for ever for a connection that says nothing. Its protocols are therefore ones of ours, which watch over it
and leave the rest to it. asyncio's own methods (`connection_made` and so on) stay; the others stand in `TOUCHES`.

Without it one client holds everything that others need: this one is required.
"""

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets import http11

from app import security_log
from app.patches.budget import A_SECOND, AT_ONCE, Budget
from app.patches.connections import Connections
from app.patches.watched import Watched

if TYPE_CHECKING:
    from websockets.http11 import Response

TOUCHES = (
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.handle_events(self)",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.send_receive_event_to_app(self)",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.send_receive_event_to_app -> frames",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.handle_text -> curr_msg_data_type",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.receive -> read_paused",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.__init__ -> conn",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.handle_connect -> send_response",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.send -> send_response",
    "uvicorn.protocols.websockets.websockets_sansio_impl:WebSocketsSansIOProtocol.__init__ -> handshake_initiated",
    "websockets.http11:MAX_LINE_LENGTH",
    "websockets.http11:parse_line -> MAX_LINE_LENGTH",
    "websockets.protocol:Protocol.__init__ -> handshake_exc",
    "websockets.server:ServerProtocol.send_response(self, response)",
    "websockets.protocol:Protocol.events_received -> events",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_headers_complete -> pipeline",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_message_begin(self)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_message_begin -> url",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_url(self, url)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_header(self, name, value)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_headers_complete(self)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_body(self, body)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_message_complete(self)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_response_complete(self)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.on_response_complete -> timeout_keep_alive",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.__init__ -> cycle",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.handle_websocket_upgrade",
    "uvicorn.protocols.http.httptools_impl:RequestResponseCycle.__init__ -> response_complete",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.send_400_response(self, msg)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.send_400_response -> default_headers",
)
HEADERS, BODY, IDLE = 10.0, 30.0, 60.0
"""Seconds for a request's headers, for its body, until the next one begins or a socket says something."""
MOST_HEADERS, MOST_FIELDS, LONGEST_ADDRESS = 16 * 1024, 100, 4 * 1024
"""Bytes of a request's headers, its address among them, or of what stands between the pieces of a body and behind it;
how many headers; bytes of the address. The parser takes ever longer for each byte, and whoever looks into an address,
a cookie or a header afterwards holds all others: 60 kB of them did so for up to 30 ms."""
MOST_PIECES, SMALL = 256, 256
"""Pieces that a body may have, and one more for each so many bytes of it: a piece of a byte costs as much as one of
64 kB."""
MOST_WAITING = 64 * 1024
"""Bytes of requests that came while an earlier one is answered."""
_TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain\r\nConnection: close\r\n"
_TOO_MUCH = b"\r\nThe address or the headers of this request are too long.\n"
_SWITCHING_PROTOCOLS = 101
_PIECE = 1024
"""Bytes that are read of a connection at once: what a page says fits into it, and 170 empty frames or 56 requests."""


def protocols(limits: Connections, headers: Mapping[str, str]) -> tuple[type["Requests"], type["Sockets"]]:
    """The two, for uvicorn; `headers` are those of what it answers by itself.

    A handshake's lines may be as long as all headers: the library takes 8 kB, and a browser has more in its cookies.
    """
    http11.MAX_LINE_LENGTH = MOST_HEADERS
    given = {"limits": limits, "own_headers": dict(headers)}
    return type("Requests", (Requests,), given), type("Sockets", (Sockets,), given)


class _TooMuchError(Exception):
    """Raised within the parser, which reads no further and says that this is no request."""


class Requests(Watched, HttpToolsProtocol):
    """uvicorn's connection of requests, which is read piece by piece: all requests of a piece are taken apart before
    anybody else gets a turn, and the next piece waits until those of this one are answered."""

    def connection_made(self, transport: Any) -> None:
        """Let it in."""
        if self.begin(transport):
            super().connection_made(transport)
            self._headers = 0  # bytes since something else than headers came
            self._fields = self._pieces = self._body = 0
            self.url = b""
            self._is_begun = False  # whether a request is not here whole
            self._is_kept_waiting = False  # whether it is not read, as earlier ones are being answered
            self._time = HEADERS  # for what of it comes next
            self.timeout_keep_alive = IDLE  # type: ignore[assignment]  # asyncio's seconds need not be whole
            self.expect(HEADERS)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        if self.end():
            super().connection_lost(exc)

    def read(self) -> None:
        """Take what there is a turn for, and of headers no more than they may have."""
        data, self.unread = self.unread, b""
        at = 0
        while at < len(data) and not self.pipeline and self.is_open:
            if self._headers == MOST_HEADERS:
                self._refuse_headers()
                return
            piece = data[at : at + min(_PIECE, MOST_HEADERS - self._headers)]
            at += len(piece)
            self._headers += len(piece)
            HttpToolsProtocol.data_received(self, piece)
        self.unread = data[at:]
        if self.pipeline and self._is_begun:
            self._is_kept_waiting = True
            self.expect(None)
        if len(self.unread) > MOST_WAITING and self.is_open:
            security_log.note("limited", limit="requests", address=self.client[0] if self.client else "")
            self.hang_up()

    def on_message_begin(self) -> None:
        """A request's first line is here."""
        super().on_message_begin()
        self._is_begun = True
        self._fields = self._pieces = self._body = 0
        self._time = HEADERS
        self.expect(HEADERS)

    def on_url(self, url: bytes) -> None:
        """A piece of its address is."""
        super().on_url(url)
        if len(self.url) > LONGEST_ADDRESS:
            raise _TooMuchError

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers is, or of what is said behind its body."""
        self._fields += 1
        if self._fields > MOST_FIELDS:
            raise _TooMuchError
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its headers are."""
        self._headers = 0
        self._time = BODY
        self.expect(BODY)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of its body is, too."""
        self._headers = 0
        self._pieces += 1
        self._body += len(body)
        if self._pieces > MOST_PIECES + self._body // SMALL:
            raise _TooMuchError
        super().on_body(body)

    def on_message_complete(self) -> None:
        """And the last one."""
        self._headers = 0
        self._is_begun = False
        super().on_message_complete()
        self._expect_next()

    def on_response_complete(self) -> None:
        """It was answered."""
        super().on_response_complete()
        if self._is_kept_waiting and not self.pipeline:
            self._is_kept_waiting = False
            self.expect(self._time)
        self._expect_next()
        self.take_turn()

    def _expect_next(self) -> None:
        """The next request may come, unless one is being answered; one that is on its way has its time already."""
        if not self._is_begun:
            self.expect(IDLE if self.cycle is None or self.cycle.response_complete else None)

    def _refuse_headers(self) -> None:
        """They are too many, or too long."""
        security_log.note("headers_refused", status=431, address=self.client[0] if self.client else "")
        headers = "".join(f"{name}: {value}\r\n" for name, value in self.own_headers.items())
        if self._watched is not None:
            self._watched.write(_TOO_LARGE + headers.encode() + _TOO_MUCH)
            self._watched.close()

    def send_400_response(self, msg: str) -> None:
        """It is no HTTP: told so by the server itself, which knows nothing of the site's headers."""
        if self._fields > MOST_FIELDS or len(self.url) > LONGEST_ADDRESS:
            self._refuse_headers()
            return
        self.server_state = copy(self.server_state)
        own = [(name.encode(), value.encode()) for name, value in self.own_headers.items()]
        self.server_state.default_headers = [*self.server_state.default_headers, *own]
        super().send_400_response(msg)

    def handle_websocket_upgrade(self) -> None:
        """It becomes a socket, which is watched as one: after earlier answers, which nobody would be left to end."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.send_400_response("A handshake comes after the answer to what was asked before.")
            return
        self.expect(None)
        self._watched = None
        super().handle_websocket_upgrade()


class Sockets(Watched, WebSocketsSansIOProtocol):
    """uvicorn's socket, which is read piece by piece: all frames of a piece are taken apart before anybody else gets a
    turn, and the next piece waits until somebody has heard those of this one."""

    def connection_made(self, transport: Any) -> None:
        """It was let in as a request."""
        if self.begin(transport):
            super().connection_made(transport)
            self._frames = Budget(A_SECOND, 2 * AT_ONCE)
            self.conn.send_response = self._answer  # type: ignore[method-assign]
            self.expect(IDLE)

    def _answer(self, response: "Response") -> None:
        """The handshake's one answer. A browser may show a refusal, ours or the library's, like any page."""
        del self.conn.send_response
        if response.status_code != _SWITCHING_PROTOCOLS:
            response.headers.update(self.own_headers)
        self.conn.send_response(response)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed."""
        if self.end():
            super().connection_lost(exc)

    def read(self) -> None:
        """Take what there is a turn for."""
        while self.unread and not self.read_paused and self.is_open:
            piece, self.unread = self.unread[:_PIECE], self.unread[_PIECE:]
            WebSocketsSansIOProtocol.data_received(self, piece)

    def send_receive_event_to_app(self) -> None:
        """A message is here, which pages' sockets have every few seconds (Socket.IO's pings are answered). Over a text
        that is none, uvicorn writes a traceback into the log."""
        self.expect(IDLE)
        text = b"".join(self.frames) if self.curr_msg_data_type == "text" else b""
        if text.decode(errors="ignore").encode() == text:
            super().send_receive_event_to_app()
        else:
            self.hang_up()

    async def receive(self) -> Any:
        """What was heard, after which there may be a turn for more."""
        message = await super().receive()
        self.take_turn()
        return message

    def handle_events(self) -> None:
        """Whoever hears a socket counts its messages, and lets it wait; what is no message, and what comes after the
        end, nobody hears: who sends much of it is hung up on. So is a handshake that the library cannot read, to which
        it says nothing, and over which stopping would break."""
        if self.conn.handshake_exc is not None and not self.handshake_initiated:
            self.hang_up()
        elif self._frames.take(len(self.conn.events)):
            security_log.note("limited", limit="frames", address=self.client[0] if self.client else "")
            self.hang_up()
        else:
            super().handle_events()
