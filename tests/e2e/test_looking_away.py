"""Who has a room open and looks elsewhere: the tab's title, notifications, presence, and what is new on coming back.

A tab is hidden as the browser tells it, by `document.hidden` and its event; notifications and tones are recorded in the
place of the browser's own.
"""

from collections.abc import Awaitable, Callable

import pytest_asyncio
from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

_RECORDER = """
    Object.assign(window, {shown: [], asked: 0, tones: 0, answer: 'granted'});
    window.Notification = class {
        static permission = localStorage.answer || 'default';
        static async requestPermission() {
            window.asked += 1;
            return Notification.permission = localStorage.answer = window.answer;
        }
        constructor(title, options) { window.shown.push(`${title}: ${options.body}`); }
        close() {}
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) { window.tones += 1; start.call(this, at); };
    window.look = (hidden) => {
        Object.defineProperty(document, 'hidden', {get: () => hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    };
"""
_HIDDEN = "Object.defineProperty(document, 'hidden', {get: () => true, configurable: true});"
Talk = tuple[Person, Room, Person, Room]


@pytest_asyncio.fixture(loop_scope="session")
async def talk(newcomer: Newcomer) -> Talk:
    """Sam and Bea in the room of an oak table; Bea's browser records how it calls her."""
    seller, buyer = await newcomer("Sam"), await newcomer("Bea")
    await buyer.context.add_init_script(_RECORDER)
    offered = await seller.create_trade()
    return seller, offered, buyer, await buyer.enter(await offered.link())


async def look(page: Page, *, away: bool) -> None:
    """Hide the tab, or show it again."""
    await page.evaluate("look", away)


async def shown(page: Page) -> list[str]:
    """The notifications so far."""
    found: list[str] = await page.evaluate("shown")
    return found


async def menu(room: Room) -> Callable[[], Awaitable[None]]:
    """Open the menu of notifications; the way to close it."""
    await room.button("Notifications").click()
    await expect(room.page.locator("#notifications")).to_be_visible()

    async def close() -> None:
        await room.page.keyboard.press("Escape")
        await expect(room.page.locator("#notifications")).to_be_hidden()

    return close


async def test_the_title_counts_while_the_tab_is_hidden_and_a_line_says_where_the_new_begins(talk: Talk) -> None:
    _, offered, buyer, entered = talk
    await expect(buyer.page).to_have_title("Oak table · Traderoom")
    await look(buyer.page, away=True)
    for word in ("One", "Two"):
        await offered.say(word)
    await expect(buyer.page).to_have_title("(2) Oak table · Traderoom")
    await look(buyer.page, away=False)
    await expect(buyer.page).to_have_title("Oak table · Traderoom")
    await expect(entered.messages.get_by_text("2 new since you left")).to_be_visible()
    assert await shown(buyer.page) == []


async def test_a_hidden_tab_notifies_of_what_cannot_wait_once_a_button_has_asked_for_it(talk: Talk) -> None:
    _, offered, buyer, entered = talk
    page = buyer.page
    assert await page.evaluate("asked") == 0
    close = await menu(entered)
    await expect(page.get_by_text("Notifications are off.")).to_be_visible()
    await entered.button("Turn on notifications").click()
    await expect(entered.button("Turn off notifications")).to_be_visible()
    assert await page.evaluate("asked") == 1
    await close()
    await offered.amend(price="990")
    await expect(entered.part("price")).to_have_text("$990.00")
    await look(page, away=True)
    await offered.say("A message alone")
    await offered.amend(price="980")
    await expect(page).to_have_title("(2) Oak table · Traderoom")
    seller = talk[0].name
    told = ["Oak table · Traderoom: Notifications are on.", f"Oak table · Traderoom: {seller} made another offer"]
    assert await shown(page) == told
    await look(page, away=False)
    close = await menu(entered)
    await page.get_by_label("Show prices in notifications").check()
    await close()
    await look(page, away=True)
    await offered.amend(price="970")
    await expect(page).to_have_title("(1) Oak table · Traderoom")
    assert (await shown(page))[2:] == [f"Oak table · Traderoom: {seller} offered $970.00 × 2"]
    await page.reload()
    await entered.entered()
    await menu(entered)
    await expect(page.get_by_label("Show prices in notifications")).to_be_checked()
    await entered.button("Turn off notifications").click()
    await expect(page.get_by_text("Notifications are off.")).to_be_visible()
    await look(page, away=True)
    await offered.open("Withdraw offer")
    await offered.confirm("Withdraw")
    await expect(page).to_have_title("(1) Oak table · Traderoom")
    assert await shown(page) == []


async def test_a_screen_that_nobody_has_touched_for_two_minutes_calls_as_a_hidden_tab_does(talk: Talk) -> None:
    _, offered, buyer, entered = talk
    page = buyer.page
    await page.evaluate("localStorage.notifications = JSON.stringify({sound: true})")
    await page.mouse.move(200, 200)
    await expect(offered.part("counterparty")).to_contain_text("here")
    await page.evaluate("() => { const now = performance.now(); performance.now = () => now + 120001; }")
    await expect(offered.part("counterparty")).to_contain_text("away", timeout=15_000)
    await offered.say("Are you there?")
    await offered.amend(price="980")
    await expect(page).to_have_title("(2) Oak table · Traderoom")
    assert await page.evaluate("tones") == 1
    await expect(offered.messages).not_to_contain_text("saw version 2")
    await page.mouse.move(210, 210)
    await expect(page).to_have_title("Oak table · Traderoom")
    await expect(entered.messages.get_by_text("2 new since you left")).to_be_visible()
    await expect(offered.part("counterparty")).to_contain_text("here")
    await expect(offered.messages).to_contain_text("saw version 2")


async def test_the_page_says_where_the_browser_forbids_or_lacks_notifications(talk: Talk) -> None:
    _, offered, buyer, entered = talk
    page = buyer.page
    await page.evaluate("answer = 'denied'")
    await menu(entered)
    await entered.button("Turn on notifications").click()
    await expect(page.get_by_text("This browser forbids notifications here.")).to_be_visible()
    await expect(entered.button("Turn on notifications")).to_be_visible()
    await look(page, away=True)
    await offered.amend(price="980")
    await expect(page).to_have_title("(1) Oak table · Traderoom")
    assert await shown(page) == []
    await buyer.context.add_init_script("localStorage.answer = 'granted'; window.Notification = undefined;")
    await page.reload()
    await entered.entered()
    await menu(entered)
    await entered.button("Turn on notifications").click()
    await expect(page.get_by_text("This browser shows no notifications here.")).to_be_visible()


async def test_over_plain_http_no_setting_is_said_to_help(talk: Talk) -> None:
    *_, buyer, entered = talk
    plain = "Object.defineProperty(window, 'isSecureContext', {get: () => false}); localStorage.answer = 'denied';"
    await buyer.context.add_init_script(plain)
    await buyer.page.reload()
    await entered.entered()
    await menu(entered)
    await entered.button("Turn on notifications").click()
    await expect(buyer.page.get_by_text("This browser shows no notifications here.")).to_be_visible()


async def test_a_sound_is_made_where_it_was_switched_on(talk: Talk) -> None:
    _, offered, buyer, entered = talk
    page = buyer.page
    await look(page, away=True)
    await offered.amend(price="980")
    await expect(page).to_have_title("(1) Oak table · Traderoom")
    assert await page.evaluate("tones") == 0
    await look(page, away=False)
    close = await menu(entered)
    await page.get_by_label("Play a sound").check()
    await page.wait_for_function("tones === 1")  # as a sample
    await close()
    await look(page, away=True)
    await offered.say("No sound for a message")
    await offered.amend(price="970")
    await page.wait_for_function("tones === 2")
    assert await shown(page) == []


async def test_a_page_that_is_loaded_in_a_hidden_tab_sees_nothing_until_it_is_shown(newcomer: Newcomer) -> None:
    seller, buyer = await newcomer("Sam"), await newcomer("Bea")
    await buyer.context.add_init_script(_RECORDER + _HIDDEN)
    offered = await seller.create_trade()
    entered = await buyer.enter(await offered.link())
    counterparty = offered.part("counterparty")
    await expect(counterparty).to_have_attribute("data-presence", "away")
    await expect(counterparty).to_have_text(f"{buyer.name} · Buyer · away")
    assert "saw version" not in await offered.messages.inner_text()
    await look(entered.page, away=False)
    await expect(counterparty).to_have_attribute("data-presence", "here")
    await expect(offered.part("offer")).to_contain_text(f"{buyer.name} saw version 1, ")
