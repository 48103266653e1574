"""Single keys in a room: they act where nobody types, and can be switched off (WCAG 2.1.4)."""

import pytest
from playwright.async_api import expect

from tests.e2e.room import Room

_LIST = "Keyboard shortcuts"


async def test_keys_lead_to_the_message_the_offer_the_acceptance_and_their_list(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for room, key, button in (
        (seller, "o", "Save changes"),
        (buyer, "o", "Send offer"),
        (buyer, "a", "Accept these terms"),
    ):
        await room.page.keyboard.press(key)
        await expect(room.button(button)).to_be_visible()
        await room.confirm("Cancel")
    await expect(buyer.status).to_have_text("In negotiation")
    await seller.page.keyboard.press("a")
    await seller.page.keyboard.press("/")
    await expect(seller.field).to_be_focused()
    await expect(seller.field).to_have_value("")
    await expect(seller.dialog).to_have_count(0)
    await buyer.page.keyboard.press("?")
    shown = buyer.page.get_by_role("dialog", name=_LIST)
    await expect(shown).to_be_visible()
    await expect(shown.get_by_text("The same, where Enter breaks the line")).to_be_visible()
    await expect(shown.get_by_text("Ctrl+Enter", exact=True)).to_be_visible()
    await buyer.page.keyboard.press("Escape")
    await expect(shown).to_have_count(0)
    await buyer.page.set_viewport_size({"width": 320, "height": 568})
    await buyer.page.keyboard.press("?")
    await expect(shown).to_be_visible()
    keys = "list => [...list.querySelectorAll('kbd')].map(key => [key.offsetHeight, key.getBoundingClientRect().right])"
    heights, ends = zip(*await shown.evaluate(keys), strict=True)
    assert len(set(heights)) == 1, "a key's name is broken"
    assert max(ends) <= 320, "a key's name is cut"
    await buyer.page.keyboard.press("Escape")
    await buyer.page.set_viewport_size({"width": 390, "height": 844})
    await buyer.page.keyboard.press("o")
    await expect(buyer.button("Send offer")).to_be_visible()


async def test_no_key_acts_while_somebody_types_or_is_in_a_dialog(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    await buyer.field.press_sequentially("a/o?")
    await expect(buyer.field).to_have_value("a/o?")
    await expect(buyer.dialog).to_have_count(0)
    await buyer.open("Accept deal")
    for key in ("o", "?", "/"):
        await buyer.page.keyboard.press(key)
    await expect(buyer.dialog).to_have_count(1)
    await expect(buyer.field).not_to_be_focused()
    await buyer.confirm("Cancel")
    await buyer.button("Accept deal").focus()
    for key in ("Control+o", "Meta+a", "Alt+a", "Shift+A"):
        await buyer.page.keyboard.press(key)
    await expect(buyer.dialog).to_have_count(0)


@pytest.mark.parametrize("told", [{"isComposing": True}, {"keyCode": 229}, {"repeat": True}])
async def test_no_key_acts_while_an_input_method_composes_or_is_held_down(
    rooms: tuple[Room, Room], told: dict[str, object]
) -> None:
    _, buyer = rooms
    await buyer.button("Accept deal").dispatch_event("keydown", {"key": "a", "bubbles": True, **told})
    await buyer.page.keyboard.press("/")
    await expect(buyer.field).to_be_focused()
    await expect(buyer.dialog).to_have_count(0)


async def test_the_keys_can_be_switched_off_and_on_again(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    page = seller.page
    await page.keyboard.press("?")
    shown = page.get_by_role("dialog", name=_LIST)
    await shown.get_by_role("checkbox").uncheck()
    await shown.get_by_role("button", name="Close").click()
    await seller.reload()
    for key in ("o", "?", "/"):
        await page.keyboard.press(key)
    await expect(seller.field).not_to_be_focused()
    await expect(seller.dialog).to_have_count(0)
    await page.get_by_role("link", name="My trades").click()
    await page.get_by_role("button", name=_LIST).click()
    await expect(shown.get_by_role("checkbox")).not_to_be_checked()
    await shown.get_by_role("checkbox").check()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=_LIST)).to_be_focused()
