"""On paper: the room as it was loaded, light in any theme, and the document that has all of it."""

import re

from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.room import Room

_A4 = ViewportSize(width=718, height=1047)
"""A page without its margins, in CSS pixels."""


async def is_light(page: Page) -> bool:
    """Dark words on a light ground."""
    told: list[str] = await page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('h1')).color]"
    )
    ground, words = (sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in told)
    return ground > 700 and words < 200


async def pages_of(page: Page) -> int:
    """How many sheets of paper it takes."""
    pdf = await page.pdf(format="A4", print_background=True)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


async def test_a_room_prints_as_a_document_that_says_where_all_of_it_is(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    page = buyer.page
    for number in range(12):
        await buyer.say(f"Message {number}\n" + "and more of it\n" * 6)
    await seller.amend(price="900")
    await expect(buyer.part("price")).to_have_text("$900.00")
    await page.set_viewport_size(_A4)
    await page.emulate_media(media="print", color_scheme="dark")
    assert await is_light(page)
    for name in ("Accept deal", "More actions", "Deal and history", "Send", "Sign out"):
        await expect(buyer.button(name)).to_be_hidden()
    await expect(buyer.field).to_be_hidden()
    await expect(buyer.button("Notifications")).to_be_hidden()
    await expect(page.get_by_text("New here?")).to_be_hidden()
    for part in (buyer.status, buyer.part("price"), buyer.part("description"), buyer.part("version")):
        await expect(part).to_be_visible()
    flow = page.locator(".flow")
    assert await flow.evaluate("flow => flow.scrollHeight <= flow.clientHeight"), "the conversation is cut"
    notice = "getComputedStyle(document.querySelector('.print'), '::after').content"
    assert "All of it" in await page.evaluate(notice)
    for kind in (".message", ".offer"):
        assert await page.locator(kind).first.evaluate("element => getComputedStyle(element).breakInside") == "avoid"
    assert await pages_of(page) > 1


async def test_the_printout_has_the_conversation_from_its_beginning(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    page = buyer.page
    for number in range(35):  # more than a room shows at first
        await seller.say(f"Message {number}")
    await buyer.open_sheet()
    await page.get_by_role("link", name="Print", exact=True).click()
    await page.wait_for_url("**/print")  # the room has the same heading
    await expect(page.get_by_role("heading", level=1)).to_have_text("Oak table")
    entries = page.locator(".entry")
    assert await entries.get_by_text(re.compile(r"^Message \d+$")).all_inner_texts() == [
        f"Message {number}" for number in range(35)
    ]
    await page.evaluate("window.print = () => { window.printed = true; }")
    await page.get_by_role("button", name="Print", exact=True).click()
    assert await page.evaluate("printed")
    await page.emulate_media(media="print", color_scheme="dark")
    assert await is_light(page)
    await expect(page.get_by_role("button", name="Print", exact=True)).to_be_hidden()
    assert await entries.first.evaluate("entry => getComputedStyle(entry).breakInside") == "avoid"
    assert await pages_of(page) > 1
    for width in (320, 1440):
        await page.emulate_media(media="screen")
        await page.set_viewport_size({"width": width, "height": 700})
        assert await page.evaluate("document.scrollingElement.scrollWidth") <= width
    await page.get_by_role("link", name="Back to the room", exact=True).click()
    await buyer.entered()
