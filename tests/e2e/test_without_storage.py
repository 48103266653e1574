"""A browser that keeps nothing for a page, or nothing more: it is live all the same, and forgets when it is left."""

import pytest
from playwright.async_api import expect

from tests.e2e.network import TRANSPORT, Line
from tests.e2e.people import Newcomer

_REPLACED = """for (const name of ['sessionStorage', 'localStorage'])
    Object.defineProperty(window, name, {configurable: true, get() { %s }})"""
_FILLED = """for (let length = 1 << 22; length; length >>= 1)
    try { for (;;) sessionStorage.setItem(`${length} ${Math.random()}`, 'x'.repeat(length)); } catch {}"""


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(_REPLACED % "throw new DOMException('Not here', 'SecurityError')", id="forbidden"),
        pytest.param(_REPLACED % "return null", id="switched off"),
        pytest.param(_FILLED, id="full"),
    ],
)
async def test_a_deal_is_closed_where_the_browser_keeps_nothing(newcomer: Newcomer, line: Line, script: str) -> None:
    seller, person = await newcomer("Sam"), await newcomer("Bea", line=line)
    person.expects("WebSocket|net::ERR_")
    offered = await seller.create_trade()
    await person.context.add_init_script(script)
    line.sockets = "hang"
    entered = await person.enter(await offered.link())
    assert await entered.page.evaluate(TRANSPORT) == "polling"
    assert await entered.page.evaluate("'polling' in sessionStorage")  # the page itself remembers
    await entered.say("Nothing of this is kept")
    await expect(offered.message("Nothing of this is kept")).to_have_count(1)
    await entered.offer("Counter-offer", price="900")
    await expect(offered.part("price")).to_have_text("$900.00")
    await offered.accept()
    await expect(entered.status).to_have_text("Accepted")
    await entered.field.blur()
    await entered.page.keyboard.press("?")  # whether there are shortcuts is kept, too
    await expect(entered.page.get_by_role("heading", name="Keyboard shortcuts")).to_be_visible()
