"""Accepting and rejecting: exactly what is on the screen, exactly once."""

import asyncio

from playwright.async_api import expect

from tests.e2e.room import Person, Room, expect_no_acts, in_any_order


async def expect_status(status: str, *rooms: Room) -> None:
    for room in rooms:
        await expect(room.status).to_have_text(status)


async def test_rejecting_with_a_reason_closes_the_deal_on_both_sides(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Reject deal")
    await expect(dialog).to_contain_text(in_any_order("$1,000.00", "$2,000.00"))
    await dialog.get_by_label("Reason", exact=True).fill("Found one nearby")
    await buyer.confirm("Reject")
    await expect_status("Rejected", seller, buyer)
    for room, who in ((seller, people[1].name), (buyer, "You")):
        await expect(room.page.get_by_text(f"{who} rejected the deal. No trade was made.")).to_be_visible()
        await expect(room.timeline.get_by_text("Found one nearby")).to_be_visible()
        await expect(room.outcome).to_contain_text(in_any_order("Found one nearby", "Record · trade "))
        await expect(room.countdown).to_have_count(0)
    await expect_no_acts(seller, buyer)


async def test_terms_that_moved_are_shown_at_once_and_nothing_is_accepted_until_they_were_reviewed(
    rooms: tuple[Room, Room],
) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Accept deal")
    before = await dialog.get_by_role("button", name="Accept these terms").bounding_box()
    await seller.amend(price="900.50", quantity="3")
    await expect(dialog.get_by_role("alert")).to_contain_text(
        in_any_order("Nothing was accepted.", "the price from $1,000.00 to $900.50 and the quantity from 2 to 3")
    )
    await expect(dialog).to_contain_text(in_any_order("$2,000.00", "$2,701.50"))
    await expect(buyer.button("Accept these terms")).to_have_count(0)
    review = await buyer.button("Review new terms").bounding_box()
    assert before is not None
    assert review is not None
    assert review["x"] + review["width"] <= before["x"], "on the other side"
    await buyer.button("Review new terms").click()
    await expect(dialog.filter(has=buyer.button("Accept these terms"))).to_contain_text("$2,701.50")
    await expect(dialog).to_have_count(1)
    await expect_status("In negotiation", seller, buyer)
    await buyer.confirm("Accept these terms")
    await expect_status("Accepted", seller, buyer)
    await expect(seller.page.get_by_text("accepted version 2: $900.50 × 3 = $2,701.50.")).to_be_visible()


async def test_the_way_on_is_in_sight_however_much_the_difference_adds(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.page.set_viewport_size({"width": 1440, "height": 900})
    await buyer.open("Counter-offer")
    await buyer.fill(price="800")
    await seller.amend(price="900.50", quantity="3", description="Two metres, oiled. " * 9)
    await expect(buyer.button("Review new terms")).to_be_in_viewport(ratio=1)
    dialog = await buyer.dialog.locator(".dialog").bounding_box()
    review = await buyer.button("Review new terms").bounding_box()
    assert dialog is not None
    assert review is not None
    assert review["y"] + review["height"] <= dialog["y"] + dialog["height"]
    await buyer.button("Review new terms").click(trial=True)


async def test_a_second_click_at_the_same_place_accepts_nothing_that_nobody_saw(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Accept deal")
    box = await dialog.get_by_role("button", name="Accept these terms").bounding_box()
    assert box is not None
    await seller.amend(price="1200")
    for pause in (50, 200, 400):
        await buyer.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await buyer.page.wait_for_timeout(pause)
    await expect(dialog).to_contain_text("Nothing was accepted")
    await expect(buyer.button("Review new terms")).to_be_visible()
    await expect_status("In negotiation", seller, buyer)


async def test_a_double_click_accepts_once(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.open("Accept deal")
    await buyer.button("Accept these terms").dblclick()
    await expect(buyer.dialog).to_have_count(0)
    await expect_status("Accepted", seller, buyer)
    await buyer.reload()
    for room in rooms:
        await expect(room.timeline.get_by_text("accepted version 1")).to_have_count(1)
        await expect(room.messages.get_by_text("accepted version 1")).to_have_count(1)


async def test_each_side_has_its_own_dialogs_which_leave_the_page_when_they_are_closed(
    rooms: tuple[Room, Room],
) -> None:
    seller, buyer = rooms
    for room, name in (
        (seller, "Amend deal"),
        (buyer, "Request amendment"),
        (buyer, "Reject deal"),
        (buyer, "Accept deal"),
    ):
        await room.open(name)
        await expect(room.dialog).to_have_count(1)
        await room.confirm("Cancel")
        await room.open(name)
        await room.page.keyboard.press("Escape")
        await expect(room.page.locator("[role=dialog], .q-dialog")).to_have_count(0)
        await expect((seller if room is buyer else buyer).button(name)).to_have_count(0)
    await expect_status("In negotiation", seller, buyer)


async def test_of_two_tabs_that_decide_at_once_one_wins_and_the_other_is_told(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    seller, first = rooms
    second = await people[1].enter(first.page.url, await people[1].another_tab())
    await second.open("Reject deal")
    await first.page.bring_to_front()
    await first.open("Accept deal")
    await asyncio.gather(
        first.button("Accept these terms").dispatch_event("click", timeout=2_000),
        second.button("Reject").dispatch_event("click", timeout=2_000),
        return_exceptions=True,  # the dialog of whoever comes second may have let its button go already
    )
    await expect(seller.status).not_to_have_text("In negotiation")
    status = await seller.status.inner_text()
    loser = {"Accepted": second, "Rejected": first}[status]
    said = {"Accepted": "You accepted version 1", "Rejected": "You rejected the deal"}[status]
    await expect(loser.dialog.get_by_role("alert")).to_contain_text(said)
    await expect_status(status, first, second)
    await expect(
        seller.timeline.get_by_text("accepted version 1").or_(seller.timeline.get_by_text("rejected the"))
    ).to_have_count(1)


async def test_an_amendment_under_which_the_trade_closes_says_so_and_keeps_what_was_typed(
    rooms: tuple[Room, Room],
) -> None:
    seller, buyer = rooms
    dialog = await seller.open("Amend deal")
    await seller.fill(price="1100", reason="Costs")
    await expect(dialog.get_by_text("This makes version 2.")).to_be_visible()
    await buyer.accept()
    await expect(seller.status).to_have_text("Accepted")
    await expect(dialog.get_by_text("This makes version 2.")).to_be_hidden()
    await expect(dialog.get_by_role("alert")).to_contain_text(in_any_order("Nothing was sent.", "accepted version 1"))
    await expect_no_acts(seller, buyer)
    await expect(dialog.get_by_label("Price", exact=True)).to_have_value("1100")
    await expect(dialog.get_by_label("Reason for change")).to_have_value("Costs")
    await expect(buyer.part("price")).to_have_text("$1,000.00")


async def test_of_a_dialog_that_can_do_nothing_any_more_only_the_way_out_can_be_pressed(
    rooms: tuple[Room, Room],
) -> None:
    seller, buyer = rooms
    dialog = await seller.open("Extend")
    await expect(dialog.get_by_role("button", name="1 h", exact=True)).to_be_visible()
    await buyer.accept()
    await expect(dialog.get_by_role("button")).to_have_text(["Close"])
    await seller.page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)
