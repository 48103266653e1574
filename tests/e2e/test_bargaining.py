"""Two people bargain: offers of both sides, requests, late offers, extensions, and what comes after the close."""

import re

import pytest
from playwright.async_api import ViewportSize, expect

from tests.e2e.room import Person, Room, expect_no_acts, in_any_order

PHONE = ViewportSize(width=390, height=844)
on_both = pytest.mark.parametrize("size", [ViewportSize(width=1280, height=800), PHONE], ids=["desktop", "phone"])


async def expect_price(price: str, *rooms: Room) -> None:
    for room in rooms:
        await expect(room.part("price")).to_have_text(price)


async def bargain(people: tuple[Person, Person], seller: Room, buyer: Room) -> None:
    """From the first offer to the seller's acceptance, by all that either side can do in between."""
    sam, bea = people
    dialog = await buyer.open("Counter-offer")
    await expect(dialog).to_contain_text(
        in_any_order(f"Only {sam.name} can accept it", "Sent now, it moves the deadline to")
    )
    await buyer.fill(price="800", reason="That is my limit")
    await expect(dialog).to_contain_text(in_any_order("$1,600.00", "$400.00 · 20.0"))
    await buyer.confirm("Send offer")
    await expect_price("$800.00", seller, buyer)
    for room in (seller, buyer):
        await expect(room.countdown).to_have_text(re.compile(r"^(2:00|1:[345]\d)$"))
    await seller.offer("Counter-offer", price="950")
    await expect_price("$950.00", seller, buyer)
    await buyer.request("Could you bring it?")
    await seller.offer("Answer with an offer", price="940", description="Brought to your door.")
    await expect_price("$940.00", seller, buyer)
    await seller.open("Extend")
    await seller.dialog.get_by_role("button", name="15 min").click()
    await expect(seller.dialog).to_contain_text("Extended, it ends at")
    await seller.confirm("Extend deadline")
    await expect(buyer.countdown).to_have_text(re.compile(r"^1[5-7]:\d\d$"))
    stale = await buyer.open("Accept deal")
    await expect(stale).to_contain_text(in_any_order(f"Accept {sam.name}'s offer?", "$940.00", "left to decide"))
    await seller.amend(price="945")
    await expect(stale.get_by_role("alert")).to_contain_text("Nothing was accepted.")
    await expect(buyer.button("Accept these terms")).to_have_count(0)
    await buyer.confirm("Close")
    await buyer.offer("Counter-offer", price="930")
    await buyer.offer("Change offer", price="935")
    await expect_price("$935.00", seller, buyer)
    accept = await seller.open("Accept deal")
    await expect(accept).to_contain_text(in_any_order(f"Accept {bea.name}'s offer?", "$1,870.00"))
    await seller.confirm("Accept these terms")
    for room in (seller, buyer):
        await expect(room.status).to_have_text("Accepted")
        await expect(room.page.get_by_text("accepted version 7: $935.00 × 2 = $1,870.00.")).to_be_visible()
    await expect_no_acts(seller, buyer)


async def test_both_bargain_until_the_seller_accepts(people: tuple[Person, Person]) -> None:
    seller = await people[0].create_trade(minutes="1")
    await bargain(people, seller, await people[1].enter(await seller.link()))


async def test_both_bargain_on_phones(people: tuple[Person, Person]) -> None:
    for person in people:
        await person.page.set_viewport_size(PHONE)
    seller = await people[0].create_trade(minutes="1")
    buyer = await people[1].enter(await seller.link())
    await expect(buyer.button("Accept deal")).to_be_visible()
    await expect(buyer.button("Counter-offer")).to_be_hidden()
    await bargain(people, seller, buyer)


async def test_on_a_phone_the_way_to_new_terms_is_not_under_the_finger(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, buyer = rooms
    await buyer.page.set_viewport_size(PHONE)
    await buyer.open("Accept deal")
    box = await buyer.button("Accept these terms").bounding_box()
    assert box is not None
    await seller.amend(price="1200")
    await expect(buyer.button("Accept these terms")).to_have_count(0)
    for _ in range(3):
        await buyer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await expect(buyer.button("Review new terms")).to_be_visible()
    await expect(buyer.status).to_have_text("In negotiation")


@on_both
async def test_whoever_made_the_offer_takes_it_back(
    people: tuple[Person, Person], rooms: tuple[Room, Room], size: ViewportSize
) -> None:
    seller, buyer = rooms
    for room in rooms:
        await room.page.set_viewport_size(size)
    await buyer.offer("Counter-offer", price="900")
    await seller.open("Reject deal")
    await seller.dialog.get_by_label("Reason", exact=True).fill("Too little")
    await buyer.open("Withdraw offer")
    await buyer.dialog.get_by_label("Reason", exact=True).fill("Found one nearby")
    await buyer.confirm("Withdraw")
    await expect(seller.dialog.get_by_role("alert")).to_contain_text(
        in_any_order("Nothing was rejected.", f"{people[1].name} withdrew version 2 at")
    )
    await expect(seller.dialog.get_by_label("Reason", exact=True)).to_have_value("Too little")
    await expect_no_acts(seller, buyer)
    await seller.confirm("Close")
    for room in rooms:
        await expect(room.status).to_have_text("Withdrawn")
        if size == PHONE:
            await room.open_sheet()
        await expect(room.timeline.get_by_text("Found one nearby")).to_be_visible()


@on_both
async def test_the_same_is_offered_again(
    people: tuple[Person, Person], rooms: tuple[Room, Room], size: ViewportSize
) -> None:
    seller, buyer = rooms
    for room in rooms:
        await room.page.set_viewport_size(size)
    await buyer.reject()
    await buyer.open("Offer again")
    await buyer.confirm("Ask for a new offer")
    await expect(seller.messages.get_by_text("Would you offer this again?")).to_be_visible()
    await seller.button("Offer again").click()
    await expect(seller.page.get_by_label("Title", exact=True)).to_have_value("Oak table")
    await expect(seller.page.get_by_label("Buyer name", exact=True)).to_have_value(people[1].name)
    await seller.button("Create trade").click()
    await expect(seller.status).to_have_text("Draft")
    await expect(seller.part("price")).to_have_text("$1,000.00")
    anew = await people[1].enter(await seller.link())
    await expect(anew.status).to_have_text("In negotiation")


async def test_an_earlier_version_is_offered_again_and_not_after_the_close(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.offer("Counter-offer", price="900")
    await seller.show("Version history")
    await expect(seller.versions.get_by_role("listitem")).to_have_count(2)
    await expect(seller.button("Offer version 2 again")).to_have_count(0)
    await seller.offer("Offer version 1 again", reason="As before")
    await expect_price("$1,000.00", seller, buyer)
    await expect(seller.button("Offer version 2 again")).to_be_visible()
    await expect(seller.button("Offer version 3 again")).to_have_count(0)
    await buyer.accept()
    await expect(seller.button("Offer version 2 again")).to_be_hidden()


async def test_a_difference_stands_on_one_line_however_wide_the_column(rooms: tuple[Room, Room]) -> None:
    """Where the total leaves no room for it, it goes below as a whole: no share without its sign."""
    seller, buyer = rooms
    await seller.amend(price="880", quantity="40")
    await seller.amend(price="920", quantity="44")
    await expect_price("$920.00", buyer)
    for width in range(720, 1001, 8):
        await buyer.page.set_viewport_size({"width": width, "height": 1024})
        lines = await buyer.page.locator(".figure .by > span").evaluate_all(
            "all => all.map(each => new Set([...each.getClientRects()].map(line => line.top)).size)"
        )
        assert set(lines) == {1}, width


async def test_a_history_scrolls_in_its_column_and_never_the_page(rooms: tuple[Room, Room]) -> None:
    """A page that is longer than its window could be scrolled away below the pointer, down to an empty one."""
    seller, buyer = rooms
    for price in ("900", "850", "800"):
        await seller.amend(price=price)
    await expect_price("$800.00", buyer)
    await buyer.show("Version history")
    await expect(buyer.versions.get_by_role("listitem")).to_have_count(4)
    for width, height in ((1440, 900), (1280, 720), (900, 500), (768, 1024)):
        await buyer.page.set_viewport_size({"width": width, "height": height})
        await buyer.page.wait_for_function("document.scrollingElement.scrollHeight <= innerHeight", timeout=5_000)
