"""Who may speak through a page's socket: only the browser that got the page, only while it is signed in.

NiceGUI looks up the client that a message names, not the socket that it came through, and takes every message for
well-formed. Its handlers are therefore registered again behind these checks: a socket may open a page only with the
session cookie that the page was asked for with, while that session lives; it may speak only for the pages it has
opened; and what it says has the form that NiceGUI's own script gives it. `tests/ui/test_sockets.py` fails when these
internals move.
"""

import asyncio
import inspect
import re
from collections.abc import Callable, MutableMapping
from copy import copy
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, background_tasks, core, json
from socketio.exceptions import ConnectionRefusedError as SocketRefused
from starlette.requests import cookie_parser

from app import security_log
from app.ui.session import SESSION_COOKIE

_FORMS: dict[str, dict[str, type]] = {
    "event": {"client_id": str, "id": int, "listener_id": str, "args": list},
    "ack": {"client_id": str, "next_message_id": int},
    "javascript_response": {"client_id": str, "request_id": str},
}
"""What may be said, and what has to be in it."""
_FAREWELL = 0.3
"""Seconds in which a page hears that it has to go before its socket is closed."""
_FAREWELL_SAID = "traderoom.farewell"
_KEPT_AFTER_FAREWELL = 5.0
"""Seconds for which a page is kept that its browser has left; one that was cut off is kept until it comes back."""
_REMEMBERED = 10_000
"""Of how many sessions that have ended the ids are kept: longer than any page of theirs is."""

_ended: dict[int, None] = {}


def guard() -> None:
    """Put the checks in front of NiceGUI's socket handlers."""
    handlers = core.sio.handlers["/"]
    for name, form in _FORMS.items():
        core.sio.on(name, _for_own_pages(handlers[name], form))
    connect, handshake = handlers["connect"], handlers["handshake"]

    async def guarded_connect(sid: str, environ: object = None, auth: object = None, *_: object) -> None:
        if not isinstance(environ, dict) or "asgi.scope" not in environ:
            return  # said by the page as if it were an event
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if not _may_open(query.get("client_id", [""])[0], environ):
            # NiceGUI's own words: the browser answers them by loading the page again, which asks who it is.
            raise SocketRefused("Implicit handshake failed")
        await connect(sid, environ, auth)

    async def guarded_handshake(sid: str, data: object = None, *_: object) -> bool:
        if not isinstance(data, dict) or not all(isinstance(data.get(key), str) for key in _HANDSHAKE):
            return False
        environ = core.sio.get_environ(sid) or {}
        return _may_open(data["client_id"], environ) and bool(await handshake(sid, data))

    async def unheard(*_: object) -> None:
        """Pages of ours log nothing; whoever says so writes into our log."""

    understand = core.sio.eio.handlers["message"]

    async def guarded_message(connection: str, packet: object) -> None:
        if isinstance(packet, str) and _PACKET.match(packet):
            await understand(connection, packet)

    core.sio.eio.on("message", guarded_message)
    core.sio.on("connect", guarded_connect)
    core.sio.on("handshake", guarded_handshake)
    core.sio.on("disconnect", _after_farewell(handlers["disconnect"]))
    core.sio.on("log", unheard)


_PACKET = re.compile(r"[01]|2\d*\[\"|3\d*\[")
"""Socket.IO's packets that a page sends: connect, disconnect, an event with its name, an answer."""
_HANDSHAKE = ("client_id", "tab_id", "document_id")


def note_farewell(scope: MutableMapping[str, Any]) -> None:
    """The browser has said that it leaves the page of this socket, which a cut connection never says."""
    scope[_FAREWELL_SAID] = True


def close_pages(session_id: int) -> None:
    """A session has ended: nothing is heard from its pages any more, they go to the start, and are closed."""
    _ended[session_id] = None
    if len(_ended) > _REMEMBERED:
        del _ended[next(iter(_ended))]
    for client in list(Client.instances.values()):
        if _session_of(client) == session_id:
            background_tasks.create(_close(client), name=f"close a page of session {session_id}")


def live_sessions() -> set[int]:
    """The sessions that have pages here."""
    return {session for client in Client.instances.values() if (session := _session_of(client)) is not None}


async def _close(client: Client) -> None:
    client.open("/")
    await asyncio.sleep(_FAREWELL)
    # NiceGUI deletes the page some time after its last socket has gone, as it does when a tab is closed.
    for sid, connection in list(core.sio.manager.get_participants("/", client.id)):
        line = core.sio.eio.sockets.get(connection)
        await core.sio.disconnect(sid)
        await core.sio.eio.disconnect(connection)
        if line is not None:
            await line.queue.put(None)  # hangs up; engine.io leaves that to the other side


def _for_own_pages(handler: Callable[..., Any], form: dict[str, type]) -> Callable[..., Any]:
    async def checked(sid: str, message: object = None, *_: object) -> None:
        if not isinstance(message, dict) or any(type(message.get(key)) is not kind for key, kind in form.items()):
            return
        client = Client.instances.get(message["client_id"])
        if client is None:
            return
        if not _has_opened(sid, client.id):
            security_log.note("event_refused", socket=sid)
            return
        if _session_of(client) in _ended or ("args" in form and not _is_heard(client, message)):
            return
        result = handler(sid, message)
        if inspect.isawaitable(result):
            await result

    return checked


def _after_farewell(handler: Callable[[str], None]) -> Callable[..., None]:
    def heard(sid: str, *_: object) -> None:
        if _FAREWELL_SAID in (core.sio.get_environ(sid) or {}).get("asgi.scope", {}):
            for name in core.sio.rooms(sid):  # the page's, and the socket's own
                if client := Client.instances.get(name):
                    client.page = copy(client.page)
                    client.page.reconnect_timeout = _KEPT_AFTER_FAREWELL
        handler(sid)

    return heard


def _has_opened(sid: str, client_id: str) -> bool:
    """Whether a socket is the page's own; asked this way round it costs the same however many pages there are."""
    return any(own == sid for own, _ in core.sio.manager.get_participants("/", client_id))


def _is_heard(client: Client, event: dict[str, Any]) -> bool:
    """Whether the page has a listener for the event, and what it brings is JSON."""
    element = client.elements.get(event["id"])
    if element is None or event["listener_id"] not in element._event_listeners:  # noqa: SLF001 - see above
        return False
    try:
        for arg in event["args"]:
            if arg is not None:
                json.loads(arg)
    except (TypeError, ValueError):
        return False
    return True


def _may_open(client_id: str, environ: dict[str, Any]) -> bool:
    client = Client.instances.get(client_id)
    if client is None:
        return True  # NiceGUI refuses it in its own way, and the browser loads the page again
    held = cookie_parser(environ.get("HTTP_COOKIE", "")).get(SESSION_COOKIE)
    if held == client.request.cookies.get(SESSION_COOKIE) and _session_of(client) not in _ended:
        return True
    security_log.note("socket_refused", address=_address(environ))
    return False


def _session_of(client: Client) -> int | None:
    viewer = getattr(client.request.state, "viewer", None)
    return viewer.session_id if viewer is not None else None


def _address(environ: dict[str, Any]) -> str:
    address = environ.get("asgi.scope", {}).get("client")
    return str(address[0]) if address else ""
