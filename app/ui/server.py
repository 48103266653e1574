"""The web application: the gate, the pages, the form posts, the theme and the health checks.

Routes and middleware live on NiceGUI's own app, so that simulated users in tests meet the same ones as browsers.
"""

import hashlib
from pathlib import Path

from fastapi.responses import JSONResponse, Response
from nicegui import app, ui
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from nicegui.nicegui import sio_app
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.ui import document, downloads, forms, lean, shortcuts, sockets
from app.ui.block import Block
from app.ui.collector import Collector
from app.ui.frame import THEME_PATH
from app.ui.gate import FILES, SOCKET, UNAVAILABLE, Gate
from app.ui.pages import account, activity, my_trades, new_trade, nothing_here, sign_in, trade_room
from app.ui.parts.clock import VISIBILITY_SCRIPT
from app.ui.session import ZONE_SCRIPT
from app.ui.site import Site

_THEME = Path(__file__).with_name("theme.css")
_GOING_AWAY = 1001
"""What a browser closes a socket with when its page is left, reloaded or closed (RFC 6455, 7.4.1)."""
_TAB_KEPT = 60.0
"""Seconds. NiceGUI keeps a store for each tab of a browser, for 30 days unless told otherwise; ours stay empty."""


def build(site: Site) -> None:
    """Put the whole site on NiceGUI's app."""
    shortcuts.take()
    document.take()
    lean.take()
    sockets.guard()
    Collector()
    app.storage.max_tab_storage_age = _TAB_KEPT
    app.add_middleware(
        Gate, settings=site.settings, cookies=site.cookies, accounts=site.accounts, presence=site.presence
    )
    _serve_theme()
    _serve_health(site)
    forms.register(site)
    downloads.register(site)
    app.on_page_exception(_stay_calm)
    for page in (sign_in, my_trades, new_trade, activity, trade_room, account):
        page.register(site)
    nothing_here.register(site)  # the last one: it takes every address that is left


class Entrance:
    """The shortest way in for each: requests to NiceGUI's app, start and stop to `holder`, which holds it, and sockets
    to Socket.IO behind a gate of their own, since what they pass through stays in memory for as long as they are open.

    Of the middleware that NiceGUI puts before all requests, one is for its files, and gets only these; the other is for
    sites below a path of a proxy's, which ours is not.
    """

    def __init__(self, holder: ASGIApp, site: Site) -> None:
        self._holder = holder
        of_nicegui: tuple[object, ...] = (RedirectWithPrefixMiddleware, SetCacheControlMiddleware)
        app.user_middleware[:] = [its for its in app.user_middleware if its.cls not in of_nicegui]
        self._files = SetCacheControlMiddleware(app)
        self._sockets = Gate(
            _to_socket_io,
            settings=site.settings,
            cookies=site.cookies,
            accounts=site.accounts,
            presence=site.presence,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "lifespan":
            await self._holder(scope, receive, send)
        elif scope["path"].startswith(f"{SOCKET}/"):
            await self._sockets(scope, receive, send)
        elif scope["path"].startswith(FILES):
            await self._files(scope, receive, send)
        else:
            await app(scope, receive, send)


async def _to_socket_io(scope: Scope, receive: Receive, send: Send) -> None:
    line = {**scope, "root_path": SOCKET}

    async def hear() -> Message:
        message = await receive()
        if message["type"] == "websocket.disconnect" and message.get("code") == _GOING_AWAY:
            sockets.note_farewell(line)
        return message

    await sio_app(line, hear, send)


def _serve_theme() -> None:
    css = _THEME.read_bytes()
    tag = hashlib.sha256(css).hexdigest()[:16]
    ui.add_head_html(f'<link rel="stylesheet" href="{THEME_PATH}?{tag}">', shared=True)
    ui.add_head_html(ZONE_SCRIPT + VISIBILITY_SCRIPT, shared=True)

    @app.get(THEME_PATH)
    def theme() -> Response:
        return Response(css, media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"})

    @app.get("/favicon.ico")
    def favicon() -> Response:
        return Response(status_code=204)


def _serve_health(site: Site) -> None:
    @app.get("/healthz")
    def healthz() -> JSONResponse:
        return JSONResponse({"status": "ok"})

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        works = site.health()
        return JSONResponse(works, 200 if all(works.values()) else 503)


def _stay_calm() -> None:
    """What is shown in the place of a page that failed; the error itself is in the log."""
    ui.page_title("Not right now · Traderoom")
    with ui.element("div").classes("narrow"):
        Block("<h1>Not right now</h1>")
        ui.label(UNAVAILABLE)
