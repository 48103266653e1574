"""Who may speak through a page's socket: only the browser that got the page, only while it is signed in.

NiceGUI looks up the client that a message names, not the socket that it came through. Its handlers are therefore
registered again behind two checks: a socket may open a page only with the session cookie that the page was asked for
with, and may speak only for the pages it has opened. `tests/ui/test_sockets.py` fails when these internals move.
"""

import asyncio
import inspect
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, background_tasks, core
from socketio.exceptions import ConnectionRefusedError as SocketRefused

from app import security_log
from app.ui.session import SESSION_COOKIE

_SPOKEN = ("event", "ack", "log", "javascript_response")
_FAREWELL = 0.3
"""Seconds in which a page hears that it has to go before its socket is closed."""


def guard() -> None:
    """Put the checks in front of NiceGUI's socket handlers."""
    handlers = core.sio.handlers["/"]
    for name in _SPOKEN:
        core.sio.on(name, _for_own_pages(handlers[name]))
    connect, handshake = handlers["connect"], handlers["handshake"]

    async def guarded_connect(sid: str, environ: dict[str, Any], auth: object = None) -> None:
        query = parse_qs(environ.get("QUERY_STRING", ""))
        if not _may_open(query.get("client_id", [""])[0], environ):
            security_log.note("socket_refused", address=_address(environ))
            # NiceGUI's own words: the browser answers them by loading the page again, which asks who it is.
            raise SocketRefused("Implicit handshake failed")
        await connect(sid, environ, auth)

    async def guarded_handshake(sid: str, data: dict[str, Any]) -> bool:
        environ = core.sio.get_environ(sid) or {}
        return _may_open(data.get("client_id", ""), environ) and bool(await handshake(sid, data))

    core.sio.on("connect", guarded_connect)
    core.sio.on("handshake", guarded_handshake)


def close_pages(session_id: int) -> None:
    """A session has ended: its live pages go to the start, and their sockets are closed."""
    for client in list(Client.instances.values()):
        viewer = getattr(client.request.state, "viewer", None)
        if viewer is not None and viewer.session_id == session_id:
            background_tasks.create(_close(client), name=f"close a page of session {session_id}")


async def _close(client: Client) -> None:
    client.open("/")
    await asyncio.sleep(_FAREWELL)
    # NiceGUI deletes the page some time after its last socket has gone, as it does when a tab is closed.
    for sid, _ in list(core.sio.manager.get_participants("/", client.id)):
        await core.sio.disconnect(sid)


def _for_own_pages(handler: Callable[..., Any]) -> Callable[..., Any]:
    async def checked(sid: str, message: object = None) -> None:
        if not isinstance(message, dict) or message.get("client_id") not in core.sio.rooms(sid):
            if isinstance(message, dict) and message.get("client_id") in Client.instances:
                security_log.note("event_refused", socket=sid)
            return
        result = handler(sid, message)
        if inspect.isawaitable(result):
            await result

    return checked


def _address(environ: dict[str, Any]) -> str:
    client = environ.get("asgi.scope", {}).get("client")
    return str(client[0]) if client else ""


def _may_open(client_id: str, environ: dict[str, Any]) -> bool:
    client = Client.instances.get(client_id)
    if client is None:
        return True  # NiceGUI refuses it in its own way, and the browser loads the page again
    cookies: SimpleCookie = SimpleCookie(environ.get("HTTP_COOKIE", ""))
    held = cookies[SESSION_COOKIE].value if SESSION_COOKIE in cookies else None
    return held == client.request.cookies.get(SESSION_COOKIE)
