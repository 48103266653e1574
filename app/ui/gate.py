"""The gate: ASGI middleware in front of everything. Host names and origins, who is asking, sign-in first, headers.

Behind it, `request.state.viewer` is the signed-in person or None, and `request.state.csrf` the browser's seed of CSRF
tokens. Signed out, every private address answers alike: sign in first, then straight back.
"""

import logging
import secrets
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.service.accounts import Accounts
from app.service.viewer import Viewer
from app.settings import Settings
from app.ui.session import CSRF_COOKIE, FLASH_COOKIE, Cookies, is_private

log = logging.getLogger(__name__)
UNAVAILABLE = "Something does not work on our side right now. Nothing is lost; please try again in a moment."
_SOCKET = "/_nicegui_ws"
_NO_PAGE = ("/_nicegui", "/healthz", "/readyz", "/theme.css", "/favicon")


class Gate:
    """Lets requests through to `app`, or answers them itself."""

    def __init__(self, app: ASGIApp, *, settings: Settings, cookies: Cookies, accounts: Accounts) -> None:
        self._app = app
        self._settings = settings
        self._cookies = cookies
        self._accounts = accounts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        if refusal := self._refuse_stranger(scope):
            await _answer(refusal, scope, receive, send)
        elif scope["type"] == "websocket" or scope["path"].startswith(_NO_PAGE):
            await self._app(scope, receive, send)
        else:
            await self._serve_page(scope, receive, send)

    def _refuse_stranger(self, scope: Scope) -> Response | None:
        """Refuse a host name that is not ours (DNS rebinding), and a socket opened by somebody else's page."""
        headers = Headers(scope=scope)
        if not self._settings.answers_to(headers.get("host", "")):
            return PlainTextResponse("This server does not answer to that host name.", 421)
        origin = headers.get("origin")
        if origin is not None and scope["path"].startswith(_SOCKET):
            its = urlsplit(origin)
            if its.netloc not in {headers["host"], urlsplit(self._settings.public_url).netloc}:
                return PlainTextResponse("This socket is for our own pages.", 403)
        return None

    async def _serve_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            request.state.viewer = await self._viewer(request)
        except Exception:
            log.exception("the session could not be read")
            await _answer(PlainTextResponse(UNAVAILABLE, 503, {"Retry-After": "5"}), scope, receive, send)
            return
        seed = request.cookies.get(CSRF_COOKIE, "")
        request.state.csrf = seed or secrets.token_urlsafe(24)
        if elsewhere := _elsewhere(request):
            await _answer(RedirectResponse(elsewhere, 303), scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not seed:
                    self._cookies.set_csrf(headers, request.state.csrf)
                if request.method == "GET" and FLASH_COOKIE in request.cookies:
                    self._cookies.drop(headers, FLASH_COOKIE)
                headers["Cache-Control"] = "no-store"
                headers["Referrer-Policy"] = "same-origin"
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
            await send(message)

        await self._app(scope, receive, send_with_headers)

    async def _viewer(self, request: Request) -> Viewer | None:
        token = self._cookies.token(request)
        return await self._accounts.viewer(token) if token else None


def _elsewhere(request: Request) -> str:
    """Where a GET has to go first: to the sign-in page, or past it; empty when it may stay."""
    path = request.url.path
    if request.method != "GET":
        return ""
    if request.state.viewer is None:
        return f"/?next={quote(path)}" if is_private(path) else ""
    return "/trades" if path == "/" else ""


async def _answer(response: Response, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        # Closing before accepting makes the server answer the handshake with 403 (ASGI specification).
        await send({"type": "websocket.close", "code": 1008})
    else:
        await response(scope, receive, send)
