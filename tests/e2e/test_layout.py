"""From the smallest phone to a wide screen: everything at hand, nothing cut off, every name once."""

import re
from collections import Counter
from itertools import product

import pytest
from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

_SIZES = ((390, 844), (320, 568))
_PHONE = {"is_mobile": True, "has_touch": True, "viewport": {"width": 390, "height": 844}}
_ORDINARY = {"title": "Oak table", "description": "Two metres, oiled.", "price": "1000", "quantity": "2"}
_LONGEST = {
    "title": "Donaudampfschifffahrtsgesellschaftskapitän" * 4,
    "description": "A description of some length. " * 60,
    "price": "9999999999999.99",
    "quantity": "2147483647",
}
_BROKEN = r"""() => {
    const broken = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const text = walker.currentNode;
        if (!text.parentElement.checkVisibility() || text.parentElement.closest('script, style')) continue;
        for (const {0: figure, index} of text.data.matchAll(/\$[\d,]+\.\d\d|\d+/g)) {
            const range = document.createRange();
            range.setStart(text, index);
            range.setEnd(text, index + figure.length);
            if (new Set([...range.getClientRects()].map(line => line.top)).size > 1) broken.push(figure);
        }
    }
    return broken;
}"""
"""The figures that stand on more than one line."""
_ENDS = """trade => {
    const range = document.createRange();
    const box = part => (range.selectNodeContents(trade.querySelector(part)), range.getBoundingClientRect());
    return [box('.status').right, box('.until').left];
}"""
"""Where in My trades a status ends, and a deadline begins."""
_COVERED = """parts => parts.filter(part => {
    const box = part.getBoundingClientRect();
    return [box.top + 2, box.bottom - 2].some(y => !part.contains(document.elementFromPoint(box.left + 20, y)));
}).map(part => part.className)"""
"""Those of which something lies below others, or outside of the window."""
_PARTS = ("status", "price", "quantity", "description", "version", "countdown", "participants", "messages")
_BARGAINED = (*_PARTS, "turn", "deadline", "change", "request", "price-path")
_NAMED = re.compile(r"""^\s*- '?(button|link|textbox|tab|heading)\b(?: "((?:[^"\\]|\\.)*)")?""", re.MULTILINE)


async def names(page: Page) -> Counter[str]:
    """How often each accessible name is borne by something that can be pressed or filled in."""
    found = _NAMED.findall(await page.locator("body").aria_snapshot())
    assert all(name for _, name in found), f"something has no name: {found}"
    return Counter(name for role, name in found if role != "heading")


async def resize(page: Page, size: tuple[int, int]) -> None:
    await page.set_viewport_size({"width": size[0], "height": size[1]})


async def expect_no_sideways_scroll(page: Page) -> None:
    width, content = await page.evaluate("[screen.width, document.scrollingElement.scrollWidth]")
    assert content <= width, f"{page.url} is {content} px wide on a screen of {width}"


async def expect_in_reach(room: Room, *buttons: str) -> None:
    """What one needs at any moment is in sight, and nothing lies on top of it."""
    await expect_no_sideways_scroll(room.page)
    for part in (room.field, *map(room.button, ("Send", *buttons)), room.time, room.status, room.part("price")):
        await expect(part).to_be_in_viewport(ratio=1)
    for part in (room.field, *map(room.button, ("Send", *buttons))):
        await part.click(trial=True)


async def test_on_a_phone_no_page_scrolls_sideways(newcomer: Newcomer, stranger: Newcomer) -> None:
    seller, guest = await newcomer("Samantha Featherstonehaugh", **_PHONE), await stranger("Bea", **_PHONE)
    seller.expects("status of 404")
    await seller.create_trade(**_LONGEST)
    await guest.visit("/")
    for size in _SIZES:
        await resize(guest.page, size)
        await expect_no_sideways_scroll(guest.page)
        await expect(guest.page.get_by_role("button", name="Create account")).to_be_in_viewport(ratio=1)
        await resize(seller.page, size)
        for path in ("/trades", "/trades/new", "/activity", "/nowhere"):
            await seller.visit(path)
            await expect(seller.page.get_by_role("heading", level=1)).to_be_visible()
            await expect_no_sideways_scroll(seller.page)


@pytest.mark.parametrize("width", [320, 390])
async def test_on_a_phone_no_ordinary_figure_is_broken(newcomer: Newcomer, width: int) -> None:
    """With a unit, as most prices have one, and a deadline on another day."""
    seller, buyer = [await newcomer(name, viewport={"width": width, "height": 844}) for name in ("Sam", "Bea")]
    await seller.visit("/trades/new")
    await seller.page.get_by_label("Unit", exact=True).fill("per euro pallet, delivered")
    offered = await seller.create_trade(price="1250", quantity="120", minutes="2900")
    entered = await buyer.enter(await offered.link())
    await entered.open("Accept deal")
    assert await buyer.page.evaluate(_BROKEN) == []
    for price, total in (("98765.43", "$11,851,851.60"), ("1225", "$147,000.00")):
        await offered.amend(price=price)
        await expect(entered.dialog.get_by_label("What changed")).to_contain_text(total)
        await expect(entered.button("Review new terms")).to_be_visible()
        assert await buyer.page.evaluate(_BROKEN) == []
    elsewhere = await buyer.another_tab()
    await elsewhere.set_viewport_size({"width": width, "height": 844})
    for path in ("/activity", "/trades"):
        await buyer.visit(path, elsewhere)
        await expect(elsewhere.get_by_test_id("trade").filter(has_text="1,225.00").first).to_be_visible()
        assert await elsewhere.evaluate(_BROKEN) == [], path
    ends = await elsewhere.get_by_test_id("trade").evaluate(_ENDS)
    assert ends[0] <= ends[1], "the deadline stands on the status"


@pytest.mark.parametrize("deal", [_ORDINARY, _LONGEST], ids=["ordinary", "longest"])
async def test_on_a_phone_the_conversation_and_the_decision_stay_within_reach(
    newcomer: Newcomer, deal: dict[str, str]
) -> None:
    seller, buyer = await newcomer("Samantha Featherstonehaugh", **_PHONE), await newcomer("Bea", **_PHONE)
    offered = await seller.create_trade(**deal)
    entered = await buyer.enter(await offered.link())
    for number in range(4):
        await entered.say(f"Message {number}")
    for size in _SIZES:
        for room, action, confirm in (
            (offered, "Amend deal", "Save changes"),
            (entered, "Accept deal", "Accept these terms"),
        ):
            await resize(room.page, size)
            await expect_in_reach(room, action)
            await expect(room.message("Message 3")).to_be_in_viewport(ratio=1)
            await room.show("Version history")
            await room.versions.get_by_text("Version 1").scroll_into_view_if_needed()
            await expect(room.versions.get_by_text("Version 1")).to_be_in_viewport(ratio=1)
            await room.page.keyboard.press("Escape")
            dialog = await room.open(action)
            await expect_no_sideways_scroll(room.page)
            await dialog.get_by_role("button", name=confirm).click(trial=True)
            await room.confirm("Cancel")
    await entered.accept()
    for room in (offered, entered):
        await expect(room.page.get_by_text("accepted version 1:")).to_be_in_viewport(ratio=1)
        await expect_in_reach(room)


async def test_every_part_of_a_room_stands_in_the_page_exactly_once_at_every_width(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for part in ("change", "request", "price-path"):
        await expect(buyer.part(part)).to_have_count(0)
    await seller.amend(price="900")
    await buyer.request("Before ten, please")
    for room, size in product(rooms, (*_SIZES, (1440, 900), (1440, 640))):
        await resize(room.page, size)
        for part in _BARGAINED:
            await expect(room.part(part)).to_have_count(1)
        await expect(room.part("offer")).to_have_count(2)
        for part in ("turn", "deadline", "request"):
            await expect(room.part(part)).to_be_visible()
        for tab, part in (("Version history", "versions"), ("Activity timeline", "timeline")):
            await room.show(tab)
            await expect(room.part(part)).to_be_visible()
            await expect(room.part(part)).to_have_count(1)
    await expect(rooms[0].part("invitation-link")).to_have_count(1)


async def test_every_name_is_borne_once_and_everything_has_one(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    frame = {"My trades", "Activity", "Sign out"}
    seller.expects("status of 404")
    offered = await seller.create_trade()
    link = await offered.link()
    entered = await buyer.enter(link)
    titles = {await seller.page.title()}
    sell, buy = {"Amend deal", "Copy link"}, {"Accept deal", "Request amendment", "Reject deal"}
    both = frame | {"Message", "Send", "Activity timeline", "Version history"}
    for room, own in ((offered, both | sell), (entered, both | buy)):
        found = await names(room.page)
        assert own <= found.keys()
        assert max(found.values()) == 1, found
        for section in ("Current deal", "Messages", "Participants"):
            await expect(room.page.get_by_role("region", name=section, exact=True)).to_have_count(1)
    for room, button, own in (
        (offered, "Amend deal", {"Price", "Quantity", "Description", "Reason for change", "Save changes"}),
        (entered, "Request amendment", {"What would you like changed?", "Send request"}),
        (entered, "Reject deal", {"Reason", "Reject"}),
        (entered, "Accept deal", {"Accept these terms"}),
    ):
        await room.open(button)
        found = await names(room.page)
        assert own <= found.keys()
        assert max(found.values()) == 1, found
        await room.confirm("Cancel")
    for path, own in (
        ("/trades", {"New trade", "Copy link", "Enter room"}),
        (
            "/trades/new",
            {"Title", "Description", "Price", "Quantity", "Buyer name", "Expires in (minutes)", "Create trade"},
        ),
        ("/activity", set()),
        ("/nowhere", set()),
    ):
        await seller.visit(path)
        await expect(seller.page.get_by_role("heading", level=1)).to_have_count(1)
        found = await names(seller.page)
        assert own | frame <= found.keys()
        assert max(found.values()) == 1, found
        titles.add(await seller.page.title())
        await expect(seller.page.locator("html")).to_have_attribute("lang", re.compile("^en"))
    await seller.page.get_by_role("button", name="Sign out").click()
    await expect(seller.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    found = await names(seller.page)
    assert {"Name", "Password", "Sign in", "Create account"} <= found.keys()
    assert max(found.values()) == 1, found
    assert len(titles | {await seller.page.title()}) == 6


async def test_initials_are_for_the_eye_only(rooms: tuple[Room, Room], people: tuple[Person, Person]) -> None:
    seller, _ = rooms
    me, other = people
    here = seller.page.get_by_role("region", name="Participants", exact=True)
    assert f"{other.name} · Buyer · here {me.name} (you) {other.name}" in await here.aria_snapshot()


_CUT = """(party) => [...party.querySelectorAll('.role, .note')].filter((part) => {
    const [inner, outer] = [part.getBoundingClientRect(), party.closest('.bar').getBoundingClientRect()];
    return part.scrollWidth > part.clientWidth || inner.right > outer.right || !document.elementsFromPoint(
        inner.right - 2, (inner.top + inner.bottom) / 2).includes(part);
}).map((part) => part.textContent)"""
"""What of the other party's role and state is not to be read."""


async def test_however_long_a_name_is_nothing_of_what_stands_beside_it_is_lost(newcomer: Newcomer) -> None:
    seller, buyer = await newcomer("S" * 90), await newcomer("B" * 90)
    selling = await seller.create_trade(buyer=buyer.name)
    for words in ("Buyer · not joined yet", "Buyer · here"):
        await expect(selling.part("counterparty")).to_contain_text(words)
        for width in (320, 390, 768, 1440):
            await resize(seller.page, (width, 844))
            assert await selling.part("counterparty").evaluate(_CUT) == [], (words, width)
            await expect_no_sideways_scroll(seller.page)
        buying = await buyer.enter(await selling.link())
    for button in ("Counter-offer", "Request amendment", "Accept deal", "Reject deal"):
        dialog = await buying.open(button)
        assert await dialog.locator(".dialog").evaluate("each => each.scrollWidth <= each.clientWidth"), button
        await buying.confirm("Cancel")
    dialog = await selling.open("Invitation")
    assert await dialog.locator(".dialog").evaluate("each => each.scrollWidth <= each.clientWidth")


async def test_the_price_stands_on_one_line_however_long_it_is(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam")
    for price in ("987654321.99", "9999999999999.99"):
        room = await seller.create_trade(price=price)
        for width in (1440, 1161, 768, 720, 390, 320):
            await resize(seller.page, (width, 900))
            if width == 390:
                await room.button("Deal and history").press("Enter")
            lines = await room.part("price").evaluate("figure => figure.getClientRects().length")
            assert lines == 1, (price, width)


@pytest.mark.parametrize("size", [(768, 1024), (1280, 720), (1366, 768), (1440, 900), (1000, 600), (900, 500)])
async def test_in_two_columns_whose_turn_it_is_is_seen_however_long_the_description(
    people: tuple[Person, Person], size: tuple[int, int]
) -> None:
    seller, buyer = people
    selling = await seller.create_trade(**_LONGEST | {"price": "1000", "quantity": "2"})
    buying = await buyer.enter(await selling.link())
    await buying.offer("Counter-offer", price="900")
    await buying.request("Before ten, please")
    await expect(selling.part("request")).to_be_visible()
    for room in (selling, buying):
        await resize(room.page, size)
        await expect(room.part("price-path")).to_be_visible()
        seen = room.page.locator(".request, .turn, .figure.price .figure-value")
        assert await seen.evaluate_all(_COVERED) == []


@pytest.mark.parametrize("width", [768, 1024, 1280, 1440])
async def test_the_bell_lies_over_no_message(rooms: tuple[Room, Room], width: int) -> None:
    _, buyer = rooms
    await resize(buyer.page, (width, 700))
    await buyer.say("A message that is as wide as the lane has room for. " * 9)
    bell = await buyer.button("Notifications").bounding_box()
    lane = await buyer.page.locator(".flow > .rows").last.bounding_box()
    field = await buyer.field.bounding_box()
    assert bell is not None
    assert lane is not None
    assert field is not None
    assert bell["y"] >= lane["y"] + lane["height"] or bell["x"] >= lane["x"] + lane["width"]
    assert bell["x"] >= field["x"] + field["width"] or bell["x"] + bell["width"] <= field["x"]
