"""As much of a browser as the bench needs: plain HTTP with cookies, pages compressed as browsers ask for them."""

import asyncio
import gzip
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from app.ui.http.cookies import ZONE_COOKIE

_AGENT = "Traderoom-bench"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `sent` is the body's size on the way, in bytes."""

    status: int
    location: str
    html: str
    sent: int


class Browser:
    """One browser at one site, `http://host:port`. Nothing is cached, and of a page only its HTML is loaded."""

    def __init__(self, site: str, cookies: dict[str, str] | None = None) -> None:
        self.site = site
        self.cookies = {ZONE_COOKIE: "UTC", **(cookies or {})}  # a page's script has left it

    @property
    def cookie(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    async def get(self, path: str) -> Answer:
        """Load an address; redirects are not followed. Raises `OSError` when the server is not there."""
        return await self._ask("GET", path, b"")

    async def post(self, path: str, **form: str) -> Answer:
        """Send a form."""
        return await self._ask("POST", path, urlencode(form).encode())

    async def _ask(self, method: str, path: str, body: bytes) -> Answer:
        address = urlsplit(self.site)
        lines = [
            f"{method} {path} HTTP/1.0",  # 1.0: the answer ends with the connection
            f"Host: {address.netloc}",
            f"Origin: {self.site}",
            f"User-Agent: {_AGENT}",
            "Accept: text/html",
            "Accept-Encoding: gzip",
        ]
        if self.cookies:
            lines.append(f"Cookie: {self.cookie}")
        if body:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        reader, writer = await asyncio.open_connection(address.hostname, address.port, limit=2**20)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            return self._read(await reader.read(-1))
        finally:
            writer.close()

    def _read(self, answer: bytes) -> Answer:
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode("latin-1").split("\r\n")
        if not status:
            raise ConnectionError("the server closed the connection without an answer")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
            if name.lower() == "set-cookie":
                self._keep(value.strip())
        plain = gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body
        return Answer(int(status.split(" ")[1]), headers.get("location", ""), plain.decode(), len(body))

    def _keep(self, set_cookie: str) -> None:
        for name, morsel in SimpleCookie(set_cookie).items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
