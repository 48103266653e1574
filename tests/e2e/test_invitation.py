"""Bringing the link to the buyer: by the clipboard where there is one, by hand, by mail, by a code to scan."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.test_layout import expect_no_sideways_scroll, names, resize

_BY_HAND = "This browser does not let a page copy. The link is selected: please copy it from there."
# What plain http on another host is like: there is no clipboard at all; and a browser that has one and says no.
_FORBIDDEN = {
    "none": "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})",
    "denied": "Clipboard.prototype.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))",
}


async def selected(page: Page) -> str:
    """What would be copied by hand."""
    return str(await page.evaluate("getSelection().toString()"))


async def test_the_dialog_copies_the_link_without_a_word_too_early(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam", permissions=["clipboard-read", "clipboard-write"])
    room = await seller.create_trade()
    link = await room.link()
    dialog = await room.open("Invitation")
    await dialog.get_by_role("button", name="Copy link", exact=True).click()
    await expect(seller.page.get_by_text("Link copied")).to_be_visible()
    assert await seller.page.evaluate("navigator.clipboard.readText()") == link


@pytest.mark.parametrize("why", _FORBIDDEN)
async def test_where_nothing_can_be_copied_the_link_is_selected_and_the_sentence_says_so(
    newcomer: Newcomer, why: str
) -> None:
    seller = await newcomer("Sam")
    await seller.context.add_init_script(_FORBIDDEN[why])
    room = await seller.create_trade()
    link, copied = await room.link(), seller.page.get_by_text("Link copied")
    await room.button("Copy link").click()
    await expect(seller.page.get_by_text(_BY_HAND)).to_be_visible()
    assert await selected(seller.page) == link
    await expect(copied).to_have_count(0)
    await seller.page.evaluate("getSelection().removeAllRanges()")
    dialog = await room.open("Invitation")
    await dialog.get_by_role("button", name="Copy link", exact=True).click()
    await seller.page.wait_for_function("link => getSelection().toString() === link", arg=link)
    assert await dialog.evaluate("dialog => dialog.contains(getSelection().anchorNode)")
    await seller.visit("/trades")
    await seller.page.get_by_role("button", name="Copy link", exact=True).click()
    await expect(seller.page.get_by_role("dialog").get_by_text(_BY_HAND)).to_be_visible()
    await seller.page.wait_for_function("link => getSelection().toString() === link", arg=link)
    await expect(copied).to_have_count(0)


async def test_the_link_can_be_mailed_and_scanned_at_every_width(people: tuple[Person, Person]) -> None:
    seller, _ = people
    title = "R&D: 100 % \N{LEFT DOUBLE QUOTATION MARK}oak\N{RIGHT DOUBLE QUOTATION MARK} <b>table</b>"
    room = await seller.create_trade(title=title)
    link = await room.link()
    dialog = await room.open("Invitation")
    mail = await dialog.get_by_role("link", name="Mail", exact=True).evaluate("link => link.href")
    subject, body = await seller.page.evaluate(
        "href => ['subject', 'body'].map(name => new URL(href).searchParams.get(name))", mail
    )
    assert subject == f"Invitation to negotiate: {title}"
    assert link in body
    for size in ((1440, 900), (768, 1024), (390, 844), (320, 568)):
        await resize(seller.page, size)
        await expect_no_sideways_scroll(seller.page)
        code = dialog.get_by_role("img", name="QR code of the invitation link")
        await code.scroll_into_view_if_needed()
        await expect(code).to_be_in_viewport(ratio=1)
        box = await code.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 150, "a phone could not read it"
    found = await names(seller.page)
    assert {"Copy link", "Mail", "Renew link"} <= found.keys()
    assert max(found.values()) == 1, found


async def test_the_code_stays_dark_on_light_in_the_dark(newcomer: Newcomer) -> None:
    for scheme in ("light", "dark"):
        seller = await newcomer("Sam", color_scheme=scheme)
        room = await seller.create_trade()
        dialog = await room.open("Invitation")
        colours = await dialog.locator(".qr path").evaluate_all(
            "paths => paths.map(path => [getComputedStyle(path).fill, getComputedStyle(path).stroke])"
        )
        assert colours[0][0] == "rgb(255, 255, 255)"
        assert colours[1][1] == "rgb(0, 0, 0)"


async def test_opening_a_draft_leaves_the_room_as_it_is(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    dialog = await seller.open("Invitation")
    await dialog.get_by_role("link", name="Mail", exact=True).click()
    await expect(dialog.get_by_role("button", name="Copy link", exact=True)).to_be_visible()
    await seller.confirm("Close")
    await seller.say("Still here")
    await expect(seller.page).to_have_url(re.compile("/room/"))


async def test_a_double_press_renews_the_link_once(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    dialog = await seller.open("Invitation")
    await dialog.get_by_role("button", name="Renew link", exact=True).dblclick()
    await expect(seller.dialog).to_have_count(0)
    await seller.say("That was all")
    await expect(seller.timeline.get_by_text("You renewed the invitation link")).to_have_count(1)
