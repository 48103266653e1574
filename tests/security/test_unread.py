"""Whoever asks for pages and never reads them holds up nobody."""

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.bench.browser import Browser
from tests.e2e.server import Server, running

MANY, EACH = 4, 600
"""Connections, as many as pages are put together at once, and pages for each, more than its buffers hold."""
CUT_SHORT = "ASGI callable returned without completing response"
"""uvicorn's complaint of a pipelined request whose connection was closed before its turn came."""


@pytest.fixture
def attacked() -> Iterator[Server]:
    """A server of its own, which complains of nothing but answers that nobody waited for."""
    with running(accepted=CUT_SHORT, WORKER="false") as server:
        yield server


async def test_pages_that_nobody_reads_keep_no_place(attacked: Server) -> None:
    address = urlsplit(attacked.address)
    asked = f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode() * EACH
    loop = asyncio.get_running_loop()
    deaf = [socket.socket() for _ in range(MANY)]
    try:
        for one in deaf:
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await loop.sock_connect(one, (address.hostname, address.port))
            await loop.sock_sendall(one, asked)
        await asyncio.sleep(6)  # until all of them are stuck
        async with asyncio.timeout(10):
            for _ in range(5):
                assert (await Browser(attacked.address).get("/")).status == 200
    finally:
        for one in deaf:
            one.close()
