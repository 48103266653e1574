"""Sockets of somebody hostile: too large, too many, too fast, and under another name."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import count

import pytest

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.town import SECRET, Town, several
from tests.e2e.server import Server, running
from tests.security.conftest import Scene
from tests.security.forgery import cookie_of, handshake, unopened
from tests.security.intruder import Intruder, RefusedError
from tests.security.nuisance import PATIENCE, assert_nobody_notices

FEW = 30
_prices = count(31_31)
MANY_PAGES, MANY_TRADES, EVENTS_A_SECOND = 100, 20_000, 1_000


@pytest.fixture(scope="module")
def small(url: str) -> Iterator[Server]:
    """A server, for the same town, that lets one person have few pages."""
    with running(SECRET=SECRET, DATABASE_URL=url, DEMO=None, LIMIT_PAGES=str(FEW), WORKER="false") as server:
        yield server


async def test_a_frame_that_is_too_large_ends_its_socket_only(scene: Scene, server: Server) -> None:
    intruder = await Intruder.open(server.address)
    with suppress(RefusedError):
        await intruder.line.send("42" + json.dumps(["event", {"args": ["x" * 100_000]}]))
    await intruder.shut_out()
    await deeds.say(scene.seller, scene.buyer)


@pytest.mark.parametrize("name", ["connect", "disconnect", "connect_error", "event2", ""])
async def test_events_that_bear_a_name_of_socket_io_s_own_are_not_heard(
    scene: Scene, server: Server, name: str
) -> None:
    page = await unopened(server.address, scene.eve, "/activity")
    intruder = await Intruder.open(server.address, cookie=cookie_of(scene.eve), **handshake(page))
    theirs = f"client_id={scene.seller.page.client_id}"  # which this cookie may not open: that would be noted
    forged = {"asgi.scope": {"client": ["203.0.113.9", 1]}, "QUERY_STRING": theirs, "HTTP_COOKIE": ""}
    await intruder.line.send("42" + json.dumps([name, forged]))
    cents = next(_prices)
    await deeds.amend(scene.seller, [scene.buyer], cents)
    while not any(f"{cents // 100}.{cents % 100:02}" in said for said in intruder.heard):  # the page is still there
        await intruder.hear()
    assert "203.0.113.9" not in server.log
    await intruder.close()


@pytest.mark.by_the_clock
async def test_a_socket_that_never_stops_waits_and_then_goes_and_nobody_notices(scene: Scene, server: Server) -> None:
    async def attack() -> None:
        intruder = await Intruder.open(server.address)
        said = "42" + json.dumps(["ack", {"client_id": scene.seller.page.client_id, "next_message_id": 1}])
        with suppress(RefusedError):
            while True:
                await intruder.line.send(*[said] * 50)
                await asyncio.sleep(0)

    await assert_nobody_notices(scene, server, attack)
    await asyncio.wait_for(attack(), 60)


@pytest.mark.by_the_clock
async def test_very_many_searches_from_one_socket_hold_up_nobody(scene: Scene, server: Server) -> None:
    eve = Person(Browser(server.address, scene.eve.cookies))
    await eve.visit("/activity")
    try:

        async def attack() -> None:
            for number in range(2_000):
                eve.fire("update:value", f"Trade {number}", label="Search by title")
                if not number % 100:
                    await asyncio.sleep(0)
            await asyncio.sleep(PATIENCE)

        await assert_nobody_notices(scene, server, attack)
    finally:
        eve.cut()


@pytest.mark.by_the_clock
async def test_searches_on_very_many_pages_of_one_person_hold_up_nobody(
    scene: Scene, server: Server, place: Town
) -> None:
    seller, buyer = await place.people(2, "Somebody with many trades")
    await place.crowd(seller, buyer, MANY_TRADES)
    pages = [Person(Browser(server.address, buyer.cookies)) for _ in range(MANY_PAGES)]
    try:
        await several(page.visit("/activity") for page in pages)

        async def attack() -> None:
            for number in count():
                for which, page in enumerate(pages):
                    # Each another question: what is the same is asked once for all pages.
                    page.fire("update:value", f"no table {which} {number}", label="Search by title")
                await asyncio.sleep(MANY_PAGES / EVENTS_A_SECOND)

        await assert_nobody_notices(scene, server, attack)
    finally:
        for page in pages:
            page.cut()


async def test_sockets_without_an_account_are_counted_when_they_connect(small: Server) -> None:
    opened, refused = [], 0
    for _ in range(14):
        try:
            opened.append(await Intruder.open(small.address))
        except RefusedError:
            refused += 1
    assert len(opened) == FEW // 3, "a third of what a signed-in person may have"
    assert refused == 4
    await opened.pop().close()
    await asyncio.sleep(0.3)
    opened.append(await Intruder.open(small.address))


async def test_a_socket_whose_address_is_not_complete_is_refused(small: Server, place: Town) -> None:
    """NiceGUI broke over it, and the socket stayed: uncounted, for as long as it liked."""
    (eve,) = await place.people(1, "Somebody with odd addresses")
    page = await unopened(small.address, eve, "/activity")
    for wrong in ({"client_id": ""}, {"tab_id": ""}, {"next_message_id": "x"}, {"next_message_id": "9" * 500}):
        for cookie, query in ((cookie_of(eve), handshake(page)), ("", {"implicit_handshake": "true"})):
            with pytest.raises(RefusedError, match="Implicit handshake failed"):
                await asyncio.wait_for(Intruder.open(small.address, cookie=cookie, **{**query, **wrong}), PATIENCE)
    await Intruder.open(small.address, cookie=cookie_of(eve), **handshake(page))


@pytest.mark.by_the_clock
async def test_whoever_wants_more_sockets_than_there_may_be_holds_up_nobody(scene: Scene, small: Server) -> None:
    async def attack() -> None:
        opened: list[Intruder] = []
        while True:
            try:
                opened.append(await Intruder.open(small.address))
            except RefusedError:
                for one in opened[::2]:
                    await one.close()
                    opened.remove(one)

    await assert_nobody_notices(scene, small, attack)


async def test_sockets_are_counted_for_their_session_when_they_connect(small: Server, place: Town) -> None:
    eve, bea = await place.people(2, "Somebody with many tabs")
    pages = [await unopened(small.address, eve, "/activity") for _ in range(FEW + 5)]
    opened = refused = 0
    for page in pages:
        try:
            await Intruder.open(small.address, cookie=cookie_of(eve), **handshake(page))
            opened += 1
        except RefusedError:
            refused += 1
    assert (opened, refused) == (FEW, 5)
    page = await unopened(small.address, bea, "/activity")
    await Intruder.open(small.address, cookie=cookie_of(bea), **handshake(page))
