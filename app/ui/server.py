"""The web application: the middleware, the pages, the form posts, the theme and the health checks.

Routes and middleware live on NiceGUI's own app, so that simulated users in tests meet the same ones as browsers.
"""

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response
from nicegui import app, ui
from starlette.types import ASGIApp, Receive, Scope, Send

from app import patches
from app.patches.socket_guard import SocketGuard
from app.ui import assets
from app.ui.components.html_block import Block
from app.ui.http import auth, downloads, health, installing
from app.ui.http.calm import UNAVAILABLE
from app.ui.http.cookies import one_line
from app.ui.http.files import File, Files
from app.ui.http.middleware import Middleware
from app.ui.live.collector import Collector
from app.ui.pages import (
    account,
    activity,
    demo_mail,
    forgot_password,
    how_it_works,
    mail_links,
    my_trades,
    new_trade,
    not_found,
    printout,
    sign_in,
    trade_room,
)
from app.ui.site import Site

_TAB_KEPT = 60.0
"""Seconds. NiceGUI keeps a store for each tab of a browser, for 30 days unless told otherwise; ours stay empty."""


def build(site: Site, sockets: SocketGuard) -> dict[str, str]:
    """Put the whole site on NiceGUI's app. Returns the patches that were left out, each with the reason.

    Raises `patches.PatchError` where the sockets cannot be guarded.
    """
    left_out = patches.put_in_place(sockets, speed=site.settings.patches)
    Collector()
    app.storage.max_tab_storage_age = _TAB_KEPT
    _serve_files(left_out)
    app.add_middleware(  # after the files', so that it stands before it
        Middleware, settings=site.settings, cookies=site.cookies, accounts=site.accounts, presence=site.presence
    )
    app.router.routes.extend([*health.routes(site.health, left_out), *installing.routes()])
    auth.register(site.accounts, site.cookies, demo=site.settings.demo)
    downloads.register(site.receipts, site.privacy, site.workshop, site.exports, site.now)
    app.on_page_exception(_stay_calm)
    app.add_exception_handler(RequestValidationError, _say_it_is_no_form)
    for field in (ui.input, ui.textarea):
        field.default_props("no-error-icon")  # a word and a colour say it; Quasar's icon would be a font of its own
    if site.post is not None:
        forgot_password.register(site, site.post)
        mail_links.register(site.post)
        if site.settings.demo:
            demo_mail.register(site.post)
    for page in (sign_in, how_it_works, my_trades, new_trade, activity, trade_room, printout, account):
        page.register(site)
    not_found.register(site)  # the last one: it takes every address that is left
    return left_out


def entrance(site: Site, holder: ASGIApp, left_out: dict[str, str]) -> ASGIApp:
    """The ASGI application to serve: `holder`, which holds NiceGUI's app, or the shorter ways into it."""
    if "routes" in left_out:

        async def hold(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                scope["path"] = one_line(scope["path"])  # or the holder would answer for what it takes for nobody's
            await holder(scope, receive, send)

        return hold

    def guard(sockets: ASGIApp) -> ASGIApp:
        return Middleware(
            sockets, settings=site.settings, cookies=site.cookies, accounts=site.accounts, presence=site.presence
        )

    from app.patches.routes import Routes  # noqa: PLC0415 - it imports what may not be there

    return Routes(holder, guard)


def _serve_files(left_out: dict[str, str]) -> None:
    """The look and the script of every page, and what NiceGUI brings."""
    own = dict(assets.OWN)
    if "styles" not in left_out:
        from app.patches import styles  # noqa: PLC0415 - it imports what may not be there

        own[styles.PATH] = File(styles.rules(), "text/css")
    ui.add_head_html(assets.HEAD, shared=True)
    ui.add_body_html(assets.WITHOUT_SCRIPT, shared=True)
    app.add_middleware(Files, own=own)


def _say_it_is_no_form(_: Request, __: Exception) -> Response:
    """One sentence, whatever is wrong with what was sent: the details would tell about our code."""
    return PlainTextResponse("This form could not be read. Please load the page again and send it once more.", 422)


def _stay_calm() -> None:
    """What is shown in the place of a page that failed; the error itself is in the log."""
    ui.page_title("Not right now · Traderoom")
    with ui.element("div").classes("narrow"):
        Block("<h1>Not right now</h1>")
        ui.label(UNAVAILABLE)
