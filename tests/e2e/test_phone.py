"""A room in one hand: at any size of a phone, with its keyboard, on its side, and at 400 % zoom."""

from itertools import pairwise

import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.test_layout import _LONGEST, expect_no_sideways_scroll, resize

UPRIGHT = ((320, 568), (390, 844), (430, 932), (719, 900))
LOW = ((390, 360), (320, 300), (740, 360), (932, 430), (320, 200))
"""With the keyboard on the screen, on its side, and a window of 1280 by 800 at 400 %."""
WIDE = ((720, 800), (768, 1024), (880, 900), (1440, 900))
_SHEET, _MENU = "Deal and history", "More actions"
_FRAME = ("My trades", "Activity", "Sign out")


async def box(part: Locator) -> tuple[float, float, float, float]:
    """Left, top, right, bottom."""
    found = await part.bounding_box()
    assert found is not None, part
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


async def expect_in_reach(page: Page, *parts: Locator) -> None:
    """Each is in sight, whole, and nothing lies on top of it."""
    for part in parts:
        await expect(part).to_be_in_viewport(ratio=1)
        await part.click(trial=True)


async def expect_nothing_beyond_the_edge(page: Page) -> None:
    """Nothing that is shown begins or ends beside the window."""
    beyond = await page.evaluate(
        """() => [...document.querySelectorAll('.room *, .bar-top *')].filter((element) => {
            const {left, right, width} = element.getBoundingClientRect();
            return element.checkVisibility() && width > 1 && (right > innerWidth + 1 || left < -1)
                && !element.closest('h1, svg, .who, bdi, b, p');
        }).map((element) => element.outerHTML.slice(0, 160))"""
    )
    assert beyond == []


async def expect_nothing_is_cut_without_a_sign(page: Page) -> None:
    """What does not fit says so by an ellipsis, or scrolls."""
    cut = await page.evaluate(
        """() => [...document.querySelectorAll('.bar *, .left *, .composer *, .bar-top *')].filter((element) => {
            const style = getComputedStyle(element), text = element.textContent.trim();
            return text && element.checkVisibility() && style.clipPath === 'none' && style.overflowX === 'hidden'
                && element.scrollWidth > element.clientWidth + 1 && style.textOverflow !== 'ellipsis'
                && !element.closest('.q-field');
        }).map((element) => element.outerHTML.slice(0, 200))"""
    )
    assert cut == []


@pytest_asyncio.fixture(loop_scope="session")
async def worst(newcomer: Newcomer) -> tuple[Room, Room]:
    """The longest title, price, name and request."""
    phone = {"has_touch": True}
    seller = await newcomer("S" * 80 + " Featherstone", **phone)
    buyer = await newcomer("Bea Featherstonehaugh-" + "B" * 70, **phone)
    offered = await seller.create_trade(**_LONGEST | {"title": _LONGEST["title"] + "x" * 20})
    entered = await buyer.enter(await offered.link())
    await entered.request("Longwordwithoutanybreak" * 60 + " words and words" * 225)
    return offered, entered


async def test_the_worst_content_pushes_nothing_away_at_any_size(worst: tuple[Room, Room]) -> None:
    for room in worst:
        page = room.page
        await room.field.fill("Typed")
        for size in (*UPRIGHT, *LOW, *WIDE):
            await resize(page, size)
            await expect_nothing_beyond_the_edge(page)
            await expect_no_sideways_scroll(page)
            await expect_nothing_is_cut_without_a_sign(page)
            await expect_in_reach(page, room.field, room.button("Send"))
            await expect(room.countdown).to_be_in_viewport(ratio=1)
            await expect(room.part("price")).to_be_in_viewport(ratio=1)
            assert await page.evaluate("document.scrollingElement.scrollHeight <= innerHeight"), size
            # Title, price and time stand beside or below each other, never on top.
            parts = [await box(part) for part in (page.locator(".bar h1"), room.part("price"), room.countdown)]
            for one, other in (*pairwise(parts), (parts[0], parts[2])):
                assert (
                    one[2] <= other[0] + 1 or other[2] <= one[0] + 1 or one[3] <= other[1] + 1 or other[3] <= one[1] + 1
                )
            if size in WIDE:
                await expect(room.button(_MENU)).to_be_hidden()
            else:
                await expect_in_reach(page, room.button(_MENU))
                await expect(page.locator(".menu > :not(nav)").filter(visible=True)).to_have_count(0)


async def test_who_is_there_and_how_is_read_whole_on_any_phone(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    told = seller.part("counterparty").locator("> span")
    await expect(told.locator(".role")).to_be_visible()
    for size in UPRIGHT:
        await resize(seller.page, size)
        await expect(told).to_contain_text("· Buyer · here")
        assert await told.evaluate("(line) => line.scrollWidth <= line.clientWidth"), size


async def test_on_its_side_a_phone_shows_who_is_there_and_how_the_trade_stands(rooms: tuple[Room, Room]) -> None:
    for size in ((640, 400), (740, 360), (932, 430)):
        await resize(rooms[1].page, size)
        who = rooms[1].part("counterparty")
        await expect(who.locator("bdi")).to_be_in_viewport(ratio=0.9)
        for part in (rooms[1].status, who.locator(".role"), who.locator(".note")):
            await expect(part).to_be_in_viewport(ratio=1)
            assert await part.evaluate("(part) => part.scrollWidth <= part.clientWidth + 1 || !part.clientWidth")


async def test_the_outcome_comes_into_sight_wherever_somebody_was_in_the_history(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for step in range(4):
        await seller.amend(price=str(900 - step), description="A line of the description. " * 20)
    await resize(seller.page, (390, 700))
    await resize(buyer.page, (1280, 700))
    for room in rooms:
        await room.show("Version history")
        await room.page.evaluate("document.querySelector('.room .left').scrollTo(0, 9999)")
        assert await room.page.evaluate("document.querySelector('.room .left').scrollTop") > 100
    await buyer.accept()
    for room in rooms:
        await expect(room.outcome.locator(".banner")).to_be_in_viewport(ratio=1)


async def test_every_act_and_every_link_of_the_frame_is_at_hand_at_any_size(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    acts = {
        seller: (("Amend deal", "Save changes"), ("Extend", "Extend deadline"), ("Withdraw offer", "Withdraw")),
        buyer: (
            ("Accept deal", "Accept these terms"),
            ("Counter-offer", "Send offer"),
            ("Request amendment", "Send request"),
            ("Reject deal", "Reject"),
        ),
    }
    for room, size in ((seller, (320, 568)), (buyer, (320, 200)), (seller, (740, 360)), (buyer, (390, 844))):
        await resize(room.page, size)
        for act, confirm in acts[room]:
            dialog = await room.open(act)
            await expect_no_sideways_scroll(room.page)
            await dialog.get_by_role("button", name=confirm, exact=True).click(trial=True)
            await room.confirm("Cancel")
        await room.button(_MENU).click()
        for name in _FRAME:
            await room.page.get_by_text(name, exact=True).click(trial=True)
        await room.page.keyboard.press("Escape")


async def test_no_wide_button_that_accepts_stands_under_the_thumb_that_types(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    for size in LOW:
        await resize(buyer.page, size)
        await expect(buyer.button("Accept deal")).to_be_hidden()
        left, _, right, bottom = await box(buyer.button(_MENU))
        assert right - left < 60
        assert right <= (await box(buyer.field))[0]
        assert bottom <= size[1]
    await resize(buyer.page, (390, 844))
    await expect(buyer.button("Accept deal")).to_be_visible()


async def test_the_sheet_opens_without_the_server_and_closes_by_escape_and_beside_it(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    page, strip = buyer.page, buyer.button(_SHEET)
    for size in ((390, 844), (390, 360)):
        await resize(page, size)
        await expect(strip).to_have_attribute("aria-expanded", "false")
        await expect(buyer.part("description")).to_be_hidden()
        for close in ("Escape", "beside", "again"):
            await strip.click()
            await expect(strip).to_have_attribute("aria-expanded", "true")
            await expect(buyer.part("description")).to_be_visible()
            await expect(buyer.field).to_be_hidden()
            await buyer.show("Version history")
            await expect(buyer.versions.get_by_text("Version 1")).to_be_visible()
            if close == "Escape":
                await page.keyboard.press("Escape")
                await expect(strip).to_be_focused()
            elif close == "beside":
                await page.locator(".bar .title").click()
            else:
                await strip.click()
            await expect(strip).to_have_attribute("aria-expanded", "false")
            await expect(buyer.field).to_be_visible()
    await page.context.set_offline(True)
    await strip.click()
    await expect(buyer.part("description")).to_be_visible()
    await page.context.set_offline(False)


async def test_the_menu_takes_the_focus_goes_round_and_gives_it_back(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    page, menu = buyer.page, buyer.button(_MENU)
    await resize(page, (390, 844))
    await expect(buyer.button("Reject deal")).to_be_hidden()
    await menu.focus()
    await page.keyboard.press("Enter")
    await expect(menu).to_have_attribute("aria-expanded", "true")
    await expect(buyer.button("Counter-offer")).to_be_focused()
    seen = set()
    for _ in range(9):
        await page.keyboard.press("Tab")
        seen.add(await page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.textContent.trim()"))
    assert {"Accept deal", "Request amendment", "Reject deal", "Counter-offer", *_FRAME} <= seen
    await page.keyboard.press("Escape")
    await expect(menu).to_be_focused()
    await expect(buyer.button("Reject deal")).to_be_hidden()
    await menu.click()
    await page.mouse.click(195, 120)
    await expect(menu).to_have_attribute("aria-expanded", "false")
    await menu.click()
    await buyer.button("Sign out").click()
    await expect(buyer.button("Create account")).to_be_visible()


async def test_fields_are_large_enough_not_to_be_zoomed_and_targets_for_a_finger(rooms: tuple[Room, Room]) -> None:
    for room in rooms:
        await resize(room.page, (390, 844))
        await room.open_sheet()
        for part in (room.button("Send"), room.field):
            await expect(part).to_be_hidden()
        await room.page.keyboard.press("Escape")
        assert await room.field.evaluate("field => parseFloat(getComputedStyle(field).fontSize)") >= 16
        small = await room.page.evaluate(
            """() => [...document.querySelectorAll('.room button, .bar-top :is(button, a:not(.skip))')].filter(
                (control) => control.checkVisibility() && Math.min(control.offsetWidth, control.offsetHeight) < 44
            ).map((control) => control.outerHTML.slice(0, 100))"""
        )
        assert small == []


async def test_an_invitation_is_shared_by_the_browser_s_own_sheet_where_there_is_one(newcomer: Newcomer) -> None:
    sharing, other = await newcomer("Sam", has_touch=True), await newcomer("Sam")
    await sharing.context.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    await other.context.add_init_script("delete Navigator.prototype.share")
    for person, can in ((sharing, True), (other, False)):
        room = await person.create_trade()
        share = room.button("Share")
        await expect(room.button("Copy link")).to_be_visible()
        await expect(share).to_have_count(int(can))
        if can:
            await share.click()
            assert await room.page.evaluate("shared.url") == await room.link()
            await room.open("Invitation")
            await room.page.evaluate("shared = undefined")
            await share.click()
            assert await room.page.evaluate("shared.url") == await room.link()


async def test_no_other_page_scrolls_sideways_or_cuts_anything(
    worst: tuple[Room, Room], people: tuple[Person, Person]
) -> None:
    page = worst[0].page
    for path in ("/trades", "/trades/new", "/activity", "/account", "/how-it-works"):
        await page.goto(people[0].at(path))
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        for size in (*UPRIGHT, *LOW, *WIDE):
            await resize(page, size)
            await expect_no_sideways_scroll(page)
            await expect_nothing_is_cut_without_a_sign(page)
