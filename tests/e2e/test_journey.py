"""From a draft to an agreement, live, in two browsers: whole ones, as people have them."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests import chromium
from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room, expect_no_acts, in_any_order


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The one that people use."""
    async with chromium.started(whole=True) as browser:
        yield browser


async def test_a_draft_becomes_a_negotiation_when_the_buyer_signs_up_from_the_link(stranger: Newcomer) -> None:
    seller, buyer = await stranger("Sam"), await stranger("Bea")
    await seller.sign_up("/trades/new")
    offered = await seller.create_trade(title="Oak table", description="Two metres.", price="1,000", quantity="2")
    await expect(offered.status).to_have_text("Draft")
    await expect(offered.participants).to_have_text(f"{seller.name} (you)")
    await buyer.sign_up(await offered.link())
    entered = Room(buyer.page)
    for room, other in ((offered, buyer), (entered, seller)):
        await expect(room.status).to_have_text("In negotiation")
        await expect(room.participants).to_contain_text(in_any_order("(you)", other.name))
        await expect(room.page.get_by_role("heading", name="Oak table", exact=True)).to_be_visible()
        await expect(room.part("price")).to_have_text("$1,000.00")
        await expect(room.part("quantity")).to_have_text("2")
        await expect(room.page.get_by_text("$2,000.00", exact=True)).to_be_visible()
        await expect(room.part("description")).to_have_text("Two metres.")
        await expect(room.part("version")).to_contain_text("Version 1")
        await expect(room.countdown).to_have_text(re.compile(r"^(30:00|29:5\d)$"))
    await expect(offered.timeline).to_contain_text(f"{buyer.name} joined")
    await expect(entered.timeline).to_contain_text("You joined")


async def test_the_link_is_ready_to_copy(newcomer: Newcomer) -> None:
    seller = await newcomer("Sam", permissions=["clipboard-read", "clipboard-write"])
    offered = await seller.create_trade()
    await offered.button("Copy link").click()
    await expect(seller.page.get_by_text("Link copied")).to_be_visible()
    link = await offered.link()
    await seller.page.wait_for_function("link => navigator.clipboard.readText().then(text => text === link)", arg=link)


async def test_both_talk_and_markup_is_shown_as_it_was_typed(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    said = [
        (buyer, "Is 900 possible?"),
        (seller, "<b>Let me</b> think & <img src=x onerror=alert(1)>"),
        (buyer, "javascript:alert(1) [x](javascript:alert(1)) {{ 7*7 }}"),
        (seller, "</div><script>document.title = 'gone'</script>"),
    ]
    for room, text in said:
        await room.say(text)
    for room in rooms:
        for _, text in said:
            await expect(room.message(text)).to_have_count(1)
        assert re.findall(r"Is 900|<b>Let me|javascript:alert\(1\) \[x\]|</div>", await room.messages.inner_text()) == [
            "Is 900",
            "<b>Let me",
            "javascript:alert(1) [x]",
            "</div>",
        ]
        await expect(room.messages.locator("img, script, b, a")).to_have_count(0)
        await expect(room.page).to_have_title(re.compile("Oak table"))


async def test_enter_sends_and_shift_enter_breaks_the_line(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.field.press_sequentially("One")
    await buyer.field.press("Shift+Enter")
    await buyer.field.press_sequentially("two")
    await expect(seller.messages.get_by_text("One")).to_have_count(0)
    await buyer.field.press("Enter")
    await expect(seller.messages.get_by_text("One\ntwo")).to_have_count(1)
    await buyer.field.fill("  \n ")
    await buyer.field.press("Enter")
    await buyer.field.fill("Three")
    await buyer.button("Send").click()
    await expect(seller.messages.locator(".message")).to_have_count(2)
    await expect(buyer.field).to_have_value("")


@pytest.mark.by_the_clock
async def test_the_typing_mark_comes_at_once_and_goes_on_send_and_by_itself(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, buyer = rooms
    name = people[1].name
    await buyer.field.press_sequentially("Hello")
    await expect(seller.typing).to_have_text(f"{name} is typing…", timeout=1000)
    await expect(buyer.typing).to_have_count(0)
    await buyer.field.press("Enter")
    await expect(seller.message("Hello")).to_be_visible()
    await expect(seller.typing).to_have_count(0, timeout=1000)
    await buyer.field.press_sequentially("Hm")
    await expect(seller.typing).to_have_text(f"{name} is typing…", timeout=1000)
    await expect(seller.typing).to_have_count(0, timeout=7000)
    await expect(buyer.field).to_have_value("Hm")


async def test_an_amendment_is_seen_live_with_price_version_timeline_and_history(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, buyer = rooms
    await buyer.request("Could you do 900.50 each?")
    await expect(seller.message("Could you do 900.50 each?")).to_be_visible()
    await expect(seller.timeline).to_contain_text(f"{people[1].name} asked for an amendment")
    await seller.amend(price="900.5", quantity="3", reason="As you asked")
    change = ("$99.50 · 10.0 %", "Quantity up 1", "As you asked")
    for room, who in ((seller, "You"), (buyer, people[0].name)):
        await expect(room.part("price")).to_have_text("$900.50")
        await expect(room.part("quantity")).to_have_text("3")
        await expect(room.page.get_by_text("$2,701.50", exact=True)).to_be_visible()
        await expect(room.part("version")).to_contain_text("Version 2")
        await expect(room.part("change")).to_contain_text(in_any_order(*change[:2]))
        await expect(room.timeline).to_contain_text(f"{who} offered $900.50 × 3")
        await expect(room.part("offer").last).to_contain_text(in_any_order("$900.50 × 3", "= $2,701.50", *change))
        for card, state in zip(await room.part("offer").all(), ("replaced", "standing"), strict=True):
            await expect(card).to_have_attribute("data-state", state)
        await room.show("Version history")
        await expect(room.versions.get_by_role("listitem")).to_have_count(2)
        newest, first = await room.versions.get_by_role("listitem").all()
        await expect(newest).to_contain_text(in_any_order("Version 2", f"{who} offered", *change))
        await expect(first).to_contain_text(in_any_order("Version 1", "$1,000.00 × 2 = $2,000.00"))
    await seller.amend(description="With a matching bench.")
    for room in rooms:
        await expect(room.part("description")).to_have_text("With a matching bench.")
        await expect(room.versions.get_by_role("listitem")).to_have_count(3)


async def test_accepting_closes_the_deal_on_both_sides_and_the_chat_stays_open(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Accept deal")
    await expect(dialog).to_contain_text(in_any_order("$1,000.00", "$2,000.00", "Version"))
    await buyer.confirm("Accept these terms")
    for room, who in ((seller, people[1].name), (buyer, "You")):
        await expect(room.status).to_have_text("Accepted")
        await expect(room.page.get_by_text(f"{who} accepted version 1: $1,000.00 × 2 = $2,000.00.")).to_be_visible()
        await expect(room.timeline).to_contain_text(f"{who} accepted version 1")
        await expect(room.countdown).to_have_count(0)
        await expect(room.part("offer")).to_have_attribute("data-state", "accepted")
        await expect(room.part("turn")).to_be_empty()
    await expect_no_acts(seller, buyer)
    await buyer.say("Thank you!")
    await seller.say("My pleasure.")
    for room in rooms:
        await expect(room.message("Thank you!")).to_be_visible()
        await expect(room.message("My pleasure.")).to_be_visible()


async def test_my_trades_and_the_dashboard_follow_a_trade_without_a_reload(people: tuple[Person, Person]) -> None:
    seller, buyer = people
    lists = {person: await person.another_tab() for person in people}
    board = await seller.another_tab()
    await seller.visit("/trades", lists[seller])
    await buyer.visit("/trades", lists[buyer])
    await seller.visit("/activity", board)
    title = f"Walnut desk of {seller.name}"
    offered = await seller.create_trade(title=title)
    on_board = board.get_by_test_id("trade").filter(has_text=title)
    own, theirs = (lists[person].get_by_test_id("trade").filter(has_text=title) for person in people)
    await expect(on_board).to_contain_text(in_any_order("Draft", "$1,000.00", seller.name))
    await expect(own).to_contain_text(in_any_order("Seller", "Draft", "$1,000.00", "Copy link", "Enter room"))
    await expect(theirs).to_have_count(0)
    entered = await buyer.enter(await offered.link())
    await expect(theirs).to_contain_text(in_any_order("Buyer", "In negotiation", seller.name, "Enter room"))
    await expect(theirs).not_to_contain_text("Copy link")
    await expect(on_board).to_contain_text(in_any_order("In negotiation", seller.name, buyer.name))
    await offered.amend(price="900.50")
    await expect(on_board).to_contain_text("$900.50")
    await expect(theirs).to_contain_text("$900.50")
    await entered.accept()
    for row in (own, theirs):
        await expect(row).to_contain_text(in_any_order("Accepted", "View details"))
        await expect(row).to_have_count(1)
    await expect(on_board).to_contain_text("Accepted")
    await lists[buyer].get_by_role("link", name="View details").click()
    await expect(Room(lists[buyer]).status).to_have_text("Accepted")
