"""Bodies: looked at before they are taken, and what does not fit costs nobody anything."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.nuisance import FORM, answer_to, assert_nobody_notices, hang_on, hang_up

LOGIN = f"POST /login HTTP/1.1\r\nHost: {{host}}\r\n{FORM}"
POLLING = (
    "POST /_nicegui_ws/socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: {host}\r\nContent-Type: text/plain\r\n"
)
BODIES = {
    "a length that is too large": (f"{LOGIN}Content-Length: 200000000\r\n\r\n", 413),
    "a file": (
        LOGIN.replace("application/x-www-form-urlencoded", "multipart/form-data") + "Content-Length: 4\r\n\r\n--x-",
        415,
    ),
    "no kind": (LOGIN.replace(FORM, "") + "Content-Length: 3\r\n\r\na=b", 415),
    "a chunk that is too large": (
        f"{LOGIN}Transfer-Encoding: chunked\r\n\r\n20000\r\n{'x' * 0x20000}\r\n",
        413,
    ),
    "more fields than ours have": (f"{LOGIN}Content-Length: 60000\r\n\r\n{'a&' * 30_000}", 400),
    "what polling posts": (f"{POLLING}Content-Length: 200000000\r\n\r\n", 413),
}


@pytest.mark.parametrize("case", BODIES)
async def test_a_body_is_looked_at_before_it_is_taken(server: Server, case: str) -> None:
    request_text, status = BODIES[case]
    host = urlsplit(server.address).netloc
    answer = await answer_to(server, request_text.replace("{host}", host).encode())
    # Whoever is still sending when the server hangs up may lose the answer (RFC 9112, 9.6).
    assert answer.startswith(f"HTTP/1.1 {status}".encode()) or (not answer and "chunk" in case), answer[:200]
    assert b"Traceback" not in answer
    assert b"detail" not in answer


@pytest.mark.by_the_clock
async def test_a_flood_of_bodies_holds_up_nobody(scene: Scene, server: Server) -> None:
    host = urlsplit(server.address).netloc
    flood = f"POST /login HTTP/1.1\r\nHost: {host}\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n".encode()

    async def attack() -> None:
        while True:
            _, writer = await hang_on(server, flood)
            try:
                with suppress(ConnectionError):
                    for _ in range(500):
                        writer.write(b"10000\r\nname=" + b"x" * 0xFFFB + b"\r\n")
                        await writer.drain()
            finally:
                await hang_up(writer)
            await asyncio.sleep(0.05)

    await assert_nobody_notices(scene, server, attack)
