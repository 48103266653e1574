"""The shortest way in for each: requests to NiceGUI's app, start and stop to the application that holds it, and sockets
to Socket.IO behind a middleware of their own, since what they pass through stays in memory while they are open.

Of the middleware that NiceGUI puts before all requests, one says how long its files are kept, as ours does
(`ui/http/files.py`), and the other is for sites below a path of a proxy's, which ours is not. And a socket that its
browser has closed on purpose is known here by the code it was closed with, so that its page need not be kept for a
return.

Brings: 12 kB of memory for each person. Without it: the longer way; a page that its browser has left is kept as long
as one that was cut off.
"""

from collections.abc import Callable, MutableMapping
from copy import copy
from typing import Any

from nicegui import Client, app, core
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from nicegui.nicegui import sio_app
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.patches import SOCKET

TOUCHES = (
    "nicegui.core:sio",
    "nicegui.nicegui:sio_app",
    "nicegui.nicegui:_on_disconnect(sid)",
    "nicegui.middlewares:RedirectWithPrefixMiddleware",
    "nicegui.middlewares:SetCacheControlMiddleware",
    "nicegui.page:page.__init__ -> reconnect_timeout",
    "nicegui.client:Client.instances",
    "nicegui.client:Client.__init__ -> page",
    "socketio.base_server:BaseServer.__init__ -> handlers",
    "starlette.applications:Starlette.__init__ -> user_middleware",
    "starlette.middleware:Middleware.__init__ -> cls",
)
_GOING_AWAY = 1001
"""What a browser closes a socket with when its page is left, reloaded or closed (RFC 6455, 7.4.1)."""
_FAREWELL_SAID = "traderoom.farewell"
_KEPT_AFTER_FAREWELL = 5.0
"""Seconds for which a page is kept that its browser has left; one that was cut off is kept until it comes back."""


def apply() -> None:
    """Listen to farewells; NiceGUI adds its middleware later, so `Routes` takes it out of the way."""
    core.sio.on("disconnect", _after_farewell(core.sio.handlers["/"]["disconnect"]))


class Routes:
    """The site as an ASGI application. `holder` holds NiceGUI's app; `guard` puts a middleware before the sockets."""

    def __init__(self, holder: ASGIApp, guard: Callable[[ASGIApp], ASGIApp]) -> None:
        of_nicegui: tuple[object, ...] = (RedirectWithPrefixMiddleware, SetCacheControlMiddleware)
        app.user_middleware[:] = [one for one in app.user_middleware if one.cls not in of_nicegui]
        self._holder = holder
        self._sockets = guard(_to_socket_io)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._holder(scope, receive, send)
        elif scope["path"].startswith(f"{SOCKET}/"):
            await self._sockets(scope, receive, send)
        else:
            await app(scope, receive, send)


async def _to_socket_io(scope: Scope, receive: Receive, send: Send) -> None:
    line: MutableMapping[str, Any] = {**scope, "root_path": SOCKET}
    kept = [await receive()]
    if kept[0]["type"] == "http.disconnect":
        return  # whoever waited for their turn has gone: engine.io breaks over what has no request

    async def hear() -> Message:
        message = kept.pop() if kept else await receive()
        if message["type"] == "websocket.disconnect" and message.get("code") == _GOING_AWAY:
            line[_FAREWELL_SAID] = True
        return message

    await sio_app(line, hear, send)


def _after_farewell(handler: Callable[[str], None]) -> Callable[..., None]:
    def heard(sid: str, *_: object) -> None:
        if _FAREWELL_SAID in (core.sio.get_environ(sid) or {}).get("asgi.scope", {}):
            for name in core.sio.rooms(sid):  # the page's, and the socket's own
                if client := Client.instances.get(name):
                    client.page = copy(client.page)
                    client.page.reconnect_timeout = _KEPT_AFTER_FAREWELL
        handler(sid)

    return heard
