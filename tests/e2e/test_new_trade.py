"""A new trade in a real browser: what it amounts to shows while one types, at one message for each pause."""

import re

from playwright.async_api import expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Room


async def test_the_summary_follows_the_form_with_one_message_for_a_pause(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam")
    page, sent = seller.page, []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    await seller.visit("/trades/new")
    said = page.get_by_role("complementary", name="Summary")
    await expect(said).to_contain_text("30 minutes from now")
    await page.get_by_label("Price", exact=True).focus()
    sent.clear()
    await page.keyboard.type("1000.50", delay=30)
    await expect(said).to_contain_text("$1,000.50 × 1")
    assert len([frame for frame in sent if "1000" in str(frame) or "value" in str(frame)]) == 1
    await page.get_by_label("Currency", exact=True).select_option("EUR")
    await page.get_by_label("Quantity", exact=True).fill("40")
    await page.get_by_label("Unit", exact=True).fill("per pallet")
    await expect(said).to_contain_text("€40,020.00")
    await expect(said).to_contain_text("€1,000.50 per pallet × 40")
    await page.get_by_label("Private", exact=True).check()
    await expect(said).to_contain_text("Private")
    await page.get_by_role("button", name="Hours", exact=True).click()
    await page.get_by_label("Expires in (hours)", exact=True).fill("48")
    await expect(said).to_contain_text("2 days from now")
    await page.get_by_role("button", name="Time", exact=True).click()
    await expect(page.get_by_label("Expires at", exact=True)).to_have_value(re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d"))
    await page.get_by_label("Title", exact=True).fill("Oak flooring")
    await page.get_by_role("button", name="Create trade", exact=True).click()
    room = Room(page)
    await room.entered()
    await expect(room.part("price")).to_contain_text("€1,000.50")


async def test_enter_hands_in_what_was_typed_just_now(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam")
    await seller.visit("/trades/new")
    await seller.page.get_by_label("Title", exact=True).fill("Typed fast")
    await seller.page.get_by_label("Price", exact=True).focus()
    await seller.page.keyboard.type("77.10")
    await seller.page.keyboard.press("Enter")
    room = Room(seller.page)
    await room.entered()
    await expect(room.part("price")).to_contain_text("$77.10")


async def test_the_whole_row_of_my_trades_leads_to_the_room(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam")
    await seller.create_trade(title="Oak table")
    await seller.visit("/trades")
    row = seller.page.get_by_test_id("trade")
    await expect(seller.page.get_by_role("heading", name="Waiting")).to_be_visible()
    await row.get_by_role("button", name="Copy link").click()
    await expect(seller.page).to_have_url(seller.at("/trades"))
    await seller.page.reload()
    await row.click(position={"x": 80, "y": 20})
    await Room(seller.page).entered()


async def test_what_a_program_fills_in_and_tells_as_changed_only_is_in_the_form(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam")
    page = seller.page
    await seller.visit("/trades/new")
    await page.wait_for_function("window.socket?.connected")
    for label, text in {"Title": "Oak flooring", "Price": "1000.50", "Quantity": "3"}.items():
        await page.get_by_label(label, exact=True).evaluate(
            "(field, text) => { field.value = text; field.dispatchEvent(new Event('change', {bubbles: true})); }", text
        )
    await expect(page.get_by_role("complementary", name="Summary")).to_contain_text("$3,001.50")
    await page.get_by_role("button", name="Create trade", exact=True).click()
    room = Room(page)
    await room.entered()
    await expect(room.part("price")).to_contain_text("$1,000.50")
