"""Where the system grants few open files, fewer connections are let in, and whoever is in stays served."""

import asyncio
import re

from app import serving
from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.town import SECRET, Town
from tests.e2e.server import Server, running
from tests.security import short_of_files
from tests.security.nuisance import held
from tests.security.short_of_files import GRANTED

LET_IN = GRANTED - serving._OTHER_FILES
OVER = 15
_GRANTED = f"the system grants this process {GRANTED} open files: fewer connections than set are let in"
_REFUSED = re.compile(r"(\d+) connections were refused within a minute")


async def test_few_open_files_mean_fewer_connections_and_a_line_in_the_log(place: Town, url: str) -> None:
    sam, bea = await place.people(2, "Somebody at a small machine")
    deal = await place.deal(sam, bea)
    with running(program=short_of_files.__file__, DATABASE_URL=url, SECRET=SECRET, DEMO=None, WORKER="false") as server:
        assert _GRANTED in server.log
        seller, buyer = (Person(Browser(server.address, citizen.cookies)) for citizen in (sam, bea))
        try:
            for person in (seller, buyer):
                await person.visit(deal.path)
            async with held(server, LET_IN + OVER, b"") as readers:
                refused = sum(await asyncio.gather(*map(is_closed, readers)))
                assert refused == OVER + 2, "two have their pages' sockets"
                assert await deeds.say(seller, buyer) > 0
                await told(server, refused)
            await buyer.visit(deal.path)  # there is room again
            assert await deeds.say(buyer, seller) > 0
        finally:
            seller.cut()
            buyer.cut()


async def is_closed(reader: asyncio.StreamReader) -> bool:
    """Whether the server hangs up at once; it says nothing to whoever says nothing."""
    try:
        return await asyncio.wait_for(reader.read(1), 1) == b""
    except ConnectionError:
        return True
    except TimeoutError:
        return False


async def told(server: Server, refused: int) -> None:
    """Wait until the log tells of so many refused connections."""
    async with asyncio.timeout(5):
        while sum(map(int, _REFUSED.findall(server.log))) != refused:  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.05)
