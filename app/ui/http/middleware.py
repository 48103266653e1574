"""ASGI middleware in front of everything. Host names and origins, who is asking, sign-in first, headers.

Behind it, `request.state.viewer` is the signed-in person or None, and `request.state.csrf` the browser's seed of CSRF
tokens. Signed out, every private address answers alike: sign in first, then straight back.
"""

import asyncio
import logging
import math
import re
import secrets
from contextlib import nullcontext, suppress
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import security_log
from app.capacity import CapacityLimiter, CrowdedError, client_of
from app.patches import FILES, SOCKET
from app.rooms.presence import Presence
from app.service.accounts import Accounts
from app.service.mailing import CONFIRM, RECOVER, UNSUBSCRIBE
from app.service.viewer import Viewer
from app.settings import Settings
from app.ui.http import bodies, health, installing
from app.ui.http.auth import FORMS
from app.ui.http.calm import UNAVAILABLE
from app.ui.http.cookies import FLASH_COOKIE, Cookies, is_private, one_line
from app.ui.http.headers import with_headers
from app.ui.http.requests import IS_HEAD, address_of

log = logging.getLogger(__name__)
CROWDED = "Very many people are coming in at this moment. Please try again in a few seconds."
_TOO_MANY_PAGES = "You have very many pages of Traderoom open. Please close some of them, then load this one again."
_PAGES_AT_ONCE, _OF_ONE = 4, 2
"""Pages are put together a few at a time, and fewer for one session, or one address of those who are signed out, with
rests for who waits for more: when a crowd comes in, those who are in already are not kept waiting, and by no single
client those who come."""
_PATIENCE = 60.0
"""Seconds in which a page's turn has to come."""
_BEGIN_AT_ONCE = 4
"""Requests of one address that begin in one turn of the loop: behind a proxy, whose connections are read without turns,
hundreds that ask at once share it."""
_NO_PAGE_BELOW = (FILES, f"{SOCKET}/")
_SOCKETS = f"{SOCKET}/socket.io/"
"""The one address at which sockets are opened."""
_NO_PAGE = {
    *health.PATHS,
    "/theme.css",
    "/quasar.css",
    "/browser.js",
    "/receipt-key",
    *installing.PATHS,
}
_DOWNLOAD = re.compile(r"/account/data\.json|/room/[^/]+/(receipt\.(json|pdf)|print)")
"""What is written while it is sent, or waits for a place of its own, and makes no page of NiceGUI's."""
_HTML = "text/html"
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data:; connect-src 'self' {socket}; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
"""'unsafe-eval': Vue compiles NiceGUI's templates in the browser, and event handlers arrive as text."""
_UNHEARD = {"http": {b"x-forwarded-prefix", b"upgrade"}, "websocket": {b"x-forwarded-prefix"}}
"""Headers that nobody behind it hears of. No path of ours stands below a proxy's prefix: what NiceGUI makes of one
would be told by whoever asks. What comes as a request becomes no socket: engine.io believes the header, and breaks."""
_SAFE = {"GET", "HEAD", "OPTIONS"}
_OWN_SITE = {"same-origin", "none"}


class Middleware:
    """Lets requests through to `app`, or answers them itself."""

    def __init__(
        self, app: ASGIApp, *, settings: Settings, cookies: Cookies, accounts: Accounts, presence: Presence
    ) -> None:
        self._app = app
        self._settings = settings
        self._cookies = cookies
        self._accounts = accounts
        self._presence = presence
        self._pages = CapacityLimiter(_PAGES_AT_ONCE, each=_OF_ONE, patience=_PATIENCE, rests=True)
        # Who asks is looked up for whatever is asked: without a bound one session would take all of the database's
        # connections by what is no page.
        self._sessions = CapacityLimiter(math.inf, each=_OF_ONE)
        self._beginnings = CapacityLimiter(math.inf, each=_BEGIN_AT_ONCE)
        self._socket_origin = settings.public_url.replace("http", "ws", 1)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in _UNHEARD:
            await self._app(scope, receive, send)
            return
        unheard = _UNHEARD[scope["type"]]
        scope["headers"] = [header for header in scope["headers"] if header[0] not in unheard]
        scope["path"] = one_line(scope["path"])
        if scope["type"] == "websocket":
            if self._refuse_stranger(scope) or not scope["path"].startswith(_SOCKETS):
                await _refuse_handshake(send)
            else:
                await self._serve_socket(scope, receive, send)
            return
        async with self._beginnings.place(client_of(_address(scope))):
            await asyncio.sleep(0)
        send = with_headers(send, https=self._settings.https)
        if scope["method"] == "HEAD":  # what a GET has: the server sends its head alone, told of the body as compressed
            scope = {**scope, "method": "GET", IS_HEAD: True}
        begun = False

        async def begin(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._serve_request(scope, receive, begin)
        except Exception:
            if begun:
                raise  # what was sent cannot be taken back: the server hangs up
            # The rest of the address may be a secret: a room's code, or a token that was mailed.
            log.exception("%s /%s could not be answered", scope["method"], scope["path"].split("/")[1])
            await PlainTextResponse(UNAVAILABLE, 503, {"Retry-After": "5"})(scope, receive, send)

    async def _serve_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        if refusal := self._refuse_stranger(scope):
            await refusal(scope, receive, send)
            return
        if IS_HEAD in scope and scope["path"].startswith(SOCKET):  # a GET opens a line
            await PlainTextResponse("GET or POST", 405, {"Allow": "GET, POST"})(scope, receive, send)
            return
        if scope["method"] == "POST":
            try:
                is_form = scope["path"] in FORMS or scope["path"].startswith((CONFIRM, RECOVER))
                receive = await bodies.take(scope, receive, form=is_form)
            except bodies.BodyError as error:
                security_log.note("body_refused", status=error.status, address=_address(scope))
                # What is still on its way is thrown away by the server, for as long as a body may take: if it hung up
                # at once, the answer would be lost with it (RFC 9112, 9.6).
                await PlainTextResponse(str(error), error.status)(scope, receive, send)
                return
        if _is_no_page(scope["path"]):
            await self._app(scope, receive, send)
        else:
            await self._serve_page(scope, receive, send)

    def _refuse_stranger(self, scope: Scope) -> Response | None:
        """Refuse a host name that is not ours (DNS rebinding), and whatever another site's page opens or sends, but for
        the mail program that unsubscribes its reader (RFC 8058): the token in the address says that it may.

        Whether we work is told to whoever asks: a balancer's check comes with any name, or with none.
        """
        if scope["type"] == "http" and scope["path"] in health.PATHS:
            return None
        headers = Headers(scope=scope)
        if not self._settings.answers_to(headers.get("host", "")):
            security_log.note("host_refused", address=_address(scope))
            return PlainTextResponse("This server does not answer to that host name.", 421)
        is_socket = scope["path"].startswith(SOCKET)
        if not is_socket and (scope.get("method") in _SAFE or scope["path"].startswith(UNSUBSCRIBE)):
            return None
        is_secure = self._settings.https or scope["scheme"] in {"https", "wss"}
        own = {f"{'https' if is_secure else 'http'}://{headers.get('host', '')}", self._settings.public_url}
        # Browsers say where a request comes from in one of two ways, and pages cannot change either.
        is_foreign = headers.get("origin", self._settings.public_url) not in own
        if is_foreign or headers.get("sec-fetch-site", "none") not in _OWN_SITE:
            security_log.note("origin_refused", address=_address(scope))
            return PlainTextResponse("This is for our own pages only.", 403)
        return None

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - engine.io breaks over frames that no page of ours sends
            log.warning("a socket broke: %s", type(error).__name__)
            with suppress(RuntimeError, OSError):  # it may be closed
                await _refuse_handshake(send)

    async def _serve_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        if not _makes_page(request):
            await self._serve(request, receive, send)
            return
        # A place covers putting the page together, never sending it: whoever does not read holds up nobody.
        answer: list[Message] = []

        async def keep(message: Message) -> None:
            answer.append(message)

        try:
            async with self._pages.place(self._cookies.token(request) or address_of(request)):
                await self._serve(request, receive, keep)
        except CrowdedError:
            log.warning("a page was not put together in time: too many are asked for")
            answer.clear()
            await self._answer_instead(PlainTextResponse(CROWDED, 503, {"Retry-After": "10"}), scope, receive, keep)
        if IS_HEAD in scope and (page := getattr(request.state, "page", None)):
            page.delete()  # nobody will open it
        for message in answer:
            await send(message)

    async def _serve(self, request: Request, receive: Receive, send: Send) -> None:
        scope = request.scope
        request.state.viewer = await self._viewer(request)
        request.state.csrf = self._cookies.csrf_seed(request)
        if redirection := _redirection(request):
            await self._answer_instead(RedirectResponse(redirection, 303), scope, receive, send)
            return
        viewer = request.state.viewer
        if viewer and _makes_page(request) and self._presence.pages_of(viewer.person) >= self._settings.limit_pages:
            security_log.note("limited", limit="pages", by=viewer.person.id)
            busy = PlainTextResponse(_TOO_MANY_PAGES, 429, {"Retry-After": "60"})
            await self._answer_instead(busy, scope, receive, send)
            return

        nonce = secrets.token_urlsafe(16)
        start: Message = {}

        async def send_page(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not self._cookies.has_csrf_seed(request):
                    self._cookies.set_csrf(headers, request.state.csrf)
                if request.method == "GET" and self._cookies.read(request, FLASH_COOKIE) and IS_HEAD not in scope:
                    self._cookies.drop(headers, FLASH_COOKIE)
                self._protect(headers, nonce)
                start = message
                return
            body = message.get("body", b"")
            if start:
                headers = MutableHeaders(scope=start)
                if not message.get("more_body") and headers.get("content-type", "").startswith(_HTML):
                    # NiceGUI escapes every "<" in what it embeds, so each script tag here is its own or ours.
                    body = body.replace(b"<script", f'<script nonce="{nonce}"'.encode())
                    if "Content-Length" in headers:  # a head of what is not made for it tells none
                        headers["Content-Length"] = str(len(body))
                await send(start)
                start = {}
            await send({**message, "body": body})

        await self._app(scope, receive, send_page)

    async def _answer_instead(self, response: Response, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer in the place of a page, as well protected as one."""
        self._protect(response.headers, secrets.token_urlsafe(16))
        await response(scope, receive, send)

    def _protect(self, headers: MutableHeaders, nonce: str) -> None:
        """What a browser may do with our pages: run our own scripts, and keep nothing of them."""
        headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce, socket=self._socket_origin)
        headers["Cache-Control"] = "no-store"

    async def _viewer(self, request: Request) -> Viewer | None:
        token = self._cookies.token(request)
        if not token:
            return None
        has_place = _makes_page(request)
        async with nullcontext() if has_place else self._sessions.place(token):
            return await self._accounts.viewer(token, time_zone=self._cookies.time_zone(request))


def _address(scope: Scope) -> str:
    return str(scope["client"][0]) if scope.get("client") else ""


def _makes_page(request: Request) -> bool:
    return request.method == "GET" and not _DOWNLOAD.fullmatch(request.scope["path"])


def _is_no_page(path: str) -> bool:
    return path in _NO_PAGE or path.startswith(_NO_PAGE_BELOW)


def _redirection(request: Request) -> str:
    """Where a GET has to go first: to the sign-in page, or past it; empty when it may stay."""
    path = request.scope["path"]
    if request.method != "GET":
        return ""
    if request.state.viewer is None:
        asked = f"?{request.url.query}" if request.url.query else ""
        return f"/?next={quote(path + asked)}" if is_private(path) else ""
    return "/trades" if path == "/" else ""


async def _refuse_handshake(send: Send) -> None:
    """Closing before accepting makes the server answer the handshake with 403 (ASGI specification)."""
    await send({"type": "websocket.close", "code": 1008})
