"""Packets by polling that no page sends: the request is answered, and nothing of it stays."""

import asyncio
import re
from urllib.parse import urlsplit

import pytest

from app.patches import lines
from app.patches.budget import AT_ONCE
from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.intruder import PATH, client
from tests.security.nuisance import assert_nobody_notices

POLLING = f"{PATH}?EIO=4&transport=polling"
STRANGE = {
    "an opening": b"0",
    "a ping": b"2",
    "a noop": b"6",
    "one behind another": b"4\x1e2",
    "a large one": b"2".ljust(lines.LONGEST_FRAME - 1, b"x"),
}


@pytest.mark.parametrize("kind", STRANGE)
async def test_a_packet_that_no_client_sends_is_refused_at_once(site: str, kind: str) -> None:
    # engine.io closes the line and waits until the client has fetched the last packet, which never happens.
    async with client(site, timeout=5) as http:
        opened = re.search('"sid":"([^"]+)"', (await http.get(POLLING)).text)
        assert opened
        answer = await http.post(f"{POLLING}&sid={opened[1]}", content=STRANGE[kind])
        assert answer.status_code == 400
        assert (await http.get(f"{POLLING}&sid={opened[1]}")).status_code == 400


async def test_a_packet_for_a_line_that_was_closed_is_refused(site: str) -> None:
    async with client(site, timeout=5) as http:
        opened = re.search('"sid":"([^"]+)"', (await http.get(POLLING)).text)
        assert opened
        assert (await http.post(f"{POLLING}&sid={opened[1]}", content=b"1")).status_code == 200
        assert (await http.post(f"{POLLING}&sid={opened[1]}", content=b"40")).status_code == 400


@pytest.mark.by_the_clock
async def test_hundreds_of_packets_in_each_request_hold_up_nobody(scene: Scene, server: Server, site: str) -> None:
    """Each line is a new one, with all of its budget."""
    packets = b"\x1e".join([b"40", b"41"] * (int(AT_ONCE) // 2))

    async def send() -> None:
        async with client(site, timeout=20) as http:
            while True:
                opened = re.search('"sid":"([^"]+)"', (await http.get(POLLING)).text)
                if opened is None:  # as many lines as one may have
                    await asyncio.sleep(0.1)
                    continue
                assert (await http.post(f"{POLLING}&sid={opened[1]}", content=packets)).status_code == 200
                await http.post(f"{POLLING}&sid={opened[1]}", content=b"1")

    async def attack() -> None:
        await asyncio.gather(*(send() for _ in range(8)))

    await assert_nobody_notices(scene, server, attack)


async def test_whoever_hangs_up_before_they_are_heard_leaves_no_traceback(server: Server, site: str) -> None:
    """Of many that come at once some wait for their turn, and have gone when it comes."""
    address = urlsplit(site)
    request = f"GET {POLLING} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode()

    async def hang_up() -> None:
        _, writer = await asyncio.open_connection(address.hostname, address.port)
        writer.write(request)
        writer.close()
        await writer.wait_closed()

    for _ in range(5):
        await asyncio.gather(*(hang_up() for _ in range(60)))
    async with client(site) as http:
        assert (await http.get("/healthz")).status_code == 200
    assert "REQUEST_METHOD" not in server.log
