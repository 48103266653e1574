"""Whoever asks for pages and never reads them, or asks for very many at once, holds up nobody."""

import asyncio
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.bench.browser import Browser
from tests.e2e.server import Server, running
from tests.security.conftest import Scene
from tests.security.nuisance import SOMEWHERE_ELSE, assert_nobody_notices, hang_up

MANY, EACH = 4, 600
"""Connections, as many as pages are put together at once, and pages for each, more than its buffers hold."""
CROWD = 900
"""Connections of one client."""
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


@pytest.mark.by_the_clock
async def test_very_many_pages_that_one_client_asks_for_hold_up_nobody(scene: Scene, server: Server) -> None:
    address = urlsplit(server.address)
    asked = f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()

    async def ask_for_ever() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", address.port, local_addr=(SOMEWHERE_ELSE, 0))
        try:
            while True:
                writer.write(asked)
                head = await reader.readuntil(b"\r\n\r\n")
                await reader.readexactly(int(head.lower().partition(b"content-length: ")[2].split()[0]))
        finally:
            await hang_up(writer)

    async def attack() -> None:
        await asyncio.gather(*(ask_for_ever() for _ in range(CROWD)))

    await assert_nobody_notices(scene, server, attack)
