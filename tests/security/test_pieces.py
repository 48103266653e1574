"""Requests and bodies in very many small pieces, which one read of a connection brings by the thousand."""

import asyncio
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.nuisance import FORM, PATIENCE, assert_nobody_notices, hang_on, hang_up, pour
from tests.security.test_headers import taken

_CHUNKED = "POST /login HTTP/1.1\r\nHost: {host}\r\n" + FORM + "Transfer-Encoding: chunked\r\n\r\n"
_UNREAD = "PUT /healthz HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n"
_BYTE = b"1\r\na\r\n"
_SHORT = b"GET / HTTP/1.1\r\n\r\n"
FLOODS = {
    "requests without a wait for the answers": ("", _SHORT),
    "a body of single bytes": (_CHUNKED, _BYTE),
    "a body of single bytes that nobody wants": (_UNREAD, _BYTE),
}


def head(server: Server, text: str) -> bytes:
    """The beginning of a request to this server."""
    return text.replace("{host}", urlsplit(server.address).netloc).encode()


@pytest.mark.by_the_clock
@pytest.mark.parametrize("flood", FLOODS)
async def test_very_many_small_pieces_hold_up_nobody(scene: Scene, server: Server, flood: str) -> None:
    beginning, piece = FLOODS[flood]
    pieces = piece * (2**20 // len(piece))

    async def send() -> None:
        while True:
            _, writer = await hang_on(server, head(server, beginning))
            try:
                await pour(writer, pieces)
            finally:
                await hang_up(writer)
            await asyncio.sleep(0.05)

    async def attack() -> None:
        await asyncio.gather(*(send() for _ in range(2)))

    await assert_nobody_notices(scene, server, attack)


async def test_a_body_has_few_small_pieces(server: Server) -> None:
    """Of bytes there are 256 at most; what is sent as programs do, a few kilobytes at a time, is read."""
    answer = await taken(server, head(server, _CHUNKED) + _BYTE * 300)
    assert answer.startswith(b"HTTP/1.1 400 ")
    for size, count in ((1, 200), (300, 200), (8_000, 8)):
        chunk = f"{size:x}\r\n{'a' * size}\r\n".encode()
        said = head(server, _CHUNKED.replace("Transfer", "Connection: close\r\nTransfer"))
        answer = await taken(server, said + chunk * count + b"0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 303 "), (size, count)


async def test_requests_that_do_not_wait_are_answered_one_by_one_in_their_order(server: Server) -> None:
    post = (
        head(server, "POST /login HTTP/1.1\r\nHost: {host}\r\n" + FORM + "Content-Length: 1000\r\n\r\n") + b"a" * 1000
    )
    several = (head(server, "GET /healthz HTTP/1.1\r\n\r\n") + post + _SHORT) * 20
    answer = await taken(server, several + head(server, "GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n"))
    told = [
        line[9:12] for line in answer.replace(b"HTTP/1.1 ", b"\r\nHTTP/1.1 ").split(b"\r\n") if line[:9] == b"HTTP/1.1 "
    ]
    assert told == [b"200", b"303", b"421"] * 20 + [b"200"]


async def test_very_many_requests_that_do_not_wait_are_not_kept(server: Server) -> None:
    _, writer = await hang_on(server)
    try:
        async with asyncio.timeout(PATIENCE):
            await pour(writer, _SHORT * 10_000)
        assert writer.transport.is_closing()
    finally:
        await hang_up(writer)
