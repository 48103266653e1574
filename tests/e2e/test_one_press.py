"""One press is one record, however slow the device and the line are, and a message waits until it is recorded."""

from playwright.async_api import Locator, Page, expect

from tests.e2e.mailbox import follow_mail, save_address
from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import PASSWORD, Person, Room
from tests.e2e.stories import meet

_TRIES = 20
_UNDER_WAY = 400
"""Milliseconds in which one more dialog would have come, and is not there."""
_ENTERS = """async ([field, text]) => {
    field.focus();
    field.value = text;
    field.dispatchEvent(new InputEvent('input', {bubbles: true}));
    for (let press = 0; press < 8; press++) {
        field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
        await new Promise((pressed) => setTimeout(pressed, 7));
    }
}"""
_ENTER_TWICE = """async ([field, pause]) => {
    const enter = (element) => !element.dispatchEvent(
        new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, cancelable: true}));
    const saved = enter(field);
    await new Promise((later) => setTimeout(later, pause));
    return [saved, enter(document.querySelector('.decision button'))];
}"""
_CLICKS = """(button) => {
    for (let press = 0; press < 8; press++) setTimeout(() => button.click(), 7 * press);
}"""
_PRESS_TWICE = "(button) => { button.click(); setTimeout(() => button.click(), 300); }"
_NAMED = "Object.keys(sessionStorage).some((key) => key.endsWith('/request name'))"
_STORED = "Object.keys(sessionStorage).filter((key) => key.startsWith('typed '))"


async def _slow_down(page: Page) -> None:
    """The processor of a cheap phone."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": 6})


async def _press_often(button: Locator) -> None:
    await button.evaluate(_CLICKS)


async def test_eight_enters_in_a_moment_on_a_slow_device_send_a_message_once(newcomer: Newcomer, line: Line) -> None:
    _, _, seller, buyer = await meet(newcomer, line=line)
    line.delay = 0.1
    await _slow_down(buyer.page)
    field = await buyer.field.element_handle()
    texts = [f"Only once, please: {number}" for number in range(_TRIES)]
    for text in texts:
        await buyer.page.evaluate(_ENTERS, [field, text])
    for text in texts:
        await expect(seller.message(text)).to_be_visible()
    await buyer.field.fill("By the button")
    await _press_often(buyer.button("Send"))
    await expect(seller.message("By the button")).to_be_visible()
    await expect(buyer.page.locator(".waiting .message")).to_have_count(0)
    said = await seller.messages.locator(".bubble").all_inner_texts()
    assert said == [*texts, "By the button"]
    assert await buyer.page.evaluate(_STORED) == []


async def test_eight_presses_of_a_dialog_s_button_do_it_once(newcomer: Newcomer, line: Line) -> None:
    _, _, seller, buyer = await meet(newcomer, line=line)
    line.delay = 0.1
    await _slow_down(buyer.page)
    await buyer.open("Request amendment")
    await buyer.dialog.get_by_label("What would you like changed?").fill("A bench")
    await _press_often(buyer.button("Send request"))
    await expect(buyer.dialog).to_have_count(0)
    await buyer.open("Counter-offer")
    await buyer.fill(price="900")
    await _press_often(buyer.button("Send offer"))
    await expect(buyer.dialog).to_have_count(0)
    await seller.open("Extend")
    deadline = await seller.part("deadline").inner_text()
    await _press_often(seller.button("Extend deadline"))
    await expect(seller.dialog).to_have_count(0)
    await expect(seller.part("deadline")).not_to_have_text(deadline)
    await buyer.open("Withdraw offer")
    await _press_often(buyer.button("Withdraw"))
    await expect(buyer.dialog).to_have_count(0)
    await seller.reload()
    for kind, times in {"amendment_requested": 1, "amended": 1, "extended": 1, "withdrawn": 1}.items():
        await expect(seller.timeline.locator(f"[data-kind={kind}]")).to_have_count(times)


async def test_a_button_that_is_pressed_again_before_its_dialog_is_seen_opens_one(
    newcomer: Newcomer, line: Line
) -> None:
    _, person, seller, buyer = await meet(newcomer, line=line)
    await seller.amend(price="950")
    await buyer.show("Version history")
    line.delay = 0.1
    for opener, last in (
        ("Counter-offer", "Counter-offer"),
        ("Accept deal", "Reject deal"),
        ("Offer version 1 again", "Offer version 1 again"),
    ):
        await buyer.button(opener).dblclick()
        await buyer.button(last).evaluate("(button) => button.click()")  # by then it may lie behind the dialog
        await expect(buyer.dialog).to_be_visible()
        await buyer.page.wait_for_timeout(_UNDER_WAY)
        await expect(buyer.dialog).to_have_count(1)
        await buyer.confirm("Cancel")
    await buyer.offer("Counter-offer", price="900")
    await expect(seller.part("price")).to_have_text("$900.00")
    await person.visit("/account")
    await person.page.get_by_role("button", name="Delete account").dblclick()
    await expect(buyer.dialog).to_be_visible()
    await person.page.wait_for_timeout(_UNDER_WAY)
    await expect(buyer.dialog).to_have_count(1)


async def test_a_second_enter_does_not_press_the_button_that_has_the_focus_back(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    for price, pause, is_meant in (("900", 50, False), ("800", 600, True)):
        dialog = await buyer.open("Counter-offer" if not is_meant else "Change offer")
        await buyer.fill(price=price)
        field = await dialog.get_by_label("Price").element_handle()
        assert await buyer.page.evaluate(_ENTER_TWICE, [field, pause]) == [True, not is_meant]
        await expect(buyer.dialog).to_have_count(0)


async def test_a_form_that_is_pressed_again_before_its_answer_is_there_goes_once(
    stranger: Newcomer, line: Line
) -> None:
    person = await stranger("Ann", line=line)
    page = person.page
    await person.visit("/")
    await page.get_by_label("Name", exact=True).fill(person.name)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    line.delay = 0.5
    await page.get_by_role("button", name="Create account").evaluate(_PRESS_TWICE)
    await expect(page.get_by_role("heading", name="My trades")).to_be_visible()
    line.delay = 0
    await follow_mail(page, await save_address(page), "Confirm your e-mail address")
    line.delay = 0.5
    await page.get_by_role("button", name="Confirm").evaluate(_PRESS_TWICE)
    await expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()


async def test_a_form_that_was_stopped_and_mended_goes_at_the_next_press(stranger: Newcomer, line: Line) -> None:
    person = await stranger("Ann", line=line)
    page = person.page
    line.delay = 0.5
    await person.visit("/")
    button = page.get_by_role("button", name="Create account")
    stopping = await person.context.new_cdp_session(page)

    async def press_and_stop() -> None:
        assert await button.evaluate("(button) => { button.click(); return button.ariaBusy; }") == "true"
        await stopping.send("Page.stopLoading")

    await page.get_by_label("Name", exact=True).fill(person.name)
    await page.get_by_label("Password", exact=True).fill("shrt")
    await press_and_stop()
    await page.get_by_label("Password", exact=True).fill(f"not {PASSWORD}")
    await press_and_stop()
    await page.keyboard.press("Escape")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    line.delay = 0
    await button.click()
    await expect(page.get_by_text("No trades yet")).to_be_visible()
    await page.wait_for_load_state("networkidle")  # what is cut off now the browser would complain of


async def test_eight_presses_make_one_trade_also_when_the_answer_was_lost(newcomer: Newcomer, line: Line) -> None:
    person = await newcomer("Sam", line=line)
    page = person.page
    await person.visit("/trades/new")
    await page.wait_for_function("window.socket?.connected")  # of a line that is cut while it opens browsers complain
    line.delay = 0.2
    await _slow_down(page)
    await person.fill_draft(title="Made once", price="10")
    await _press_often(page.get_by_role("button", name="Create trade", exact=True))
    await page.wait_for_function(_NAMED)  # it is on its way
    await page.evaluate("window.socket.disconnect(); location.reload()")  # the answer reaches nobody
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Made once")
    await expect(page.locator(".recap")).to_contain_text("$10.00")
    await _press_often(page.get_by_role("button", name="Create trade", exact=True))
    await Room(page).entered()
    line.delay = 0
    await person.visit("/trades")
    await expect(page.get_by_test_id("trade")).to_have_count(1)


async def test_a_request_that_is_sent_again_because_its_answer_was_lost_is_recorded_once(
    newcomer: Newcomer, line: Line
) -> None:
    _, _, seller, buyer = await meet(newcomer, line=line)
    line.delay = 0.2
    words = buyer.dialog.get_by_label("What would you like changed?")
    await buyer.open("Request amendment")
    await words.fill("A bench")
    await _press_often(buyer.button("Send request"))
    await buyer.page.wait_for_function(_NAMED)  # it is on its way
    await buyer.page.evaluate("window.socket.disconnect(); location.reload()")  # the answer reaches nobody
    await expect(seller.part("request")).to_be_visible()
    await buyer.entered()
    await buyer.open("Request amendment")
    await expect(words).to_have_value("A bench")
    await buyer.confirm("Send request")
    assert await buyer.page.evaluate(_STORED) == []
    await buyer.say("You have it now")
    await expect(seller.message("You have it now")).to_be_visible()
    await expect(seller.messages.get_by_text("A bench")).to_have_count(1)
    await expect(seller.timeline.locator("[data-kind=amendment_requested]")).to_have_count(1)


async def test_what_is_sent_while_the_line_is_down_waits_and_is_recorded_once(newcomer: Newcomer, line: Line) -> None:
    person: Person
    _, person, seller, buyer = await meet(newcomer, line=line)
    person.expects(r"WebSocket connection|net::ERR_")
    waiting = buyer.page.locator(".waiting .message")
    line.fall_silent()  # nobody knows yet: it is sent, and lost
    await buyer.field.fill("Into the dark")
    await buyer.field.press("Enter")
    line.cut()
    await expect(buyer.part("connection")).to_contain_text("Not connected")
    await buyer.field.fill("And when it was known")
    await buyer.field.press("Enter")
    await buyer.field.fill("Half-wri")
    await expect(waiting).to_have_count(2)
    await expect(waiting.last).to_have_text("And when it was knownWaiting to be sent")
    await expect(buyer.field).to_have_value("Half-wri")
    line.mend()
    await expect(seller.message("And when it was known")).to_be_visible(timeout=20_000)
    await expect(waiting).to_have_count(0)
    for text in ("Into the dark", "And when it was known"):
        await expect(seller.message(text)).to_have_count(1)
        await expect(buyer.message(text)).to_have_count(1)
    assert await buyer.page.evaluate(_STORED) != []  # the other half of a sentence
    await buyer.reload()
    await expect(buyer.field).to_have_value("Half-wri")


async def test_what_was_refused_comes_back_before_what_was_typed_since(newcomer: Newcomer, line: Line) -> None:
    _, _, seller, buyer = await meet(newcomer, line=line)
    line.delay = 0.3
    await buyer.field.fill("Not\x01sendable")
    await buyer.field.press("Enter")
    await expect(buyer.field).to_have_value("")
    await buyer.page.keyboard.type("and more")
    await expect(buyer.field).to_have_value("Not\x01sendable\nand more")
    await expect(buyer.page.locator(".composer [role=alert]")).to_contain_text("cannot be shown")
    await expect(buyer.field).to_have_attribute("aria-invalid", "true")
    await buyer.field.fill("Sendable")
    await expect(buyer.page.locator(".composer [role=alert]")).to_be_empty()
    await buyer.field.press("Enter")
    await expect(seller.message("Sendable")).to_have_count(1)


async def test_several_that_were_refused_come_back_in_their_order(newcomer: Newcomer, line: Line) -> None:
    person: Person
    _, person, seller, buyer = await meet(newcomer, line=line)
    person.expects(r"WebSocket connection|net::ERR_")
    line.cut()
    await expect(buyer.part("connection")).to_contain_text("Not connected")
    for text in ("First\x01", "Sendable", "Second\x01"):
        await buyer.field.fill(text)
        await buyer.field.press("Enter")
    await buyer.field.fill("and more")
    line.mend()
    await expect(seller.message("Sendable")).to_have_count(1, timeout=20_000)
    await expect(buyer.page.locator(".waiting .message")).to_have_count(0)
    await expect(buyer.field).to_have_value("First\x01\nSecond\x01\nand more")
