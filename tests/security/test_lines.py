"""Lines that carry no socket, or junk: they are counted too, soon let go, and cost nobody anything."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from urllib.parse import urlsplit

import pytest
from websockets.frames import Frame, Opcode

from app.patches import lines
from tests.e2e.server import Server, running
from tests.security.conftest import Scene
from tests.security.intruder import PATH, TRANSPORTS, Intruder, RefusedError
from tests.security.nuisance import PATIENCE, assert_nobody_notices, hang_up, pour

FEW = 20
CHUNK = 256 * 1024
"""Bytes that a server may read at once."""
JUNK = {
    "pongs": (b"3", Opcode.TEXT),
    "noops": (b"6", Opcode.TEXT),
    "packets of no known form": (b"4x", Opcode.TEXT),
    "no packets": (b"9", Opcode.TEXT),
    "bytes": (b"x", Opcode.BINARY),
    "pings of the websocket's own": (b"", Opcode.PING),
    "pongs of the websocket's own": (b"", Opcode.PONG),
    "a message without an end": (b"", Opcode.CONT),
}


@pytest.fixture(scope="module")
def small() -> Iterator[Server]:
    """A server that lets in few from one address."""
    with running(LIMIT_CONNECTIONS_OF_ONE=str(FEW), WORKER="false") as server:
        yield server


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_lines_without_a_socket_are_counted_and_let_go(small: Server, transport: str) -> None:
    silent: list[Intruder] = []
    began = perf_counter()
    with suppress(RefusedError, OSError):
        while len(silent) < 2 * FEW:
            silent.append(await Intruder.dial(small.address, transport=transport))
            await silent[-1].line.rest()
    assert len(silent) == FEW
    await asyncio.gather(*(asyncio.wait_for(say_nothing(intruder), PATIENCE) for intruder in silent[::4]))
    assert lines.SILENT - 1 < perf_counter() - began < lines.SILENT + 5
    for intruder in silent:
        await intruder.close()
    await asyncio.sleep(0.3)
    await Intruder.open(small.address, transport=transport)


async def say_nothing(intruder: Intruder) -> None:
    """But answer pings, until the server ends it."""
    with suppress(RefusedError):
        while True:
            if await intruder.line.receive() == "2":
                await intruder.line.send("3")


@pytest.mark.by_the_clock
@pytest.mark.parametrize("kind", JUNK)
async def test_junk_is_paid_for_and_holds_up_nobody(scene: Scene, server: Server, kind: str) -> None:
    lasted: list[float] = []

    async def attack() -> None:
        while True:
            began = perf_counter()
            await flood(server, *JUNK[kind])
            lasted.append(perf_counter() - began)

    await assert_nobody_notices(scene, server, attack)
    async with asyncio.timeout(lines.PATIENCE + 10):
        await flood(server, *JUNK[kind])


async def flood(server: Server, said: bytes, opcode: Opcode) -> None:
    """A socket that sends one and the same frame until it is closed."""
    address = urlsplit(server.address)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(
            f"GET {PATH}?EIO=4&transport=websocket HTTP/1.1\r\nHost: {address.netloc}\r\nOrigin: {server.address}\r\n"
            "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {'A' * 22}==\r\n\r\n".encode()
        )
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
        writer.write(Frame(Opcode.TEXT, b"40").serialize(mask=True))
        if opcode is Opcode.CONT:
            writer.write(Frame(Opcode.TEXT, b"4", fin=False).serialize(mask=True))
        one = Frame(opcode, said, fin=opcode is not Opcode.CONT).serialize(mask=True)
        chunk = one * (CHUNK // len(one))
        await pour(writer, chunk)
    finally:
        await hang_up(writer)


@pytest.mark.parametrize("text", [b"4\xff", b"4\xed\xa0\x80", b"4" + b"\xe4" * 30_000])
async def test_a_text_that_is_none_ends_its_socket_without_a_word(server: Server, text: bytes) -> None:
    began = len(server.log)
    async with asyncio.timeout(10):
        await flood(server, text, Opcode.TEXT)
    assert "Traceback" not in server.log[began:]
    assert "ERROR" not in server.log[began:]
