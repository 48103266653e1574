"""Packets by polling that no page sends: the request is answered, and nothing of it stays."""

import re

import pytest

from app.patches import lines
from tests.security.intruder import PATH, client

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
