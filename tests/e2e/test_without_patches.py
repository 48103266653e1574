"""The journey once more on a server without the speed patches: everything works, slower."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from urllib.request import urlopen

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from app.patches import SPEED
from tests.e2e import test_journey as journey
from tests.e2e.people import Cast
from tests.e2e.room import Person, Room
from tests.e2e.server import Server, running

Rooms = tuple[Room, Room]
WITH_PEOPLE: list[Callable[[tuple[Person, Person], Rooms], Awaitable[None]]] = [
    journey.test_the_typing_mark_comes_at_once_and_goes_on_send_and_by_itself,
    journey.test_an_amendment_is_seen_live_with_price_version_timeline_and_history,
    journey.test_accepting_closes_the_deal_on_both_sides_and_the_chat_stays_open,
]


@pytest.fixture(scope="module")
def bare() -> Iterator[Server]:
    """A running server without the speed patches, which complains of nothing but that they were left out."""
    with running(PATCHES="false") as server:
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def bare_cast(browser: Browser, bare: Server) -> AsyncIterator[Cast]:
    """The people of a test at this server."""
    cast = Cast(browser, bare)
    yield cast
    await cast.leave()
    cast.check()


@pytest_asyncio.fixture(loop_scope="session")
async def bare_people(bare_cast: Cast) -> tuple[Person, Person]:
    """A seller and a buyer, signed in there."""
    seller, buyer = await asyncio.gather(bare_cast.newcomer("Sam"), bare_cast.newcomer("Bea"))
    return seller, buyer


@pytest_asyncio.fixture(loop_scope="session")
async def bare_rooms(bare_people: tuple[Person, Person]) -> Rooms:
    """A trade in negotiation, as the seller and as the buyer see it."""
    seller, buyer = bare_people
    offered = await seller.create_trade()
    return offered, await buyer.enter(await offered.link())


async def test_it_says_which_patches_were_left_out(bare: Server) -> None:
    def ask() -> dict[str, object]:
        with urlopen(f"{bare.address}/readyz", timeout=5) as answer:
            told: dict[str, object] = json.load(answer)
        return told

    told = await asyncio.to_thread(ask)
    assert told["patches_left_out"] == dict.fromkeys(SPEED, "TRADEROOM_PATCHES is false")


async def test_a_draft_becomes_a_negotiation(bare_cast: Cast) -> None:
    await journey.test_a_draft_becomes_a_negotiation_when_the_buyer_signs_up_from_the_link(bare_cast.stranger)


@pytest.mark.parametrize("story", WITH_PEOPLE, ids=lambda story: story.__name__.removeprefix("test_"))
async def test_people_trade_as_ever(
    bare_people: tuple[Person, Person],
    bare_rooms: Rooms,
    story: Callable[[tuple[Person, Person], Rooms], Awaitable[None]],
) -> None:
    await story(bare_people, bare_rooms)


async def test_lists_and_the_dashboard_follow(bare_people: tuple[Person, Person]) -> None:
    await journey.test_my_trades_and_the_dashboard_follow_a_trade_without_a_reload(bare_people)
