"""What was typed and is not recorded comes back, to whoever typed it and to nobody else, and is not sent by itself."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import DRAFTABLE, Person, Room
from tests.e2e.stories import meet

_BY_SELLER = {
    "Amend deal": {"Price": "950.50", "Quantity": "3", "Description": "Oiled, ", "Reason for change": "Half-wri"},
    "Withdraw offer": {"Reason": "Sold else"},
    "Extend": {"Extend by (minutes)": "45"},
}
_BY_BUYER = {
    "Counter-offer": {"Price": "900", "Quantity": "4", "Description": "Waxed", "Reason for change": "A full tru"},
    "Request amendment": {"What would you like changed?": "Could you\nadd a ben"},
    "Reject deal": {"Reason": "Too de"},
}
_DRAFT = {
    "title": "Oak table",
    "description": "Two\nmetres",
    "price": "1000",
    "quantity": "4",
    "buyer": "Nobody",
    "minutes": "45",
}
_STORED = "Object.keys(sessionStorage).filter((key) => key.startsWith('typed '))"


async def _type_everywhere(room: Room, dialogs: dict[str, dict[str, str]], message: str) -> None:
    """Type into every dialog, and lose each with the page."""
    await room.field.fill(message)
    for button, fields in dialogs.items():
        await room.open(button)
        for label, text in fields.items():
            await room.dialog.get_by_label(label, exact=True).fill(text)
        await room.reload()


async def _expect_everything(room: Room, dialogs: dict[str, dict[str, str]], message: str) -> None:
    await expect(room.field).to_have_value(message)
    for button, fields in dialogs.items():
        await room.open(button)
        for label, text in fields.items():
            await expect(room.dialog.get_by_label(label, exact=True)).to_have_value(text)
        await expect(room.dialog.get_by_text("What you typed before is back.")).to_be_visible()
        await room.page.keyboard.press("Escape")
        await room.button("Keep typing").click()  # the server knows what is in the fields
        await room.reload()


async def test_what_was_typed_in_a_room_comes_back_after_a_reload_and_is_not_sent(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await expect(seller.messages).to_contain_text("saw version 1")
    said = await seller.messages.inner_text()
    for room, dialogs in ((seller, _BY_SELLER), (buyer, _BY_BUYER)):
        await _type_everywhere(room, dialogs, "I think\nthat")
        await _expect_everything(room, dialogs, "I think\nthat")
    await expect(seller.typing).to_have_count(0)
    assert await seller.messages.inner_text() == said
    await expect(seller.part("price")).to_have_text("$1,000.00")


async def test_what_came_back_can_be_discarded_and_what_is_recorded_is_forgotten(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await _type_everywhere(seller, {"Amend deal": {"Price": "950", "Reason for change": "Half-wri"}}, "")
    dialog = await seller.open("Amend deal")
    await expect(dialog.get_by_text("$1,900.00")).to_be_visible()  # the total of what came back
    await dialog.get_by_role("button", name="Start over").click()
    await expect(dialog.get_by_label("Price", exact=True)).to_have_value("1000.00")
    await expect(dialog.get_by_label("Reason for change")).to_have_value("")
    await expect(dialog.get_by_text("What you typed before is back.")).to_be_hidden()
    await seller.fill(price="940")
    await seller.confirm("Cancel")
    await seller.open("Amend deal")
    await expect(seller.dialog.get_by_label("Price", exact=True)).to_have_value("1000.00")
    await seller.fill(price="930", reason="Less")
    await seller.confirm("Save changes")
    await buyer.say("Fine")
    for room in rooms:
        assert await room.page.evaluate(_STORED) == []


async def test_a_half_filled_new_trade_comes_back_and_a_made_one_is_forgotten(newcomer: Newcomer) -> None:
    person = await newcomer("Sam")
    page = person.page
    await person.visit("/trades/new")
    await person.fill_draft(**_DRAFT)
    await page.get_by_label("Currency").select_option("EUR")
    await page.get_by_label("Private").check()
    await person.visit("/trades/new?title=Another")
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Another")
    await page.go_back()
    await _expect_draft(page)
    await expect(page.locator(".recap")).to_contain_text("€4,000.00")  # the server knows
    await page.reload()
    await _expect_draft(page)
    await person.fill_draft(buyer="")
    await page.get_by_role("button", name="Create trade", exact=True).dblclick()
    await Room(page).entered()
    assert await page.evaluate(_STORED) == []
    await expect(Room(page).part("price")).to_have_text("€1,000.00")
    await person.visit("/trades")
    await expect(page.get_by_test_id("trade")).to_have_count(1)


@pytest.mark.parametrize(
    ("way", "label", "typed", "unit"),
    [("Hours", "(hours)", "", "hour"), ("Days", "(days)", "3", "days"), ("Time", "at", "", "minutes")],
)
async def test_a_deadline_comes_back_as_it_was_asked_for_and_typed(
    newcomer: Newcomer, way: str, label: str, typed: str, unit: str
) -> None:
    """In hours 30 minutes are 1, which nobody has typed: after a reload it would be 30 hours."""
    person = await newcomer("Sam")
    page = person.page
    await person.visit("/trades/new")
    await page.get_by_role("button", name=way, exact=True).click()
    field = page.get_by_label(re.compile(rf"^Expires (in )?{re.escape(label)}$"))
    if typed:
        await field.fill(typed)
    shown = await field.input_value()
    await page.reload()
    await expect(field).to_have_value(shown)
    await expect(page.get_by_role("button", name=way, exact=True)).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".recap dd").first).to_have_text(re.compile(rf" {unit} from now$"))
    await page.get_by_role("button", name="Start over").click()
    await expect(page.get_by_label(DRAFTABLE["minutes"], exact=True)).to_have_value("30")


async def test_an_extension_until_a_time_comes_back_as_one(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    dialog = await seller.open("Extend")
    await seller.button("Time").click()
    field = dialog.get_by_label("Extend until", exact=True)
    soon = await field.input_value()
    await seller.button("1 day").click()
    await expect(field).not_to_have_value(soon)
    shown = await field.input_value()
    await expect(dialog).to_contain_text(f"{shown[-5:]}.")
    await seller.reload()
    await seller.open("Extend")
    await expect(field).to_have_value(shown)
    await expect(seller.button("Time")).to_have_attribute("aria-pressed", "true")
    await expect(dialog).to_contain_text("Extended, it ends at")
    await seller.confirm("Extend deadline")
    await expect(buyer.part("deadline")).to_contain_text(shown[-5:])


async def _expect_draft(page: Page) -> None:
    for name, text in _DRAFT.items():
        await expect(page.get_by_label(DRAFTABLE[name], exact=True)).to_have_value(text)
    await expect(page.get_by_label("Currency")).to_have_value("EUR")
    await expect(page.get_by_label("Private")).to_be_checked()
    await expect(page.get_by_text("What you typed before is back.")).to_be_visible()


async def _sign_in(person: Person, name: str) -> None:
    await person.visit("/")
    await person.enter_name_and_password("Sign in", name=name)
    await person.page.wait_for_url("**/trades")


async def test_nobody_else_in_the_same_tab_sees_it_and_signing_out_elsewhere_loses_nothing(
    people: tuple[Person, Person], rooms: tuple[Room, Room], newcomer: Newcomer
) -> None:
    (seller, buyer), (offered, entered) = people, rooms
    link = entered.page.url
    await entered.field.fill("Between us")
    await entered.open("Request amendment")
    await entered.dialog.get_by_label("What would you like changed?").fill("A bench")
    tab = await buyer.another_tab()
    await buyer.visit("/trades", tab)
    await tab.get_by_role("button", name="Sign out").click()
    await expect(entered.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    await _sign_in(buyer, seller.name)
    await buyer.enter(link)
    await expect(entered.field).to_have_value("")
    await buyer.context.clear_cookies()
    await _sign_in(buyer, buyer.name)
    await buyer.enter(link)
    await expect(entered.field).to_have_value("Between us")
    await entered.open("Request amendment")
    await expect(entered.dialog.get_by_label("What would you like changed?")).to_have_value("A bench")
    await entered.reload()
    await entered.button("Sign out").click()  # by the button, in this tab: nothing is left in it
    await expect(entered.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    assert await entered.page.evaluate(_STORED) == []
    await expect(offered.messages.get_by_text("Between us")).to_have_count(0)


async def test_signing_out_without_a_line_loses_nothing_of_who_stays_signed_in(newcomer: Newcomer, line: Line) -> None:
    person: Person
    _, person, seller, buyer = await meet(newcomer, line=line)
    link = buyer.page.url
    person.expects(r"WebSocket connection|net::ERR_")
    line.cut()
    await expect(buyer.part("connection")).to_contain_text("Not connected")
    await buyer.field.fill("Waits")
    await buyer.field.press("Enter")
    await buyer.field.fill("Half-wri")
    await buyer.button("Sign out").click(no_wait_after=True)
    await expect(buyer.page).to_have_url("chrome-error://chromewebdata/")
    line.mend()
    await person.enter(link)
    await expect(seller.message("Waits")).to_have_count(1)
    await expect(buyer.field).to_have_value("Half-wri")


async def test_what_is_typed_before_a_chip_has_filled_the_field_stays(newcomer: Newcomer, line: Line) -> None:
    """On a slow line the field showed 24 hours, and the trade had five."""
    person = await newcomer("Sam", line=line)
    page = person.page
    await person.visit("/trades/new")
    await page.wait_for_function("window.socket?.connected")
    await person.fill_draft(title="Oak table", price="10")
    await page.get_by_role("button", name="Days", exact=True).click()
    field = page.get_by_label(re.compile("^Expires in"))
    await expect(field).to_have_value("1")
    line.delay = 0.3
    await page.get_by_role("button", name="Hours", exact=True).click()
    await field.fill("5")
    await expect(page.locator(".recap")).to_contain_text("5 hours from now")
    await expect(page.get_by_label("Expires in (hours)", exact=True)).to_have_value("5")
    await page.reload()
    await expect(page.get_by_label("Expires in (hours)", exact=True)).to_have_value("5")
    await expect(page.locator(".recap")).to_contain_text("5 hours from now")
    await page.get_by_role("button", name="Days", exact=True).click()
    await expect(page.get_by_label("Expires in (days)", exact=True)).to_have_value("1")
