"""The room, live both ways: who is here, what is said, what happens, and what stays through a cut."""

import pytest

from app.bootstrap import Application
from app.domain.trade import Person, Trade
from app.service.viewer import Viewer
from tests.ui.browser import Browser


async def test_the_buyer_takes_the_seat_when_the_page_connects_and_both_see_it(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer()
    await sam.room(trade)
    assert sam.text("participants") == "Sam (you)"
    await bea.room(trade)
    await sam.sees("Bea", "participants")
    assert sam.text("participants") == "Sam (you) Bea"
    assert bea.text("participants") == "Bea (you) Sam"
    for page in (sam, bea):
        await page.sees("In negotiation", "status")
        assert page.page.title == "Oak table · Traderoom"
    await sam.sees("Bea joined as the buyer", "messages")
    await bea.sees("You joined as the buyer", "timeline")


FIGURES = ("status", "price", "quantity", "description", "version", "countdown")
EVERYWHERE_ONCE = (*FIGURES, "participants", "messages", "timeline", "invitation-link")


async def test_each_marked_element_stands_in_the_room_once(trade: Trade, sam: Browser, bea: Browser) -> None:
    for page in (sam, bea):
        assert {testid: len(page.texts(testid)) for testid in EVERYWHERE_ONCE} == dict.fromkeys(EVERYWHERE_ONCE, 1)
    assert sam.prop("countdown", "data-phase") == "calm"
    assert sam.prop("countdown", "role") == "timer"
    assert sam.text("invitation-link").endswith(f"/room/{trade.code}")


async def test_each_role_has_its_own_buttons(trade: Trade, sam: Browser, bea: Browser) -> None:
    names = ("Amend deal", "Accept deal", "Request amendment", "Reject deal")
    assert [name for name in names if sam.has_button(name)] == ["Amend deal"]
    assert [name for name in names if bea.has_button(name)] == list(names[1:])


def say(page: Browser, text: str) -> None:
    """Type a message and press Send."""
    page.fill("Message", text)
    page.press("Send")


async def test_messages_go_both_ways_and_are_told_in_the_timeline_without_their_text(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    say(bea, "Is it solid?")
    await sam.sees("Is it solid?", "messages")
    say(sam, "Through and through.")
    await bea.sees("Through and through.", "messages")
    for page, who in ((sam, "Bea sent a message"), (bea, "You sent a message")):
        await page.sees(who, "timeline")
        assert "solid" not in page.text("timeline")
        assert page.text("messages").index("Is it solid?") < page.text("messages").index("Through and through.")


@pytest.mark.parametrize("text", ["x" * 5001, "a\0b"])
async def test_a_message_that_cannot_be_sent_says_so_and_keeps_its_text(trade: Trade, bea: Browser, text: str) -> None:
    say(bea, text)
    assert bea.composer.text == ""
    await bea.until(lambda: (bea.composer.text, bea.composer.waiting) == (text, {}))
    assert bea.composer.problem
    bea.fill("Message", "Shorter")
    assert not bea.composer.problem


async def test_a_blank_message_is_not_sent(trade: Trade, application: Application, bea: Browser) -> None:
    for blank in ("", "   ", "\n\t"):
        say(bea, blank)
    say(bea, "Something")
    await bea.sees("Something", "messages")
    standing = await application.history.trade(trade.id)
    assert standing is not None
    assert standing.seq == 3


async def test_typing_is_shown_to_the_other_and_goes_with_the_message(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.fill("Message", "Hel")
    await sam.sees("Bea is typing…", "typing")
    assert not bea.texts("typing")
    bea.fill("Message", "")
    await sam.until(lambda: not sam.texts("typing"))
    bea.fill("Message", "Hello")
    await sam.sees("Bea is typing…", "typing")
    bea.press("Send")
    await sam.until(lambda: not sam.texts("typing"))


async def test_a_half_written_message_survives_whatever_arrives(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.fill("Message", "I was about to sa")
    box = bea.composer.box
    html = box.content
    say(sam, "Hurry!")
    await bea.sees("Hurry!", "messages")
    sam.press("Amend deal")
    sam.fill("Quantity", "3")
    sam.press("Save changes")
    await bea.sees("3", "quantity")
    assert bea.composer.box is box
    assert box.content == html, "sent again it would be empty"


async def test_two_tabs_are_one_person_and_the_last_one_takes_them_along(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    second = await bea.tab().room(trade)
    assert second.text("participants") == "Bea (you) Sam"
    assert sam.text("participants") == "Sam (you) Bea"
    say(second, "From my other tab")
    await bea.sees("From my other tab", "messages")
    second.leave()
    bea.leave()
    assert sam.text("participants") == "Sam (you) Bea"
    await sam.until(lambda: sam.text("participants") == "Sam (you)")


async def test_a_reload_never_flickers_and_comes_back_complete(trade: Trade, sam: Browser, bea: Browser) -> None:
    say(bea, "Before the reload")
    await sam.sees("Before the reload", "messages")
    sam.application.presence._grace = 5
    told: list[tuple[Person, ...]] = []
    sam.application.presence.on_change(lambda place, people: told.append(people))
    bea.leave()
    again = await bea.tab().room(trade)
    assert told == []
    assert sam.text("participants") == "Sam (you) Bea"
    assert again.text("messages").count("Before the reload") == 1
    assert again.text("participants") == "Bea (you) Sam"


async def test_a_short_cut_of_the_line_keeps_the_page_and_misses_nothing(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    bea.fill("Message", "Half a sent")
    bea.application.presence._grace = 5
    bea.leave()
    say(sam, "While you were away")
    await sam.sees("While you were away", "messages")
    await bea.reconnect()
    assert bea.text("messages").count("While you were away") == 1
    assert bea.composer.text == "Half a sent"
    assert bea.text("participants") == "Bea (you) Sam"


async def test_a_third_person_with_the_link_finds_nothing(trade: Trade, eve: Browser) -> None:
    assert (await eve.get(f"/room/{trade.code}")).status_code == 404


async def test_somebody_who_waited_while_the_seat_was_taken_learns_it(
    sam: Browser, bea: Browser, eve: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    """Both have the page; one socket connects first."""
    trade = await sam.offer()
    join = bea.application.negotiation.join

    async def too_late(viewer: Viewer, trade_id: int, code: str) -> Trade:
        await join(await eve.viewer(), trade_id, code)
        return await join(viewer, trade_id, code)

    bea.application.negotiation.join = too_late  # type: ignore[method-assign]
    await bea.open(f"/room/{trade.code}")
    await bea.sees("The buyer's seat in this room is taken.")
    assert not bea.texts("messages")
    await bea.wait(lambda: "got 404" in caplog.text)  # the page loads itself again: it is somebody else's room now


async def test_the_link_of_an_offer_that_ran_out_tells_so(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer()
    created = await sam.application.ledger.create(trade.seller, "Ran out", trade.terms, "", minutes=0.002)  # type: ignore[arg-type]
    await sam.room(created.trade)
    await sam.until(lambda: sam.text("countdown") == "0:00")
    await bea.open(f"/room/{created.trade.code}")
    await bea.sees("The deadline has passed.")
    await sam.application.negotiation.expire(created.trade.id)
    await sam.sees("Expired", "status")
    await bea.open(f"/room/{created.trade.code}")
    await bea.sees("This trade is expired; that is final.")
    assert not bea.texts("messages")


async def test_the_clock_runs_and_rests_while_its_tab_is_hidden(sam: Browser) -> None:
    trade = await sam.offer(minutes="1")
    await sam.room(trade)
    seen = await sam.tab().room(trade)
    assert sam.prop("countdown", "data-phase") == "urgent"
    first = sam.text("countdown")
    await sam.until(lambda: sam.text("countdown") != first)
    sam.trigger(sam.page.layout, "visibility", args=False)
    hidden = sam.text("countdown")
    await seen.until(lambda: seen.text("countdown") < hidden)
    assert sam.text("countdown") == hidden
    sam.trigger(sam.page.layout, "visibility", args=True)
    assert sam.text("countdown") == seen.text("countdown")


async def test_earlier_messages_are_loaded_on_demand(sam: Browser, bea: Browser, application: Application) -> None:
    trade = await sam.offer()
    viewer = await bea.viewer()
    await application.negotiation.join(viewer, trade.id, trade.code)
    for n in range(60):
        await application.negotiation.send(viewer, trade.id, f"message {n:02}")
    await sam.room(trade)
    assert "message 59" in sam.text("messages")
    assert "message 09" not in sam.text("messages")
    sam.press("Show earlier messages")
    await sam.sees("message 00", "messages")
    shown = sam.text("messages")
    assert [shown.count(f"message {n:02}") for n in range(60)] == [1] * 60
    assert shown.index("Version 1") < shown.index("message 00") < shown.index("message 59")
    assert not sam.has_button("Show earlier messages")
