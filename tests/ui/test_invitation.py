"""The invitation's dialog, and what its two deeds do to pages that are open."""

import re
from uuid import uuid4

import pytest
from nicegui.outbox import Message

from app.bootstrap import Application
from app.db.ledger import Ledger, new_code
from app.domain import rules
from app.domain.kinds import Role
from app.domain.moves import ReleaseSeat
from app.domain.trade import Standing, Trade
from app.service.viewer import Viewer
from tests.ui.browser import Browser
from tests.ui.visitor import ORIGIN


@pytest.fixture
async def trade(sam: Browser, bea: Browser) -> Trade:
    """Sam's offer, with both in its room."""
    trade = await sam.offer("Confidential oak")
    await sam.room(trade)
    await bea.room(trade)
    await sam.sees("In negotiation", "status")
    return trade


async def stored(page: Browser, trade: Trade) -> Trade:
    """The trade as the database has it."""
    standing = await page.application.history.trade(trade.id)
    assert standing is not None
    return standing.trade


def overhear(page: Browser) -> list[str]:
    """All that the server sends to a page from now on."""
    sent: list[str] = []
    emit = page.page.outbox._emit

    async def note_and_emit(message: Message) -> None:
        sent.append(repr(message))
        await emit(message)

    page.page.outbox._emit = note_and_emit  # type: ignore[method-assign]
    return sent


async def release(sam: Browser, bea: Browser) -> None:
    """Release the seat by the dialog, and wait until the buyer is told."""
    sam.press("Invitation")
    sam.press("Release seat")
    await bea.sees("Your seat was released")


async def test_the_dialog_tells_who_has_the_seat(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer("Whose seat?")
    await sam.room(trade)
    sam.press("Invitation")
    assert "Nobody has taken the buyer's seat yet." in sam.everything()
    assert sam.has_button("Renew link")
    assert not sam.has_button("Release seat")
    sam.press("Close")
    await bea.room(trade)
    await sam.sees("In negotiation", "status")
    sam.press("Invitation")
    assert "has the buyer's seat." in sam.everything()
    assert "Bea" in sam.everything()
    assert sam.has_button("Release seat")
    assert len(sam.buttons("Copy link")) == 1


async def test_only_the_seller_of_an_open_trade_has_it(trade: Trade, sam: Browser, bea: Browser) -> None:
    assert not bea.buttons("Invitation")
    await bea.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await sam.sees("Rejected", "status")
    await sam.until(lambda: not sam.has_button("Invitation"))


async def test_the_seat_of_who_has_answered_is_not_to_be_released(trade: Trade, sam: Browser, bea: Browser) -> None:
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "Less?")
    await sam.sees("Less?", "messages")
    sam.press("Invitation")
    assert sam.has_button("Renew link")
    assert not sam.has_button("Release seat")


async def test_an_answer_while_the_dialog_is_open_is_told_in_it(trade: Trade, sam: Browser, bea: Browser) -> None:
    sam.press("Invitation")
    assert sam.has_button("Release seat")
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "Less?")
    await sam.sees("Bea asks for other terms: “Less?” The seat cannot be released any more.")
    assert not sam.has_button("Release seat")
    assert (await stored(sam, trade)).buyer == await bea.person()


def rooms(page: Browser) -> list[str]:
    """The codes of the rooms to which a page leads."""
    return [found[1] for found in re.finditer('href="/room/([0-9a-z]+)"', page.markup())]


async def turn_page(page: Browser) -> None:
    """Look at the next page of My trades."""
    before = rooms(page)
    page.press("Next")
    await page.until(lambda: rooms(page) != before)


async def test_a_renewed_link_is_everywhere_at_once(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    run: dict[str, list[str]] = {"Sam": [], "Bea": []}
    for page in (sam, bea):
        monkeypatch.setattr(page.page, "run_javascript", run[page.name].append)
    mine = await sam.tab().open("/trades")
    while trade.code not in rooms(mine):  # Sam has many trades by now
        await turn_page(mine)
    sam.press("Invitation")
    sam.press("Renew link")
    await sam.until(lambda: trade.code not in sam.text("invitation-link"))
    renewed = (await stored(sam, trade)).code
    assert renewed != trade.code
    for page in (sam, bea):
        await page.sees(f"{ORIGIN}/room/{renewed}", "invitation-link")
        await page.sees("renewed the invitation link", "messages")
        assert f"history.replaceState(history.state, '', '/room/{renewed}')" in run[page.name]
        assert trade.code not in page.everything()
        assert (await page.get(f"/room/{trade.code}")).status_code == 404
        assert (await page.get(f"/room/{renewed}")).status_code == 200
    await mine.until(lambda: f'href="/room/{renewed}"' in mine.markup())
    assert trade.code not in mine.markup()
    await sam.until(lambda: not sam.buttons("Renew link"))


async def test_a_page_asked_for_before_the_renewal_leads_nobody_in(sam: Browser, eve: Browser) -> None:
    trade = await sam.offer("Renewed in time")
    answer = await eve.get(f"/room/{trade.code}")
    assert answer.status_code == 200
    assert trade.title not in answer.text, "nothing of the room is shown before the seat is taken"
    renewed = await sam.application.negotiation.renew_link(await sam.viewer(), trade.id)
    assert renewed.code not in answer.text
    assert (await eve.get(f"/room/{trade.code}")).status_code == 404
    assert (await stored(sam, trade)).buyer is None


async def test_a_link_that_is_renewed_between_the_page_and_its_socket_is_told_as_such(
    sam: Browser, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade, find = await sam.offer("Renewed in between"), sam.application.trades.find

    async def find_then_renew(viewer: Viewer, code: str) -> Standing:
        found = await find(viewer, code)
        await sam.application.negotiation.renew_link(await sam.viewer(), trade.id)
        return found

    monkeypatch.setattr(sam.application.trades, "find", find_then_renew)
    await eve.open(f"/room/{trade.code}")
    await eve.sees("This link has been renewed; please ask the seller for the new one.")
    assert eve.texts("status") == []
    assert (await stored(sam, trade)).buyer is None


async def test_a_released_buyer_is_told_and_sees_nothing_of_the_room(trade: Trade, sam: Browser, bea: Browser) -> None:
    sam.fill("Message", "Between the two of us")
    sam.press("Send")
    await bea.sees("Between the two of us", "messages")
    sent = overhear(bea)
    await release(sam, bea)
    renewed = (await stored(sam, trade)).code
    assert "Oak" not in bea.everything()
    for part in ("$1,000.00", "Between the two of us", "Sam", "Oiled.", trade.code, renewed):
        assert part not in bea.everything(), part
        assert part not in bea.markup(), part
    for testid in ("status", "price", "messages", "participants", "invitation-link", "countdown"):
        assert bea.texts(testid) == []
    await sam.application.negotiation.send(await sam.viewer(), trade.id, "Said afterwards")
    await sam.application.negotiation.offer(
        await sam.viewer(), trade.id, 1, price="777", quantity="7", description="Afterwards", reason=""
    )
    await sam.sees("$777.00", "price")
    bea.page.run_javascript("'the last word'")
    await bea.until(lambda: any("the last word" in message for message in sent))
    for part in (renewed, "Said afterwards", "$777", "Afterwards"):
        assert not [message for message in sent if part in message], part
    assert (await bea.get(f"/room/{trade.code}")).status_code == 404


async def test_an_open_dialog_of_a_released_buyer_says_so_and_shows_no_terms(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    """Its frozen terms are the room's."""
    bea.press("Accept deal")
    assert bea.has_button("Accept these terms")
    await release(sam, bea)
    await bea.sees("Nothing was accepted. The seller has taken the buyer's seat back")
    assert not bea.buttons("Accept these terms")
    assert not bea.buttons("Review new terms")
    for part in ("$1,000.00", "left to decide"):
        assert part not in bea.everything()


async def test_the_title_of_a_released_buyer_s_page_names_the_room_no_more(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    sent = overhear(bea)
    await release(sam, bea)
    await bea.until(lambda: trade.title not in str(bea.page.title) or any("document.title" in one for one in sent))


async def test_a_released_buyer_leaves_the_room_for_everybody(trade: Trade, sam: Browser, bea: Browser) -> None:
    await sam.sees("Bea", "participants")
    await release(sam, bea)
    await sam.until(lambda: len(sam.application.presence.people(trade.id)) == 1)
    assert sam.text("participants") == "Sam (you)"
    await sam.sees("Draft", "status")
    assert await bea.person() in sam.application.presence.people(None)
    bea.leave()
    await bea.reconnect()
    await bea.until(lambda: "Your seat was released" in bea.everything())
    assert await bea.person() not in sam.application.presence.people(trade.id)
    room = sam.application.lobby.room(trade.id)
    assert room is not None
    assert room.pages == 1


async def test_every_tab_of_a_released_buyer_hears_of_it(trade: Trade, sam: Browser, bea: Browser) -> None:
    tab = await bea.tab().room(trade)
    mine = await bea.tab().open("/trades")
    await mine.sees("Confidential oak")
    await release(sam, bea)
    await tab.sees("Your seat was released")
    await mine.until(lambda: f"/room/{trade.code}" not in mine.markup())


async def test_a_release_by_another_process_is_told_as_well(trade: Trade, sam: Browser, bea: Browser) -> None:
    application = sam.application
    there = Ledger(application.database, application.queue, "there")
    asked = rules.apply(
        await stored(sam, trade), ReleaseSeat(new_code()), by=Role.SELLER, now=application.database.clock.now()
    )
    assert await there.record(asked)
    await bea.sees("Your seat was released")
    await sam.sees("Draft", "status")


async def test_the_next_buyer_reads_what_was_written_and_the_first_may_come_back_with_the_link(
    trade: Trade, sam: Browser, bea: Browser, application: Application
) -> None:
    next_one = await Browser(application).signed_in(f"Nell {uuid4().hex[:6]}")
    bea.fill("Message", "Is it solid?")
    bea.press("Send")
    await sam.sees("Is it solid?", "messages")
    await release(sam, bea)
    await next_one.room(await stored(sam, trade))
    await next_one.sees("Is it solid?", "messages")
    await next_one.sees("released the buyer's seat", "messages")
    assert (await bea.get(f"/room/{(await stored(sam, trade)).code}")).status_code == 404
    sam.press("Invitation")
    sam.press("Release seat")
    await next_one.sees("Your seat was released")
    await bea.room(await stored(sam, trade))
    await bea.sees("In negotiation", "status")


async def test_a_page_that_was_left_stays_left_when_its_buyer_comes_back_in_another_tab(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    await release(sam, bea)
    tab = await bea.tab().room(await stored(sam, trade))
    sent = overhear(bea)
    await sam.application.negotiation.send(await sam.viewer(), trade.id, "Welcome back")
    await tab.sees("Welcome back", "messages")
    bea.page.run_javascript("'the last word'")
    await bea.until(lambda: any("the last word" in message for message in sent))
    assert "Your seat was released" in bea.everything()
    for part in ("Welcome back", (await stored(sam, trade)).code):
        assert not [message for message in sent if part in message], part


async def test_the_new_link_is_not_shown_even_before_the_release_is_told(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    """A room that catches up may have read the trade as it is already, and the action that led there not yet."""
    room, now = sam.application.lobby.room(trade.id), sam.application.database.clock.now()
    assert room is not None
    released = rules.apply(await stored(sam, trade), ReleaseSeat(new_code()), by=Role.SELLER, now=now).trade
    sent = overhear(bea)
    room.show(released, room.seq, [])
    bea.page.run_javascript("'the last word'")
    await bea.until(lambda: any("the last word" in message for message in sent))
    assert bea.text("invitation-link") == ""
    assert released.code not in bea.everything()
    assert not [message for message in sent if released.code in message]
    await sam.sees(released.code, "invitation-link")
