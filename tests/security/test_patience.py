"""How long a connection may keep the server waiting: each step has its time, whatever came before it."""

import asyncio
import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from tests.e2e.server import Server, running
from tests.security import hasty
from tests.security.hasty import BODY, HEADERS, IDLE, UNREAD
from tests.security.intruder import PATH, client
from tests.security.nuisance import FORM, PATIENCE, hang_on, hang_up
from tests.security.test_unread import CUT_SHORT

MANY = 1_000
"""Pages, more than all buffers between hold."""
WHOLE = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n"
POST = "POST /login HTTP/1.1\r\nHost: {host}\r\n"
UPGRADE = (
    f"GET {PATH}?EIO=4&transport=websocket{{sid}} HTTP/1.1\r\nHost: {{host}}\r\nConnection: Upgrade\r\n"
    f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {'A' * 22}==\r\n\r\n"
)
SAID: dict[str, tuple[float, list[str]]] = {
    "nothing": (HEADERS, []),
    "half of the headers": (HEADERS, ["GET / HTTP/1.1\r\nHost: "]),
    "a request and half of the next one": (HEADERS, [WHOLE + "GET / HTTP/1.1\r\nHo"]),
    "half of the next one, later": (HEADERS, [WHOLE, "GET / HTTP/1.1\r\nHo"]),
    "half of a body": (BODY, [f"{POST}{FORM}Content-Length: 50\r\n\r\ncsrf="]),
    "half of a body that nobody reads": (BODY, [WHOLE.replace("\r\n\r\n", "\r\nContent-Length: 50\r\n\r\nx")]),
    "half of a body that was refused": (BODY, [f"{POST}{FORM}Content-Length: 200000000\r\n\r\n", "csrf="]),
    "a request": (IDLE, [WHOLE]),
    "a request and line breaks": (IDLE, [WHOLE, "\r\n"]),
    "a body that was refused before it came": (IDLE, [f"{POST}Content-Length: 4\r\n\r\n", "a=bc"]),
    "an upgrade of a line that polls": (IDLE, [UPGRADE]),
}


@pytest.fixture(scope="module")
def impatient() -> Iterator[Server]:
    """A server whose times are short."""
    with running(accepted=CUT_SHORT, program=hasty.__file__, WORKER="false") as server:
        yield server


@pytest.mark.parametrize("case", SAID)
async def test_a_connection_has_so_long_for_what_is_next(impatient: Server, case: str) -> None:
    seconds, said = SAID[case]
    host, sid = urlsplit(impatient.address).netloc, ""
    if "polls" in case:
        async with client(impatient.address) as http:
            polled = await http.get(f"{PATH}?EIO=4&transport=polling")
        sid = f"&sid={json.loads(polled.text[1:])['sid']}"
    reader, writer = await hang_on(impatient)
    try:
        began = perf_counter()
        for part in said:
            await asyncio.sleep(0.2)
            began = perf_counter()
            writer.write(part.replace("{host}", host).replace("{sid}", sid).encode())
        with suppress(ConnectionError):
            await asyncio.wait_for(reader.read(-1), PATIENCE)
        assert seconds - 0.3 < perf_counter() - began < seconds + 0.8
    finally:
        await hang_up(writer)


async def test_whoever_does_not_read_is_hung_up_on(impatient: Server) -> None:
    address, loop = urlsplit(impatient.address), asyncio.get_running_loop()
    with socket.socket() as deaf:
        deaf.setblocking(False)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        await loop.sock_connect(deaf, (address.hostname, address.port))
        await loop.sock_sendall(deaf, f"GET / HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode() * MANY)
        await asyncio.sleep(3 * UNREAD)  # until it is stuck, and then as long as it may be
        heard = b""
        async with asyncio.timeout(UNREAD / 2):
            with suppress(ConnectionError):
                while said := await loop.sock_recv(deaf, 2**16):
                    heard += said
        assert 0 < heard.count(b"HTTP/1.1 200") < MANY


@pytest.mark.parametrize("is_whole", [True, False])
async def test_requests_that_wait_for_an_earlier_answer_have_their_time_afterwards(
    impatient: Server, is_whole: bool
) -> None:
    """The server reads of them by the piece, and no further until those before are answered: that is not their time."""
    host = urlsplit(impatient.address).netloc
    long = WHOLE.format(host=f"{host}\r\nX-Long: {'x' * 2_000}")
    async with client(impatient.address) as http:
        line = f"{PATH}?EIO=4&transport=polling"
        line += f"&sid={json.loads((await http.get(line)).text[1:])['sid']}"
        reader, writer = await hang_on(impatient)
        try:
            slow = f"GET {line} HTTP/1.1\r\nHost: {host}\r\n\r\n" + WHOLE.format(host=host)
            writer.write((slow + (long if is_whole else long[:1_500])).encode())
            await asyncio.sleep(2 * HEADERS)
            assert (await http.post(line, content=b"40")).status_code == 200
            began, heard = perf_counter(), b""
            with suppress(ConnectionError):
                while heard.count(b"HTTP/1.1 200") < 3 and (said := await asyncio.wait_for(reader.read(2**16), 4)):
                    heard += said
        finally:
            await hang_up(writer)
    assert heard.count(b"HTTP/1.1 200") == (3 if is_whole else 2)
    assert is_whole or HEADERS - 0.3 < perf_counter() - began < HEADERS + 0.8
