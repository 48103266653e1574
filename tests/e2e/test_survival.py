"""Reloads, half-written words, and a slow network."""

from playwright.async_api import expect

from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.stories import meet


async def said_in(room: Room) -> tuple[str, str]:
    """The conversation and the timeline, but for the line before what is new: what was seen just before a reload may
    not have been kept yet."""
    lines = (await room.messages.inner_text()).splitlines()
    return "\n".join(each for each in lines if each and "since you left" not in each), await room.timeline.inner_text()


async def test_a_reload_gives_everything_and_nothing_twice(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    for number in range(1, 25):
        await (buyer if number % 3 else seller).say(f"Message {number}")
    await seller.amend(price="900.50", reason="Less")
    await buyer.request("And 850?")
    for room in rooms:
        await expect(room.message("And 850?")).to_be_visible()
        if room is seller:  # both versions were seen by then
            await expect(seller.messages).to_contain_text("saw version 2")
        before = await said_in(room)
        await room.reload()
        await expect(room.part("price")).to_have_text("$900.50")
        for rows, oldest in ((room.messages, "Version 1 · "), (room.timeline, "created the offer")):
            await expect(rows).to_contain_text(oldest)  # the older ones come as soon as the page is live
        assert await said_in(room) == before
        assert [line for line in before[0].splitlines() if line.startswith("Message ")] == [
            f"Message {number}" for number in range(1, 25)
        ]
        await room.show("Version history")
        await expect(room.versions.get_by_role("listitem")).to_have_count(2)


async def test_a_half_written_message_survives_whatever_arrives(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await buyer.field.press_sequentially("I think that ")
    await seller.say("Are you there?")
    await seller.amend(price="900.50")
    await expect(buyer.message("Are you there?")).to_be_visible()
    await expect(buyer.part("price")).to_have_text("$900.50")
    await buyer.page.keyboard.type("it is fine.")
    await expect(buyer.field).to_have_value("I think that it is fine.")
    await buyer.field.press("Enter")
    await expect(seller.message("I think that it is fine.")).to_have_count(1)


async def test_a_half_written_amendment_survives_whatever_arrives_and_never_overwrites_unseen_terms(
    people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    (person, _), (seller, buyer) = people, rooms
    dialog = await seller.open("Amend deal")
    await seller.fill(price="950", reason="Half-wri")
    await buyer.say("One more thing")
    await buyer.request("Could you add a bench?")
    other_window = await person.enter(seller.page.url, await person.another_tab())
    await other_window.amend(quantity="5")
    await seller.page.bring_to_front()
    await expect(seller.part("quantity")).to_have_text("5")
    await expect(dialog.get_by_label("Price", exact=True)).to_have_value("950")
    await expect(dialog.get_by_label("Reason for change")).to_have_value("Half-wri")
    await dialog.get_by_label("Reason for change").press_sequentially("tten")
    await expect(dialog.get_by_role("alert")).to_contain_text("the quantity from 2 to 5")
    await expect(seller.button("Save changes")).to_have_count(0)
    await expect(buyer.part("price")).to_have_text("$1,000.00")
    await seller.button("Review new terms").click()
    await expect(seller.button("Save changes")).to_be_visible()
    await expect(seller.dialog.get_by_label("Quantity", exact=True)).to_have_value("5")
    await seller.confirm("Save changes")
    await expect(buyer.part("price")).to_have_text("$950.00")
    await expect(buyer.part("quantity")).to_have_text("5")
    await expect(buyer.message("Half-written")).to_be_visible()


async def test_pressing_enter_twice_on_a_slow_network_sends_once(newcomer: Newcomer, line: Line) -> None:
    _, _, seller, buyer = await meet(newcomer, line=line)
    line.delay = 0.2
    await buyer.field.fill("Only once, please")
    await buyer.field.press("Enter")
    await buyer.page.wait_for_timeout(300)
    await buyer.field.press("Enter")
    await expect(seller.message("Only once, please")).to_be_visible()
    await expect(buyer.field).to_have_value("")
    await buyer.say("Next")
    await expect(seller.message("Next")).to_be_visible()
    await expect(seller.message("Only once, please")).to_have_count(1)
