"""Handshakes of websockets that are refused, by us or by the library before us."""

from urllib.parse import urlsplit

import pytest

from app.ui.http.headers import on_every_answer
from tests.security.test_requests import raw


@pytest.mark.parametrize(
    "path", ["/", "/_nicegui_ws/x", "/_nicegui_ws/socket.io/?EIO=3&transport=websocket", "/room/x", "//login"]
)
@pytest.mark.parametrize(
    "wrong",
    [
        "Origin: https://evil.example",
        "Sec-WebSocket-Version: 12",
        "Sec-WebSocket-Key: short",
        "Sec-WebSocket-Key:",
        "Host: evil.example",
        "X: y",
    ],
)
async def test_a_handshake_that_is_refused_is_answered_like_any_request(site: str, path: str, wrong: str) -> None:
    asked = {"Host": urlsplit(site).netloc, "Connection": "Upgrade", "Upgrade": "websocket", "Origin": site}
    asked |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    name, _, value = wrong.partition(":")
    lines = [f"{name}: {value}" for name, value in (asked | {name: value.strip()}).items()]
    answer = await raw(site, f"GET {path} HTTP/1.1", *lines)
    head = answer.partition(b"\r\n\r\n")[0].decode().lower()
    assert head.startswith(("http/1.1 4", "http/1.1 303")), answer
    assert all(f"\r\n{name.lower()}: " in head for name in on_every_answer(https=False)), head
