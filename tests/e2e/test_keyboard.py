"""Without a mouse."""

from playwright.async_api import Locator, Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import PASSWORD, Person, Room

# Between the last element of a page and its first, the focus belongs to the browser's own bar: then it is on the body.
_INSIDE = "(focused => focused === document.body || focused.closest('[role=dialog]') !== null)(document.activeElement)"


async def _press_escape(page: Page) -> None:
    await page.keyboard.press("Escape")


async def _click_beside(page: Page) -> None:
    await page.mouse.click(5, 300)


async def tab_to(wanted: Locator) -> None:
    """Press Tab until the element has the focus, which must show."""
    await expect(wanted).to_be_visible()
    for _ in range(40):
        if await wanted.evaluate("element => element === document.activeElement"):
            break
        await wanted.page.keyboard.press("Tab")
    await expect(wanted).to_be_focused()


async def test_a_trade_is_made_and_accepted_without_a_mouse(stranger: Newcomer) -> None:
    seller, buyer = await stranger("Sam"), await stranger("Bea")
    await seller.visit("/trades/new")
    await tab_to(seller.page.get_by_label("Name", exact=True))
    await seller.page.keyboard.type(seller.name)
    await tab_to(seller.page.get_by_label("Password", exact=True))
    await seller.page.keyboard.type(PASSWORD)
    await tab_to(seller.page.get_by_role("button", name="Create account"))
    await seller.page.keyboard.press("Enter")
    await seller.page.wait_for_url("**/trades/new")
    for label, text in (("Title", "Oak table"), ("Price", "1000"), ("Quantity", "")):
        await tab_to(seller.page.get_by_label(label, exact=True))
        await seller.page.keyboard.type(text)
    await tab_to(seller.page.get_by_role("button", name="Create trade"))
    await seller.page.keyboard.press("Enter")
    offered = Room(seller.page)
    await offered.entered()
    await buyer.sign_up(await offered.link())
    entered = Room(buyer.page)
    await entered.entered()
    await tab_to(entered.page.get_by_role("tab", name="Activity timeline"))
    await entered.page.keyboard.press("ArrowRight")
    await entered.page.keyboard.press("Enter")
    await expect(entered.versions.get_by_text("Version 1")).to_be_visible()
    await tab_to(entered.field)
    await entered.page.keyboard.type("All fine.")
    await tab_to(entered.button("Send"))
    await entered.page.keyboard.press("Space")
    await expect(offered.message("All fine.")).to_be_visible()
    await tab_to(entered.button("Accept deal"))
    await entered.page.keyboard.press("Enter")
    await tab_to(entered.button("Accept these terms"))
    await entered.page.keyboard.press("Escape")
    await expect(entered.dialog).to_have_count(0)
    await expect(entered.button("Accept deal")).to_be_focused()
    await entered.page.keyboard.press("Enter")
    await tab_to(entered.button("Accept these terms"))
    await entered.page.keyboard.press("Enter")
    await expect(offered.status).to_have_text("Accepted")


async def test_a_dialog_keeps_the_focus_inside(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    dialog = await seller.open("Amend deal")
    await expect(dialog.get_by_label("Price", exact=True)).to_be_focused()
    for _ in range(12):
        await seller.page.keyboard.press("Tab")
        assert await seller.page.evaluate(_INSIDE)


async def test_escape_or_a_click_beside_a_dialog_asks_before_it_discards(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for room, button, label, text in (
        (seller, "Amend deal", "Reason for change", "A full truck"),
        (buyer, "Request amendment", "What would you like changed?", "The carriage"),
    ):
        for leave in (_press_escape, _click_beside):
            dialog = await room.open(button)
            await leave(room.page)
            await expect(room.dialog).to_have_count(0)
            await room.open(button)
            field = dialog.get_by_label(label, exact=True)
            await field.fill(text)
            await leave(room.page)
            await expect(dialog.get_by_role("alert").filter(has_text="Discard what you typed?")).to_be_visible()
            await expect(dialog.get_by_role("button", name="Keep typing")).to_be_focused()
            await leave(room.page)
            await expect(dialog.get_by_role("button", name="Keep typing")).to_be_focused()
            await room.page.keyboard.press("Enter")
            await expect(dialog.get_by_text("Discard what you typed?")).to_have_count(0)
            await expect(field).to_be_focused()
            await expect(field).to_have_value(text)
            await room.page.keyboard.type(", yes")
            await leave(room.page)
            await dialog.get_by_role("button", name="Discard").click()
            await expect(room.dialog).to_have_count(0)
    await buyer.open("Accept deal")
    await buyer.page.keyboard.press("Escape")
    await expect(buyer.dialog).to_have_count(0)


_COMPOSED = "にほん"
_HEAR = """() => {
    window.composing = [];
    window.heard = 0;
    const hear = (on, told) => on.addEventListener('keydown', (e) => e.key === 'Enter' && told(e), true);
    hear(window, (e) => window.composing.push([e.isComposing, e.keyCode]));
    hear(document, () => window.heard++);
}"""


async def _compose(page: Page, *labels: str) -> None:
    """Compose in the fields by a real input method, and press Enter in the middle, and as Safari tells it afterwards
    (229): nothing hears of it."""
    keys = await page.context.new_cdp_session(page)

    async def press_enter(code: int) -> None:
        for kind in ("rawKeyDown", "keyUp"):
            enter = {"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
            await keys.send("Input.dispatchKeyEvent", enter)

    await page.evaluate(_HEAR)
    for label in labels:
        field = page.get_by_label(label, exact=True)
        await field.fill("")
        await field.focus()
        end = len(_COMPOSED)
        await keys.send("Input.imeSetComposition", {"text": _COMPOSED, "selectionStart": end, "selectionEnd": end})
        await press_enter(13)
        await keys.send("Input.insertText", {"text": _COMPOSED})
        await press_enter(229)
        await expect(field).to_have_value(_COMPOSED)
    assert await page.evaluate("window.composing") == [[True, 13], [False, 229]] * len(labels)
    assert await page.evaluate("window.heard") == 0


async def test_enter_belongs_to_an_input_method_while_it_composes_in_every_field(
    people: tuple[Person, Person], rooms: tuple[Room, Room], stranger: Newcomer
) -> None:
    (person, _), (seller, buyer) = people, rooms
    await _compose(buyer.page, "Message")
    await buyer.field.press("Enter")
    await expect(buyer.field).to_have_value("")
    await expect(seller.messages.get_by_text(_COMPOSED)).to_have_count(1)
    await seller.open("Amend deal")
    await _compose(seller.page, "Price", "Quantity", "Description", "Reason for change")
    eve, tab = await stranger("Eve"), await person.another_tab()
    await person.visit("/activity", tab)
    await _compose(tab, "Search by title")
    await person.visit("/trades/new", tab)
    await _compose(tab, "Title", "Description", "Price", "Quantity", "Unit", "Buyer name", "Expires in (minutes)")
    await eve.visit("/")
    await _compose(eve.page, "Name", "Password")
