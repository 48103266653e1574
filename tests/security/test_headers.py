"""Headers: however long somebody makes them, little of them is read, and nobody else notices."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from app.patches.protocols import LONGEST_ADDRESS, MOST_FIELDS, MOST_HEADERS
from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.nuisance import FORM, PATIENCE, assert_nobody_notices, hang_on, hang_up

MEGABYTE = 2**20
_CHUNKED = f"POST /login HTTP/1.1\r\nHost: {{host}}\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n"
BEGINNINGS = {
    "an address": ("GET /", "x"),
    "one header": ("GET / HTTP/1.1\r\nHost: {host}\r\nX-Long: ", "x"),
    "the name of a header": ("GET / HTTP/1.1\r\nHost: {host}\r\nX-", "x"),
    "many headers": ("GET / HTTP/1.1\r\nHost: {host}\r\n", "X-More: x\r\n"),
    "no request": ("", "\r\n"),
    "a second request": ("GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\nGET /", "x"),
    "what is said of a chunk": (f"{_CHUNKED}1;", "x"),
    "headers behind a body": (f"{_CHUNKED}0\r\n", "X-More: x\r\n"),
}


def begun(server: Server, case: str, size: int) -> bytes:
    """The beginning of a request that has so many bytes of this, and no end."""
    beginning, more = BEGINNINGS[case]
    return (beginning.replace("{host}", urlsplit(server.address).netloc) + more * (size // len(more))).encode()


async def taken(server: Server, said: bytes) -> bytes:
    """What the server answers before it closes the connection, or nothing where it closes it within what is sent."""
    reader, writer = await hang_on(server)
    try:
        with suppress(ConnectionError):
            async with asyncio.timeout(PATIENCE / 4):  # less than headers have time for
                writer.write(said)
                await writer.drain()
                return await reader.read(-1)
        return b""
    finally:
        await hang_up(writer)


@pytest.mark.parametrize("case", BEGINNINGS)
async def test_headers_have_an_end_wherever_they_stand(server: Server, case: str) -> None:
    answer = await taken(server, begun(server, case, MEGABYTE))
    assert not answer or b"HTTP/1.1 431 " in answer, answer[:200]


async def test_whoever_stops_in_time_hears_why(server: Server) -> None:
    answer = await taken(server, begun(server, "one header", MOST_HEADERS + 100))
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"connection: close" in answer.lower()
    assert "headers_refused" in server.log


async def test_long_headers_that_end_are_taken_and_bodies_are_not_counted_among_them(server: Server) -> None:
    host = urlsplit(server.address).netloc
    request = f"GET /healthz?{'x' * 4_000} HTTP/1.1\r\nHost: {host}\r\nX-Long: {'x' * 12_000}\r\n"
    form = f"POST /login HTTP/1.1\r\nHost: {host}\r\n{FORM}Connection: close\r\nContent-Length: 60000\r\n\r\n"
    several = (f"{request}\r\n" * 3 + f"{request}Connection: close\r\n\r\n").encode()
    assert (await taken(server, several)).count(b"HTTP/1.1 200 ") == 4
    assert (await taken(server, (form + "a=" + "x" * 59_998).encode())).startswith(b"HTTP/1.1 303 ")


@pytest.mark.parametrize(
    "head",
    [
        "GET /healthz?{long} HTTP/1.1\r\nHost: {host}\r\n",
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\n{many}",
        "GET /healthz HTTP/1.1\r\nHost: {host}\r\nX-Long: {long}{long}{long}{long}\r\n",
    ],
)
async def test_heads_that_hold_others_where_they_are_looked_into_are_refused(server: Server, head: str) -> None:
    long, many = "a&" * (LONGEST_ADDRESS // 2), "x:\r\n" * MOST_FIELDS
    said = head.format(host=urlsplit(server.address).netloc, long=long, many=many)
    answer = await taken(server, f"{said}\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 431 ")
    assert b"connection: close" in answer.lower()


@pytest.mark.by_the_clock
@pytest.mark.parametrize("case", ["an address", "one header", "many headers"])
async def test_headers_without_end_hold_up_nobody(scene: Scene, server: Server, case: str) -> None:
    said = begun(server, case, 16 * MEGABYTE)

    async def attack() -> None:
        while True:
            _, writer = await hang_on(server)
            try:
                with suppress(ConnectionError):
                    writer.write(said)
                    await writer.drain()
            finally:
                await hang_up(writer)
            await asyncio.sleep(0.05)

    await assert_nobody_notices(scene, server, attack)
