"""A proxy that holds every upgrade to a socket, or closes what it has opened: polling takes over, and is remembered."""

from typing import Literal

import pytest
from playwright.async_api import Route, expect

from tests.e2e.network import TRANSPORT, Line
from tests.e2e.people import Newcomer
from tests.e2e.room import Room

_IN_TIME = 5_000
_CHOOSE = """async (currencies) => {
    const list = document.querySelector('select[aria-label=Currency]');
    for (const [number, currency] of currencies.entries()) {
        list.value = currency;
        list.dispatchEvent(new Event('change', {bubbles: true}));
        await new Promise((chosen) => setTimeout(chosen, number % 7));
    }
}"""


@pytest.mark.parametrize("sockets", ["hang", "close"])
async def test_a_deal_is_closed_where_no_socket_opens(
    newcomer: Newcomer, line: Line, sockets: Literal["hang", "close"]
) -> None:
    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects("WebSocket|net::ERR_")
    offered = await seller.create_trade()
    line.sockets = sockets
    entered = Room(person.page)
    await person.visit(await offered.link())
    await expect(entered.connection).to_have_text("Connecting… ", timeout=_IN_TIME)
    await person.page.wait_for_function(TRANSPORT, timeout=_IN_TIME)
    assert await person.page.evaluate("performance.now()") < 2 * _IN_TIME  # loading the page on a busy machine included
    await entered.entered()
    await expect(entered.connection).to_be_empty()
    await entered.say("By the long way")
    await expect(offered.message("By the long way")).to_be_visible()
    await offered.say("Good")
    await expect(entered.message("Good")).to_be_visible()

    upgrades = line.upgrades
    await entered.reload()
    await person.page.wait_for_function(TRANSPORT, timeout=_IN_TIME)
    assert await person.page.evaluate(TRANSPORT) == "polling"
    assert line.upgrades <= upgrades + 1  # polling came first, and asked beside
    await entered.accept()
    await expect(offered.status).to_have_text("Accepted")
    await expect(entered.status).to_have_text("Accepted")

    line.sockets = "pass"
    await entered.reload()
    await person.page.wait_for_function(f"{TRANSPORT} === 'websocket'", timeout=_IN_TIME)
    assert await person.page.evaluate("sessionStorage.polling") is None


async def test_a_press_before_the_page_is_live_is_done_then_or_says_that_it_was_not(
    newcomer: Newcomer, line: Line
) -> None:
    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects("WebSocket|net::ERR_")
    entered = await person.enter(await (await seller.create_trade()).link())
    line.sockets = "hang"
    await entered.page.reload()
    await entered.button("Accept deal").dispatch_event("click")
    is_kept = not await entered.connection.inner_text()  # on a very busy machine two seconds have passed
    await expect(entered.button("Counter-offer")).to_be_disabled()
    await entered.button("Counter-offer").dispatch_event("click")
    await expect(entered.connection).to_have_text("Connecting… “Counter-offer” was not done.")
    await expect(entered.dialog).to_have_count(0)
    await expect(entered.connection).to_be_empty()
    await expect(entered.button("Accept these terms")).to_have_count(int(is_kept))


async def test_what_is_done_before_the_page_is_live_arrives_in_the_order_in_which_it_was_done(
    newcomer: Newcomer, line: Line
) -> None:
    person = await newcomer("Sam", line=line)
    person.expects("WebSocket|net::ERR_")
    line.sockets = "hang"
    await person.visit("/trades/new")
    await person.page.evaluate(_CHOOSE, [*("CHF", "EUR", "GBP", "SEK") * 6, "NOK"])
    room = await person.create_trade(price="1000", quantity="2")
    await expect(room.part("price")).to_have_text("NOK 1,000.00")


async def test_very_many_messages_that_have_waited_arrive_by_the_long_way_too(newcomer: Newcomer, line: Line) -> None:
    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects("WebSocket|net::ERR_")
    line.sockets = "hang"
    offered = await seller.create_trade()
    entered = await person.enter(await offered.link())
    line.cut()
    await expect(entered.connection).to_contain_text("Not connected")
    texts = [f"Message {number} of a long tunnel" for number in range(40)]
    for text in texts:
        await entered.field.fill(text)
        await entered.field.press("Enter")
    line.mend()
    await expect(offered.message(texts[-1])).to_be_visible(timeout=2 * _IN_TIME)
    assert await offered.messages.locator(".bubble").all_inner_texts() == texts
    await expect(entered.page.locator(".waiting .message")).to_have_count(0)


async def test_a_page_that_opens_its_socket_in_another_way_is_not_paused(newcomer: Newcomer, line: Line) -> None:
    """As if NiceGUI imported Socket.IO as a module: NiceGUI tells of a lost connection then, in its own words."""

    async def under_another_name(route: Route) -> None:
        script = await (await route.fetch()).text()
        await route.fulfill(body=script.replace(").io=", ").theirs=").replace("= io(url", "= theirs(url"))

    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects("WebSocket|net::ERR_")
    await person.context.route("**/static/{socket.io.min,nicegui}.js", under_another_name)
    entered = await person.enter(await (await seller.create_trade()).link())
    assert await entered.page.evaluate("'theirs' in window")
    await entered.page.wait_for_function("performance.now() > 3000")
    await expect(entered.connection).to_be_empty()
    await expect(entered.page.locator("[data-paused]")).to_have_count(0)
    popup = entered.page.locator("#popup")
    await expect(popup).to_be_hidden()
    line.cut()
    await expect(popup).to_be_visible()
    line.mend()
    await expect(popup).to_be_hidden()
    await entered.accept()
    await expect(entered.status).to_have_text("Accepted")
