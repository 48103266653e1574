"""Where the focus is: it is never lost, the way to it is short, and Enter saves."""

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import PASSWORD, Person, Room

_ACTS = re.compile("Accept deal|Counter-offer|Offer again|Amend deal|Download PDF")


async def expect_focus(page: Page, *, on: str | re.Pattern[str] = "") -> None:
    """Something has the focus that can be seen, of this name where one is given."""
    focused = page.locator(":focus")
    await expect(focused).to_be_visible()
    if on:
        await expect(focused).to_have_accessible_name(on)


async def press(page: Page, *keys: str) -> None:
    for key in keys:
        await page.keyboard.press(key)


async def test_a_button_keeps_the_focus_when_its_block_is_made_anew(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.button("Reject deal").focus()
    await seller.amend(price="900")
    await expect(buyer.part("price")).to_have_text("$900.00")
    await expect_focus(buyer.page, on="Reject deal")
    await seller.button("Amend deal").focus()
    await buyer.request("Before ten, please")
    await expect(seller.part("request")).to_be_visible()
    await expect_focus(seller.page, on="Amend deal")


async def test_a_button_that_goes_leaves_the_focus_to_one_beside_it(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await seller.button("Amend deal").focus()
    await buyer.offer("Counter-offer", price="850")
    await expect(seller.button("Accept deal")).to_be_visible()
    await expect_focus(seller.page, on=_ACTS)
    await expect_focus(buyer.page, on="Change offer")
    await seller.button("Reject deal").focus()
    await seller.page.keyboard.press("Enter")
    await expect(seller.dialog).to_be_visible()
    await seller.confirm("Reject")
    for room in rooms:
        await expect(room.status).to_have_text("Rejected")
        await expect_focus(room.page, on=_ACTS)


async def test_the_focus_survives_a_stale_answer_a_closed_dialog_and_the_acceptance(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.button("Accept deal").focus()
    await buyer.page.keyboard.press("Enter")
    await expect(buyer.button("Accept these terms")).to_be_visible()
    await buyer.button("Accept these terms").focus()
    await seller.amend(price="900")
    await expect_focus(buyer.page, on="Close")
    await buyer.page.keyboard.press("Enter")
    await expect(buyer.dialog).to_have_count(0)
    await expect_focus(buyer.page, on="Accept deal")
    await buyer.page.keyboard.press("Enter")
    await buyer.button("Accept these terms").focus()
    await buyer.page.keyboard.press("Enter")
    await expect(buyer.dialog).to_have_count(0)
    await expect(buyer.status).to_have_text("Accepted")
    await expect_focus(buyer.page, on=_ACTS)


async def test_a_refused_form_and_a_closed_menu_keep_the_focus(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    await seller.open("Extend")
    field = seller.dialog.get_by_label("Extend by (minutes)")
    await field.fill("soon")
    await seller.button("Extend deadline").focus()
    await seller.page.keyboard.press("Space")
    await expect(field).to_be_focused()
    await seller.page.keyboard.press("Escape")
    await seller.button("Discard").press("Enter")
    await expect(seller.dialog).to_have_count(0)
    await expect_focus(seller.page, on="Extend")
    await seller.page.set_viewport_size({"width": 390, "height": 844})
    await seller.button("More actions").focus()
    await press(seller.page, "Enter", "Tab")
    await expect(seller.button("Extend")).to_be_visible()
    await seller.page.keyboard.press("Escape")
    await expect_focus(seller.page, on="More actions")


async def test_three_tabs_lead_from_the_beginning_of_a_page_to_the_message(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, _ = rooms
    await press(seller.page, "Tab")
    await expect_focus(seller.page, on="Skip to messages")
    await press(seller.page, "Enter", "Tab")
    await expect(seller.field).to_be_focused()
    await people[0].visit("/trades")
    await expect(seller.page.get_by_test_id("trade").first).to_be_visible()
    await press(seller.page, "Tab")
    await expect_focus(seller.page, on="Skip to content")
    await press(seller.page, "Enter", "Tab")
    await expect_focus(seller.page, on="New trade")


async def save(field: Locator) -> None:
    """Enter, where it does not break the line; else with Ctrl."""
    is_text = await field.evaluate("field => field.matches('textarea')")
    await field.press("Control+Enter" if is_text else "Enter")


async def test_enter_saves_in_every_dialog(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for room, act, label, text in (
        (seller, "Amend deal", "Quantity", "3"),
        (buyer, "Counter-offer", "Price", "900"),
        (seller, "Counter-offer", "Description", "Three metres, oiled"),
        (seller, "Extend", "Extend by (minutes)", "15"),
        (buyer, "Request amendment", "What would you like changed?", "The carriage"),
        (buyer, "Reject deal", "Reason", "Found one nearby"),
    ):
        await expect(room.button(act)).to_have_count(1)
        field = (await room.open(act)).get_by_label(label, exact=True)
        await field.fill(text)
        await save(field)
        await expect(room.dialog).to_have_count(0)
    for text in ("The carriage", "Found one nearby"):
        await expect(seller.messages.get_by_text(text)).to_have_count(1)
    await expect(seller.status).to_have_text("Rejected")
    await expect(seller.part("quantity")).to_have_text("3")


async def test_on_the_account_page_enter_saves_and_the_focus_goes_to_what_was_wrong(newcomer: Newcomer) -> None:
    bea = await newcomer("Bea")
    await bea.visit("/account")
    old, new, email, password = (
        bea.page.get_by_label(name, exact=True)
        for name in ("Current password", "New password", "E-mail", "Password to change it")
    )
    await old.fill("wrong password")
    await bea.page.get_by_role("button", name="Show password", exact=True).first.click()
    await new.fill("a new password")
    await save(new)
    await expect(old).to_be_focused()
    await expect(old).to_have_attribute("aria-invalid", "true")
    await expect(old).to_have_attribute("type", "text")
    await old.fill(PASSWORD)
    await new.fill("short")
    await save(old)
    await expect(new).to_be_focused()
    await email.fill("bea@example.com")
    await save(email)
    await expect(password).to_be_focused()
    await password.fill(PASSWORD)
    await save(password)
    await expect(bea.page.get_by_text("We have sent a link to bea@example.com.")).to_be_visible()


async def test_arrow_keys_home_and_end_go_through_the_tabs(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    timeline, versions = (
        buyer.page.get_by_role("tab", name=name, exact=True) for name in ("Activity timeline", "Version history")
    )
    await timeline.focus()
    for key, tab, part in (
        ("ArrowRight", versions, "versions"),
        ("ArrowRight", timeline, "timeline"),
        ("ArrowLeft", versions, "versions"),
        ("Home", timeline, "timeline"),
        ("End", versions, "versions"),
    ):
        await buyer.page.keyboard.press(key)
        await expect(tab).to_be_focused()
        await expect(tab).to_have_attribute("aria-selected", "true")
        panel = buyer.page.get_by_role("tabpanel")
        await expect(panel).to_have_count(1)
        await expect(panel.get_by_test_id(part)).to_be_visible()
        assert await panel.get_attribute("id") == await tab.get_attribute("aria-controls")
        assert await panel.get_attribute("aria-labelledby") == await tab.get_attribute("id")


async def test_what_is_wrong_with_a_field_is_its_description(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    dialog = await seller.open("Amend deal")
    price = dialog.get_by_label("Price", exact=True)
    await expect(price).to_have_accessible_description("Now $1,000.00")
    await price.fill("a lot")
    await price.press("Enter")
    await expect(price).to_have_attribute("aria-invalid", "true")
    await expect(price).not_to_have_accessible_description("Now $1,000.00")
    await expect(price).to_have_accessible_description(re.compile("price", re.IGNORECASE))
    await price.fill("900")
    await price.press("Enter")
    await expect(dialog).to_have_count(0)
