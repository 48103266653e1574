"""Somebody's network is cut for a while, as both sides see it in their browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, expect

from tests.e2e.network import Line
from tests.e2e.people import Cast
from tests.e2e.room import Person, Room
from tests.e2e.stories import Since, expect_the_same_page, mark
from tests.faults.traderoom import BACK, Traderoom

NETWORK = r"WebSocket connection|net::ERR_"
IN_TIME = BACK * 1000
"""Milliseconds."""
GRACE = 12.0
"""Seconds after which somebody who has gone is shown as gone."""
_SCROLL_UP = "flow => { flow.scrollTop = -300; }"
_PLACE = "flow => flow.scrollTop"


@asynccontextmanager
async def cast_of(browser: Browser, application: Traderoom) -> AsyncIterator[Cast]:
    """People with browsers, none of which may have complained in the end."""
    cast = Cast(browser, application)
    try:
        yield cast
    finally:
        await cast.leave()
    cast.check()


async def survives_a_cut(line: Line, person: Person, seller: Room, buyer: Room, seconds: float) -> None:
    """The buyer's network is cut while they read back and write; it comes back to the same page with nothing lost."""
    person.expects(NETWORK)
    await _fill_the_flow(seller, buyer)
    await mark(buyer)
    flow = buyer.page.locator(".flow")
    await flow.evaluate(_SCROLL_UP)
    await expect(buyer.page.locator(".room.reading")).to_have_count(1)
    place = await flow.evaluate(_PLACE)
    line.cut()
    cut = Since()
    await expect(buyer.connection).to_contain_text("Not connected")
    await buyer.field.fill(f"Sent in a cut of {seconds:.0f} s")
    await buyer.field.press("Enter")
    await seller.say(f"Said during {seconds:.0f} s")
    await seller.amend(price="899.75")
    if seconds > 2 * GRACE:
        await expect(seller.participants).not_to_contain_text(person.name, timeout=20_000)
    await cut.reach(seconds)
    line.mend()
    await expect(buyer.connection).to_be_empty(timeout=IN_TIME)
    await expect(seller.message(f"Sent in a cut of {seconds:.0f} s")).to_have_count(1, timeout=IN_TIME)
    await expect(buyer.message(f"Sent in a cut of {seconds:.0f} s")).to_have_count(1)
    await expect(buyer.message(f"Said during {seconds:.0f} s")).to_have_count(1)
    await expect(buyer.part("price")).to_have_text("$899.75")
    await expect(buyer.field).to_have_value("")
    await expect(seller.participants).to_contain_text(person.name)
    await expect_the_same_page(buyer)
    assert place < -48


async def _fill_the_flow(seller: Room, buyer: Room) -> None:
    """Enough to scroll in."""
    for number in range(1, 25):
        await seller.say(f"Line {number}")
    await expect(buyer.message("Line 24")).to_be_visible()
