"""Connections: how many one address may have, and how long each may keep the server waiting."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from time import perf_counter
from urllib.parse import urlsplit

import pytest

from app.patches import protocols
from tests.bench.town import SECRET
from tests.e2e.server import Server, running
from tests.security.conftest import Scene
from tests.security.nuisance import PATIENCE, SOMEWHERE_ELSE, assert_nobody_notices, hang_on, hang_up, held

FEW = 40


@pytest.fixture(scope="module")
def small(url: str) -> Iterator[Server]:
    """A server, for the same town, that lets in few connections from one address."""
    few = str(FEW)
    with running(SECRET=SECRET, DATABASE_URL=url, DEMO=None, LIMIT_CONNECTIONS_OF_ONE=few, WORKER="false") as server:
        yield server


@pytest.mark.by_the_clock
async def test_pages_that_are_asked_for_and_never_read_hold_up_nobody(scene: Scene, server: Server) -> None:
    page = f"GET / HTTP/1.1\r\nHost: {urlsplit(server.address).netloc}\r\n\r\n".encode()

    async def attack() -> None:
        async with held(server, 30, page):
            await asyncio.sleep(PATIENCE)

    await assert_nobody_notices(scene, server, attack)


@pytest.mark.by_the_clock
async def test_silent_and_slow_connections_end_and_hold_up_nobody(scene: Scene, server: Server) -> None:
    lasted: list[float] = []

    async def hang_around(said: bytes) -> None:
        reader, writer = await hang_on(server, said)
        try:
            began = perf_counter()
            with suppress(ConnectionError):
                await asyncio.wait_for(reader.read(-1), PATIENCE)
            lasted.append(perf_counter() - began)
        finally:
            await hang_up(writer)

    async def attack() -> None:
        await asyncio.gather(*(hang_around(said) for said in [b"", b"GET / HTTP/1.1\r\nHost: "] * 75))

    await assert_nobody_notices(scene, server, attack)
    await attack()
    assert len(lasted) >= 150
    assert min(lasted) > protocols.HEADERS - 1
    assert max(lasted) < protocols.HEADERS + 5


@pytest.mark.by_the_clock
async def test_whoever_has_all_connections_that_an_address_may_have_and_wants_more_holds_up_nobody(
    scene: Scene, small: Server
) -> None:
    async def attack() -> None:
        async with held(small, FEW, b"", at=SOMEWHERE_ELSE):
            while True:
                reader, writer = await hang_on(small, at=SOMEWHERE_ELSE)
                try:
                    with suppress(ConnectionError):
                        assert await reader.read(1) == b"", "refused"
                finally:
                    await hang_up(writer)

    await assert_nobody_notices(scene, small, attack)


async def test_more_connections_than_one_address_may_have_are_refused_at_once(small: Server) -> None:
    async with held(small, 40, b""):
        began = perf_counter()
        refused = 0
        for _ in range(20):
            reader, writer = await hang_on(small)
            with suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(1), 5) == b""
            refused += 1
            await hang_up(writer)
            if perf_counter() - began > 5:
                break
        assert refused == 20
        assert perf_counter() - began < 3
    assert "connections were refused" not in small.log, "it is told once a minute, not for each"
