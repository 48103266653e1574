"""Whoever asks for pages and never reads them holds up nobody."""

import asyncio
import socket
from urllib.parse import urlsplit

from tests.bench.browser import Browser
from tests.e2e.server import Server
from tests.security.conftest import Scene

MANY, EACH = 6, 60
"""Connections, more than pages are put together at once, and pages for each, more than its buffers hold."""


async def test_pages_that_nobody_reads_keep_no_place(scene: Scene, server: Server) -> None:
    address = urlsplit(server.address)
    asked = f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode() * EACH
    loop = asyncio.get_running_loop()
    deaf = [socket.socket() for _ in range(MANY)]
    try:
        for one in deaf:
            one.setblocking(False)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            await loop.sock_connect(one, (address.hostname, address.port))
            await loop.sock_sendall(one, asked)
        await asyncio.sleep(2)  # until all of them are stuck
        async with asyncio.timeout(10):
            for _ in range(5):
                assert (await Browser(server.address).get("/")).status == 200
                assert (await Browser(server.address, scene.eve.cookies).get("/trades")).status == 200
    finally:
        for one in deaf:
            one.close()
