"""Handshakes of websockets that are refused, by us or by the library before us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import pytest

from app.ui.http.headers import on_every_answer
from tests.security.test_requests import raw

_LINE = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"


def _handshake(site: str) -> dict[str, str]:
    asked = {"Host": urlsplit(site).netloc, "Connection": "Upgrade", "Upgrade": "websocket", "Origin": site}
    return asked | {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


@asynccontextmanager
async def _connected(site: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection, for ten seconds at most."""
    address = urlsplit(site)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        async with asyncio.timeout(10):
            yield reader, writer
    finally:
        writer.close()


def _headers(headers: dict[str, str]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers.items()]


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
    name, _, value = wrong.partition(":")
    lines = _headers(_handshake(site) | {name: value.strip()})
    answer = await raw(site, f"GET {path} HTTP/1.1", *lines)
    head = answer.partition(b"\r\n\r\n")[0].decode().lower()
    assert head.startswith(("http/1.1 4", "http/1.1 303")), answer
    assert all(f"\r\n{name.lower()}: " in head for name in on_every_answer(https=False)), head


@pytest.mark.parametrize("connection", ["keep-alive", "close", "Upgrade, close"])
@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_request_that_is_half_a_handshake_breaks_nothing(site: str, connection: str, transport: str) -> None:
    """A proxy that passes `Upgrade` alone sends such ones: engine.io took them for sockets."""
    headers = _headers(_handshake(site) | {"Connection": connection})
    last = "Connection: close"  # the one that counts
    answer = await raw(site, f"GET {_LINE.replace('websocket', transport)} HTTP/1.1", *headers, last)
    assert answer.startswith(b"HTTP/1.1 400 " if transport == "websocket" else b"HTTP/1.1 200 "), answer


async def test_a_handshake_before_the_answer_to_an_earlier_request_is_refused(site: str) -> None:
    """It was begun beside that answer, which then stood among the socket's frames; and one that waited for its client
    to read stayed for good, since nobody told it when the client had gone."""
    host = f"Host: {urlsplit(site).netloc}"
    answer = await raw(site, "GET / HTTP/1.1", host, "", f"GET {_LINE} HTTP/1.1", *_headers(_handshake(site)))
    assert b" 101 " not in answer
    assert b"HTTP/1.1 400 " in answer


async def test_a_handshake_after_that_answer_is_not(site: str) -> None:
    async with _connected(site) as (reader, writer):
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {urlsplit(site).netloc}\r\n\r\n".encode())
        await reader.readuntil(b'{"status":"ok"}')
        writer.write("\r\n".join([f"GET {_LINE} HTTP/1.1", *_headers(_handshake(site)), "", ""]).encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")


@pytest.mark.parametrize("more", [{"Content-Length": "3"}, {"Transfer-Encoding": "chunked"}], ids=str)
async def test_a_handshake_that_cannot_be_read_is_hung_up_on(site: str, more: dict[str, str]) -> None:
    """Nobody answered it, and stopping broke over the connection that stayed."""
    assert await raw(site, f"GET {_LINE} HTTP/1.1", *_headers(_handshake(site) | more), body=b"0\r\n\r\n") == b""


async def test_a_browser_with_many_cookies_of_other_programs_gets_a_socket(site: str) -> None:
    lines = _headers(_handshake(site) | {"Cookie": f"other={'x' * 12_000}"})
    async with _connected(site) as (reader, writer):
        writer.write("\r\n".join([f"GET {_LINE} HTTP/1.1", *lines, "", ""]).encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
