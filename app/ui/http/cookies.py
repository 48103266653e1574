"""Cookies: the session's, the CSRF token's, and the word left for the next page.

A session is a row; the cookie holds its random token, signed, so that a made-up one costs no query. The CSRF token of a
form is a signature over the session and a second, per-browser cookie, which is signed too (the "signed double-submit
cookie" of OWASP's CSRF cheat sheet): a cookie that somebody plants makes no token of theirs good for another session.
Behind HTTPS every cookie has the prefix ``__Host-``, so that no other host of the domain can plant one (RFC 6265bis).
"""

import json
import re
import secrets
import unicodedata
from http.cookies import SimpleCookie

from itsdangerous import BadSignature, Signer, URLSafeTimedSerializer
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app import security_log
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Device

SESSION_COOKIE = "traderoom_session"
CSRF_COOKIE = "traderoom_csrf"
FLASH_COOKIE = "traderoom_flash"
DEVICE_COOKIE = "traderoom_device"
ZONE_COOKIE = "traderoom_zone"
_THIRTY_DAYS = 30 * 86_400
_ONE_YEAR = 365 * 86_400
COOKIES_NEEDED = (
    "Your browser has sent no cookies. Traderoom needs them to know that it is you: please allow cookies for this site,"
    " load this page again, and try once more."
)
_QUERY = re.compile(r"[\w.~!$&'()*+,;=:@/?%-]+", re.ASCII)
"""What browsers send of one (RFC 3986, 3.4)."""
_PRIVATE = ("/trades", "/room", "/activity", "/account")


class Cookies:
    """Makes and reads this site's cookies."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._secure = secure
        self._session = Signer(secret, salt="session")
        self._device = Signer(secret, salt="device")
        self._csrf = Signer(secret, salt="csrf")
        self._seed = Signer(secret, salt="csrf seed")
        self._flash = URLSafeTimedSerializer(secret, salt="flash")

    def name(self, cookie: str) -> str:
        """What a cookie is called in browsers."""
        return cookie_name(cookie, secure=self._secure)

    def read(self, request: Request, cookie: str) -> str:
        """What a browser has sent of a cookie; empty where it has none."""
        return request.cookies.get(self.name(cookie), "")

    def token(self, request: Request) -> str | None:
        """The session's token, if the cookie is one of ours."""
        return _unsigned(self._session, self.read(request, SESSION_COOKIE))

    def set_session(self, headers: MutableHeaders, token: str) -> None:
        """Sign a browser in."""
        self._set(headers, SESSION_COOKIE, self._session.sign(token).decode(), _THIRTY_DAYS)

    def device(self, request: Request) -> Device | None:
        """What the browser tells of an earlier sign-in, if anything."""
        told = _unsigned(self._device, self.read(request, DEVICE_COOKIE))
        person_id, _, mark = (told or "").partition("-")
        return Device(int(person_id), mark) if mark else None

    def set_device(self, headers: MutableHeaders, before: Device | None, person_id: int) -> None:
        """Let the browser tell, next time, that this person has been signed in there."""
        mark = before.mark if before and before.person_id == person_id else secrets.token_urlsafe(16)
        self._set(headers, DEVICE_COOKIE, self._device.sign(f"{person_id}-{mark}").decode(), _ONE_YEAR)

    def time_zone(self, request: Request) -> str:
        """What the browser says of its time zone, if anything: by a script, which names the cookie by the protocol that
        it sees. A proxy may speak HTTPS though our own address does not say so."""
        return self.read(request, ZONE_COOKIE) or request.cookies.get(cookie_name(ZONE_COOKIE, secure=True), "")

    def drop(self, headers: MutableHeaders, name: str) -> None:
        """Take a cookie away."""
        self._set(headers, name, "", 0)

    def csrf_seed(self, request: Request) -> str:
        """This browser's seed of CSRF tokens: the one its cookie tells, if that is one of ours, else a new one."""
        return _unsigned(self._seed, self.read(request, CSRF_COOKIE)) or secrets.token_urlsafe(24)

    def has_csrf_seed(self, request: Request) -> bool:
        """Whether the browser has sent back the seed that a page of ours left."""
        return _unsigned(self._seed, self.read(request, CSRF_COOKIE)) is not None

    def csrf_token(self, request: Request) -> str:
        """The token that belongs into this browser's forms."""
        return self._csrf.get_signature(self._csrf_content(request, request.state.csrf)).decode()

    def csrf_holds(self, request: Request, token: str) -> bool:
        """Whether a form that was posted came from a page of ours, made for this browser in this session."""
        seed = _unsigned(self._seed, self.read(request, CSRF_COOKIE))
        return bool(seed) and token.isascii() and self._csrf.verify_signature(self._csrf_content(request, seed), token)

    def check_csrf(self, request: Request, token: str) -> None:
        """Raises `Refusal` (INVALID) where a form did not come from a page of ours."""
        if not self.csrf_holds(request, token):
            security_log.note(
                "csrf_refused", path=request.url.path, address=request.client.host if request.client else None
            )
            if not request.cookies:
                raise Refusal(Reason.INVALID, COOKIES_NEEDED)
            if viewer := request.state.viewer:  # who signed in from another tab of the browser
                raise Refusal(
                    Reason.INVALID, f"That page was older than your sign-in. You are signed in as {viewer.person.name}."
                )
            raise Refusal(Reason.INVALID, "This page was open for too long. Please try again.")

    def set_csrf(self, headers: MutableHeaders, seed: str) -> None:
        """Give a browser its seed of CSRF tokens."""
        self._set(headers, CSRF_COOKIE, self._seed.sign(seed).decode(), _THIRTY_DAYS)

    def _csrf_content(self, request: Request, seed: str | None) -> str:
        """What a token is good for: this browser, in the session that it is signed in with, or signed out."""
        return f"{seed}|{self.token(request) or ''}"

    def set_flash(self, headers: MutableHeaders, **said: str) -> None:
        """Leave a word for the next page: what was typed, and what was wrong with it."""
        self._set(headers, FLASH_COOKIE, self._flash.dumps(said), 60)

    def back_to(self, request: Request, form: str, **said: str) -> Response:
        """Back to a form's page with a word for it; to a browser that keeps none the address says why."""
        blocked = f"{'&' if '?' in form else '?'}cookies=blocked" if not request.cookies else ""
        response = RedirectResponse(form + blocked, 303)
        self.set_flash(response.headers, **said)
        return response

    def flash(self, request: Request) -> dict[str, str]:
        """The word that was left, if any, or that the browser keeps none."""
        if request.query_params.get("cookies") == "blocked" and not self.has_csrf_seed(request):
            return {"sentence": COOKIES_NEEDED}
        try:
            said = self._flash.loads(self.read(request, FLASH_COOKIE), max_age=60)
        except (BadSignature, json.JSONDecodeError):
            return {}
        return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}

    def _set(self, headers: MutableHeaders, name: str, value: str, max_age: int) -> None:
        name = self.name(name)
        cookie: SimpleCookie = SimpleCookie()
        cookie[name] = value
        cookie[name]["path"] = "/"
        cookie[name]["max-age"] = str(max_age)
        cookie[name]["samesite"] = "lax"
        cookie[name]["httponly"] = True
        if self._secure:
            cookie[name]["secure"] = True
        headers.append("Set-Cookie", cookie[name].OutputString())


def cookie_name(cookie: str, *, secure: bool) -> str:
    """What a cookie is called in browsers: behind HTTPS with the prefix that keeps other hosts from setting it."""
    return f"__Host-{cookie}" if secure else cookie


def is_private(path: str) -> bool:
    """Whether an address needs somebody signed in."""
    return any(path == private or path.startswith(private + "/") for private in _PRIVATE)


def one_line(path: str) -> str:
    """An address as the routes have to meet it: it begins with a slash, and a control character in it is a space.

    A route's pattern does not match a line break, and takes one at its end for nothing: ``/x%0ay`` and ``*`` would
    find no page of ours but NiceGUI's own, which nothing counts, and ``/login%0a`` the form that we do not know it for.
    """
    if path.startswith("/") and path.isprintable():
        return path
    shown = "".join(" " if unicodedata.category(c) == "Cc" else c for c in path)
    return shown if shown.startswith("/") else f"/{shown}"


def without_tail(path: str) -> str:
    """An address without what a pasted link brings with it: at its end punctuation, slashes, quotes and spaces, none of
    which an address of ours ends with, and anywhere what cannot be seen."""
    seen = "".join(c for c in path if unicodedata.category(c) != "Cf")
    end = len(seen)
    while end > 1 and not seen[end - 1].isalnum():
        end -= 1
    return seen[:end]


def way_back(address: str) -> str:
    """Where to go after signing in: a private address of ours, with what a form is to begin with, else My trades."""
    path, _, query = address.partition("?")
    meant = without_tail(path)
    has_control = any(unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} for c in path)
    plain = meant.startswith("/") and not meant.startswith("//") and meant.isprintable() and "\\" not in meant
    if not plain or has_control or not is_private(meant):
        return "/trades"
    return f"{meant}?{query}" if _QUERY.fullmatch(query) else meant


def _unsigned(signer: Signer, value: str) -> str | None:
    try:
        return signer.unsign(value).decode()
    except (BadSignature, UnicodeError):
        return None
