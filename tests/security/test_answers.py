"""What the server says of its answers: the same by HEAD as by GET, and nothing that an old client cannot read."""

import gzip
from email.message import Message
from email.parser import BytesParser
from urllib.parse import urlsplit

import pytest

from app.ui.http.cookies import SESSION_COOKIE
from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.test_headers import taken

_OWN_EACH_TIME = {"content-security-policy", "set-cookie", "date"}
_MADE_WITH_THE_CONTENT = {"content-length", "content-encoding", "transfer-encoding"}
"""What a HEAD need not tell where nothing is made for it (RFC 9110, 9.3.2)."""


async def answer(server: Server, request: str, version: str, *headers: str) -> tuple[str, Message, bytes]:
    """Status line, headers and what comes behind them until the connection ends."""
    lines = [f"{request} HTTP/{version}", f"Host: {urlsplit(server.address).netloc}", "Connection: close", *headers]
    head, _, rest = (await taken(server, "\r\n".join([*lines, "", ""]).encode())).partition(b"\r\n\r\n")
    status, _, fields = head.partition(b"\r\n")
    return status.decode(), BytesParser().parsebytes(fields + b"\r\n\r\n", headersonly=True), rest


def session(scene: Scene) -> str:
    return f"Cookie: {SESSION_COOKIE}={scene.seller.browser.cookies[SESSION_COOKIE]}"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize(
    "path", ["/", "/how-it-works", "/trades", "/activity", "/x", "/healthz", "/receipt-key", "/theme.css"]
)
async def test_a_head_tells_what_a_get_tells(scene: Scene, server: Server, path: str, coding: str) -> None:
    asked = f"Accept-Encoding: {coding}", *([session(scene)] if path in {"/trades", "/activity"} else [])
    status, got, body = await answer(server, f"GET {path}", "1.1", *asked)
    assert body
    status_of_head, told, nothing = await answer(server, f"HEAD {path}", "1.1", *asked)
    assert (status_of_head, nothing) == (status, b"")
    of_get, of_head = ({name.lower(): each[name] for name in each} for each in (got, told))
    assert of_get.keys() == of_head.keys()
    varying = _OWN_EACH_TIME | ({"content-length"} if got["content-type"].startswith("text/html") else set())
    assert {name for name in of_get if of_get[name] != of_head[name]} <= varying
    length, of_head_alone = int(of_get["content-length"]), int(of_head["content-length"])
    assert abs(length - of_head_alone) < max(50, length / 10), "nonces compress differently, and lists live"


@pytest.mark.parametrize("path", ["/account/data.json", "/room/{code}/print"])
async def test_what_is_not_made_for_a_head_varies_too(scene: Scene, server: Server, path: str) -> None:
    path = path.format(code=scene.deal.trade.code)
    asked = "Accept-Encoding: gzip", session(scene)
    status, got, _ = await answer(server, f"GET {path}", "1.1", *asked)
    status_of_head, told, nothing = await answer(server, f"HEAD {path}", "1.1", *asked)
    assert (status_of_head, nothing) == (status, b"")
    assert {name.lower() for name in got} - {name.lower() for name in told} <= _MADE_WITH_THE_CONTENT
    assert told["vary"] == got["vary"] == "Accept-Encoding"
    assert "content-length" not in told, "how long it would be is not known"


@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/account/data.json", "/room/{code}/print"])
async def test_who_speaks_http_1_0_gets_no_chunks(scene: Scene, server: Server, path: str, coding: str) -> None:
    path = path.format(code=scene.deal.trade.code)
    status, told, body = await answer(server, f"GET {path}", "1.0", f"Accept-Encoding: {coding}", session(scene))
    assert status == "HTTP/1.1 200 OK"
    assert told["transfer-encoding"] is None
    assert told["connection"] == "close"
    text = gzip.decompress(body) if coding == "gzip" else body
    assert text.strip()[:1] in {b"{", b"<"}
    assert text.strip()[-1:] in {b"}", b">"}
