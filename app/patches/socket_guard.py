"""Who may speak through a page's socket: only the browser that got the page, only while it is signed in.

NiceGUI looks up the client that a message names, not the socket that it came through, and takes every message for
well-formed. Its handlers are therefore registered again behind these checks: a socket may open a page only with the
session cookie that the page was asked for with, while that session lives; it may speak only for the pages it has
opened; and what it says has the form that NiceGUI's own script gives it.

Without it anybody who learns a page's id could press its buttons: this one is required.
"""

import asyncio
import inspect
import re
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, quote

from fastapi import Request
from nicegui import Client, background_tasks, core, json, ui
from socketio import exceptions
from starlette import requests

from app import security_log
from app.patches.internals import Missing
from app.patches.lines import Lines, address_of, hang_up

TOUCHES = (
    "nicegui.core:sio",
    "nicegui.nicegui:_on_connect(sid, data, _)",
    "nicegui.nicegui:_on_connect -> 'implicit_handshake'",
    "nicegui.nicegui:_on_connect -> 'QUERY_STRING'",
    "nicegui.nicegui:_on_handshake(sid, data)",
    "nicegui.nicegui:_on_handshake -> 'client_id'",
    "nicegui.nicegui:_on_handshake -> enter_room",
    "nicegui.nicegui:_on_event(_, msg)",
    "nicegui.nicegui:_on_event -> 'client_id'",
    "nicegui.nicegui:_on_ack(_, msg)",
    "nicegui.nicegui:_on_javascript_response(_, msg)",
    "nicegui.client:Client.instances",
    "nicegui.client:Client.__init__ -> elements",
    "nicegui.element:Element.__init__ -> _event_listeners",
    "nicegui.element:Element._handle_event -> _event_listeners",
    "nicegui.element:Element._handle_event -> 'listener_id'",
    "socketio.base_server:BaseServer.__init__ -> handlers",
    "socketio.base_server:BaseServer.__init__ -> eio",
    "socketio.async_server:AsyncServer.emit -> manager",
    "socketio:AsyncManager.get_participants(self, namespace, room)",
    "engineio.base_server:BaseServer.__init__ -> sockets",
    "starlette.requests:cookie_parser(cookie_string)",
)
_FORMS: dict[str, dict[str, type]] = {
    "event": {"client_id": str, "id": int, "listener_id": str, "args": list},
    "ack": {"client_id": str, "next_message_id": int},
    "javascript_response": {"client_id": str, "request_id": str},
}
"""What may be said, and what has to be in it."""
_KNOWN = {*_FORMS, "connect", "handshake", "disconnect", "log"}
"""Every socket event that NiceGUI listens to; one more would be unguarded."""
_HANDSHAKE = ("client_id", "tab_id", "document_id")
_NUMBER = re.compile("[0-9]{1,15}")
"""Of the next message that a page waits for."""
_LONGEST_VALUE = 32_000
"""Characters of what a field tells, as JSON: more than any may hold, so that the field can say that it is too long.
Of a text that fits, each may be six there, and a message brings the name of its request."""
_TOO_LONG = "That is far more than this field can hold. It was not taken over."
_FAREWELL = 0.3
"""Seconds in which a page hears that it has to go before its socket is closed."""
_REMEMBERED = 10_000
"""Of how many sessions that have ended the ids are kept: longer than any page of theirs is."""


class SocketGuard:
    """Checks every word from a socket.

    `cookie` names the session's cookie; `session_of` tells whose session asked for a page, None where nobody was signed
    in; `client_of` tells the client behind an address. `most` sockets may be open of one session, and a third of it of
    one client that is not signed in; of one client at most `most_of_one` lines that carry them, signed in or not.
    """

    def __init__(
        self,
        cookie: str,
        session_of: Callable[[Request], int | None],
        client_of: Callable[[str], str],
        most: int,
        most_of_one: int,
    ) -> None:
        self._cookie = cookie
        self._session_of_request = session_of
        self._client_of = client_of
        self._most = most
        self._ended: dict[int, None] = {}
        self._whose: dict[str, object] = {}
        self._sockets_of: Counter[object] = Counter()
        self._lines = Lines(client_of, most_of_one)

    def apply(self) -> None:
        """Put the checks in front of NiceGUI's socket handlers. Raises `Missing` where not all could be guarded."""
        look_at_events()
        handlers = core.sio.handlers["/"]
        for name, form in _FORMS.items():
            core.sio.on(name, self._for_own_pages(handlers[name], form))
        core.sio.on("connect", self._for_its_session(handlers["connect"]))
        core.sio.on("handshake", self._for_its_session_again(handlers["handshake"]))
        core.sio.on("disconnect", self._counted_out(handlers["disconnect"]))
        core.sio.on("log", _unheard)
        self._lines.apply()

    def stop(self) -> None:
        """The server stops: nothing is heard any more, and no request waits for news."""
        self._lines.stop()

    def close_pages(self, session_id: int) -> None:
        """A session has ended: nothing is heard from its pages any more, they go to the start, and are closed."""
        self._ended[session_id] = None
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]
        for client in list(Client.instances.values()):
            if self._session_of(client) == session_id:
                background_tasks.create(_close(client), name=f"close a page of session {session_id}")

    def live_sessions(self) -> set[int]:
        """The sessions that have pages here."""
        return {session for client in Client.instances.values() if (session := self._session_of(client)) is not None}

    def _session_of(self, client: Client) -> int | None:
        return self._session_of_request(client.request)

    def _for_own_pages(self, handler: Callable[..., Any], form: dict[str, type]) -> Callable[..., Any]:
        async def checked(sid: str, message: object = None, *_: object) -> None:
            if not isinstance(message, dict) or any(type(message.get(key)) is not kind for key, kind in form.items()):
                return
            client = Client.instances.get(message["client_id"])
            if client is None:
                return
            if not _has_opened(sid, client.id):
                security_log.note("event_refused", socket=sid, address=address_of(core.sio.get_environ(sid) or {}))
                return
            if self._session_of(client) in self._ended or ("args" in form and not _is_heard(client, message)):
                return
            result = handler(sid, message)
            if inspect.isawaitable(result):
                await result

        return checked

    def _for_its_session(self, connect: Callable[..., Any]) -> Callable[..., Any]:
        async def checked(sid: str, environ: object = None, auth: object = None, *_: object) -> None:
            if not isinstance(environ, dict) or "asgi.scope" not in environ:
                return  # said by the page as if it were an event
            if not _is_complete(_query_of(environ)) or not self._may_open(_page_of(environ), environ):
                # NiceGUI's own words: the browser answers them by loading the page again, which asks who it is.
                raise exceptions.ConnectionRefusedError("Implicit handshake failed")
            self._count_in(sid, environ)
            try:
                await connect(sid, environ, auth)
            except exceptions.ConnectionRefusedError:  # after any other error the socket is there, until it goes
                self._count_out(sid)
                raise

        return checked

    def _for_its_session_again(self, handshake: Callable[..., Any]) -> Callable[..., Any]:
        async def checked(sid: str, data: object = None, *_: object) -> bool:
            if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in _HANDSHAKE):
                return False
            environ = core.sio.get_environ(sid) or {}
            if data["client_id"] != _page_of(environ):  # the one that it was counted with
                return False
            return self._may_open(data["client_id"], environ) and bool(await handshake(sid, data))

        return checked

    def _count_in(self, sid: str, environ: dict[str, Any]) -> None:
        """Raises `ConnectionRefusedError` where very many sockets of the same session, or client, are open."""
        client = Client.instances.get(_page_of(environ))
        session = self._session_of(client) if client is not None else None
        whose = session if session is not None else self._client_of(address_of(environ))
        if self._sockets_of[whose] >= (self._most if session is not None else max(1, self._most // 3)):
            security_log.note("limited", limit="sockets", session=session, address=address_of(environ))
            raise exceptions.ConnectionRefusedError("Too many sockets")
        self._whose[sid] = whose
        self._sockets_of[whose] += 1

    def _count_out(self, sid: str) -> None:
        whose = self._whose.pop(sid, None)
        if whose is not None:
            self._sockets_of[whose] -= 1
            if not self._sockets_of[whose]:
                del self._sockets_of[whose]

    def _counted_out(self, disconnect: Callable[[str], None]) -> Callable[..., None]:
        """Socket.IO tells why a socket has gone, which NiceGUI does not ask."""

        def heard(sid: str, *_: object) -> None:
            self._count_out(sid)
            disconnect(sid)

        return heard

    def _may_open(self, client_id: str, environ: dict[str, Any]) -> bool:
        client = Client.instances.get(client_id)
        if client is None:
            return True  # NiceGUI refuses it in its own way, and the browser loads the page again
        held = requests.cookie_parser(environ.get("HTTP_COOKIE", "")).get(self._cookie)
        if held == client.request.cookies.get(self._cookie) and self._session_of(client) not in self._ended:
            return True
        security_log.note("socket_refused", address=address_of(environ))
        return False


def look_at_events() -> None:
    """Raises `Missing` where NiceGUI listens to other socket events than those that are guarded."""
    if unknown := sorted(core.sio.handlers.get("/", {}).keys() ^ _KNOWN):
        raise Missing(f"NiceGUI listens to other socket events than those that are guarded: {', '.join(unknown)}")


async def _unheard(*_: object) -> None:
    """Pages of ours log nothing; whoever says so writes into our log."""


async def _close(client: Client) -> None:
    path = getattr(client.request.state, "moved_to", client.request.url.path)  # a room's link may have been renewed
    client.open(f"/?next={quote(path)}")  # signed in again, people are where they were
    await asyncio.sleep(_FAREWELL)
    # NiceGUI deletes the page some time after its last socket has gone, as it does when a tab is closed.
    for sid, connection in list(core.sio.manager.get_participants("/", client.id)):
        line = core.sio.eio.sockets.get(connection)
        await core.sio.disconnect(sid)
        if line is not None:
            await hang_up(line)


def _page_of(environ: dict[str, Any]) -> str:
    """The one page that a socket was opened for, as its address tells; empty where it tells none."""
    return _query_of(environ).get("client_id", "")


def _query_of(environ: dict[str, Any]) -> dict[str, str]:
    """What a socket's address tells, read as NiceGUI reads it."""
    return {name: values[0] for name, values in parse_qs(str(environ.get("QUERY_STRING", ""))).items()}


def _is_complete(query: dict[str, str]) -> bool:
    """Whether NiceGUI finds what it looks for: else it breaks in the middle, and Socket.IO lets the socket stay."""
    is_named = query.get("implicit_handshake") != "true" or all(query.get(name) for name in _HANDSHAKE)
    return is_named and bool(_NUMBER.fullmatch(query.get("next_message_id", "0")))


def _has_opened(sid: str, client_id: str) -> bool:
    """Whether a socket is the page's own; asked this way round it costs the same however many pages there are."""
    return any(own == sid for own, _ in core.sio.manager.get_participants("/", client_id))


def _is_heard(client: Client, event: dict[str, Any]) -> bool:
    """Whether the page has a listener for the event, and what it brings is JSON."""
    element = client.elements.get(event["id"])
    if element is None or event["listener_id"] not in element._event_listeners:  # noqa: SLF001 - as listed
        return False
    try:
        for arg in event["args"]:
            if arg is not None and len(arg) > _LONGEST_VALUE:
                with client:
                    ui.notify(_TOO_LONG, position="top", classes="toast")
                return False
            if arg is not None:
                json.loads(arg)
    except (TypeError, ValueError):
        return False
    return True
