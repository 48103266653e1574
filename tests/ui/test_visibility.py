"""Whether somebody looks at a room's page: presence, read marks, offers seen, and what is new to who comes back."""

import asyncio
from datetime import datetime

import pytest

from app.bootstrap import Application
from app.domain.kinds import Kind
from app.domain.read_marks import ReadMark
from app.domain.trade import Trade
from app.service.viewer import Viewer
from app.ui.room import visibility
from tests.ui.browser import Browser
from tests.ui.looking import is_marked, kinds, look, mark, presence, say


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gathered over seconds is not, here."""
    monkeypatch.setattr(visibility, "_ASKED_EVERY", 0.01)
    monkeypatch.setattr(visibility, "_AWAY_AFTER", 0.01)


async def test_a_page_that_is_on_no_screen_sees_nothing(trade: Trade, sam: Browser, bea: Browser) -> None:
    await say(sam, trade, "Hello")
    await bea.sees("Hello", "messages")
    look(bea, visible=False)
    bea.leave()
    await presence(sam, "gone")
    assert (await mark(bea, trade)) == ReadMark(0, None)
    assert Kind.OFFER_SEEN not in await kinds(bea, trade)


async def test_a_visible_page_marks_what_arrives_and_where_one_has_left(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    look(bea)
    for n in range(5):
        seq = await say(sam, trade, f"Word {n}")

    async def has_seen(seq: int) -> bool:
        return (await mark(bea, trade)).seen_seq >= seq

    await bea.wait_until(lambda: has_seen(seq))
    look(bea, visible=False)
    unseen = await say(sam, trade, "Too late")
    bea.leave()
    await presence(sam, "gone")
    assert not await has_seen(unseen)


async def test_who_looks_is_marked_as_being_there_when_the_deadline_is_near(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails of warning may be sent by a process that has no pages."""
    monkeypatch.setattr(visibility, "_RENEWED_EVERY", 0.1)
    tab = await bea.tab().room(trade)
    look(tab)
    await asyncio.sleep(0.3)
    before = await mark(bea, trade)
    await asyncio.sleep(0.3)
    assert (await mark(bea, trade)) == before, "the deadline is far"
    left = trade.expires_at - bea.application.database.clock.now()
    monkeypatch.setattr(visibility, "BEFORE_DEADLINE", left)
    assert before.seen_at is not None
    await bea.wait_until(lambda: _is_there_since(bea, trade, before.seen_at))
    look(tab, visible=False)
    await asyncio.sleep(0.2)
    hidden = await mark(bea, trade)
    await asyncio.sleep(0.3)
    assert (await mark(bea, trade)) == hidden


@pytest.mark.parametrize("told", [None, "2", [], [1], ["1", 1], [1, 1, 1], [True, 1.0], [10**9, 1], [[1], 1]])
async def test_what_a_page_claims_to_have_seen_is_what_there_is(told: object, trade: Trade, bea: Browser) -> None:
    bea.trigger(bea.page.layout, "seen", told)
    await asyncio.sleep(0.05)
    assert (await mark(bea, trade)).seen_seq <= 1
    assert Kind.OFFER_SEEN not in await kinds(bea, trade)


async def test_marks_are_gathered_one_statement_for_many_messages(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[int] = []
    see = bea.application.read_marks.see

    async def note(viewer: Viewer, trade_id: int, seq: int) -> None:
        written.append(seq)
        await see(viewer, trade_id, seq)

    monkeypatch.setattr(bea.application.read_marks, "see", note)
    monkeypatch.setattr(visibility, "_ASKED_EVERY", 0.5)
    tab = await bea.tab().room(trade)
    look(tab)
    talk, viewer = sam.application.negotiation, await sam.viewer()
    for n in range(20):
        last = await talk.send(viewer, trade.id, f"Word {n}")
    await bea.wait(lambda: bool(written) and written[-1] >= last.seq)
    assert len(written) < 8


async def test_the_offer_of_the_other_side_is_seen_once_for_each_version(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    look(sam)
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    look(bea, visible=False)
    talk = sam.application.negotiation
    await talk.offer(await sam.viewer(), trade.id, 1, price="900", quantity="5", description="", reason="")
    await bea.sees("$900.00", "price")
    assert "saw version 2" not in sam.text("messages")
    tab = await bea.tab().room(trade)
    for page in (bea, tab, bea, tab):
        look(page)
    await sam.sees("Bea saw version 2, ", "offer")
    assert (await kinds(sam, trade)).count(Kind.OFFER_SEEN) == 2
    assert "saw" not in bea.text("messages")


async def test_a_look_at_an_open_page_costs_no_move_of_one_s_limit(
    trade: Trade, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    room, limits = bea.application.lobby.room(trade.id), bea.application.negotiation._limits
    assert room is not None
    with monkeypatch.context() as patch:
        patch.setattr(limits, "check", lambda name, *_: asked.append(name))
        look(bea)
        await bea.wait(lambda: room.trade.seen_version == 1)
    assert asked == []


async def test_the_other_party_is_here_away_or_gone_and_always_named(trade: Trade, sam: Browser, bea: Browser) -> None:
    await presence(sam, "here")
    assert sam.text("counterparty") == "Bea · Buyer · here"
    assert bea.text("counterparty") == "Sam · Seller · here"
    look(bea, visible=False)
    await presence(sam, "away")
    assert sam.text("counterparty") == "Bea · Buyer · away"
    assert "Bea" in sam.text("participants")
    tab = await bea.tab().room(trade)
    await presence(sam, "here")
    tab.leave()
    await presence(sam, "away")
    look(bea)
    await presence(sam, "here")
    bea.trigger(bea.page.layout, "idle", args=True)
    await presence(sam, "away")
    bea.trigger(bea.page.layout, "idle", args=False)
    await presence(sam, "here")
    bea.leave()
    await presence(sam, "gone")
    assert sam.text("counterparty").startswith("Bea · Buyer · last seen ")
    assert "Bea" not in sam.text("participants")
    again = await sam.tab().room(trade)
    assert again.text("counterparty") == sam.text("counterparty")


async def test_a_short_look_elsewhere_is_no_absence(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "_AWAY_AFTER", 60)
    tab = await bea.tab().room(trade)
    bea.leave()
    look(tab, visible=False)
    await say(sam, trade, "Hello")
    await tab.sees("Hello", "messages")
    await presence(sam, "here")


async def test_a_draft_names_who_is_awaited(sam: Browser) -> None:
    await sam.room(await sam.offer(buyer="Somebody New"))
    assert sam.text("counterparty") == "Somebody New · Buyer · not joined yet"
    await sam.room(await sam.offer())
    assert sam.text("counterparty") == "No buyer yet"


@pytest.mark.parametrize(("buyer", "told"), [("Somebody New", "Somebody New · Buyer · did not join"), ("", "No buyer")])
async def test_a_closed_trade_awaits_nobody(sam: Browser, application: Application, buyer: str, told: str) -> None:
    title = f"Awaited by {buyer or 'nobody'}"
    trade = await sam.offer(title, buyer=buyer)
    await application.negotiation.withdraw(await sam.viewer(), trade.id, 1, "")
    await sam.room(trade)
    assert sam.text("counterparty") == told
    await sam.open("/trades")
    sam.fill("Search by title or name", title)
    await sam.until(lambda: len(sam.texts("trade")) == 1)
    (row,) = sam.texts("trade")
    assert title in row
    assert ("did not join" if buyer else "no buyer") in row
    assert " yet" not in row


async def test_who_acts_unseen_was_last_seen_then(trade: Trade, sam: Browser, bea: Browser) -> None:
    """As from another process, or by a page that has just gone."""
    bea.leave()
    await presence(sam, "gone")
    await say(bea, trade, "From afar")
    await sam.sees("From afar", "messages")
    assert "last seen" in sam.text("counterparty")


async def test_who_comes_back_finds_a_line_where_the_new_begins(trade: Trade, sam: Browser, bea: Browser) -> None:
    look(bea)
    await say(sam, trade, "Before")
    await bea.sees("Before", "messages")
    look(bea, visible=False)
    await say(sam, trade, "One")
    await say(bea, trade, "Mine, from another tab")
    await say(sam, trade, "Two")
    await say(sam, trade, "Three")
    await bea.sees("Three", "messages")
    look(bea)
    await bea.sees("2 new since you left", "messages")
    said = bea.text("messages")
    assert said.index("Mine") < said.index("2 new since") < said.index("Two")
    look(bea, visible=False)
    await say(sam, trade, "Four")
    await bea.sees("Four", "messages")
    look(bea)
    await bea.sees("1 new since you left", "messages")
    assert bea.text("messages").count("since you left") == 1


async def test_a_page_that_is_opened_again_says_what_is_new(trade: Trade, sam: Browser, bea: Browser) -> None:
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    seen = await say(sam, trade, "Seen")
    await bea.wait_until(lambda: is_marked(bea, trade, seen))
    bea.leave()
    for word in ("New one", "New two"):
        await say(sam, trade, word)
    again = await bea.tab().room(trade)
    said = again.text("messages")
    assert said.index("Seen") < said.index("2 new since you left") < said.index("New one")
    assert "since you left" not in (await sam.tab().room(trade)).text("messages")


async def test_a_page_that_is_loaded_again_at_once_has_nothing_new(trade: Trade, sam: Browser, bea: Browser) -> None:
    """Before the read mark is written."""
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    seq, me, room = await say(sam, trade, "Just arrived"), await bea.person(), bea.application.lobby.room(trade.id)
    assert room is not None
    await bea.wait(lambda: room.on_screens[me.id] >= seq)
    again = await bea.tab().room(trade)
    assert "since you left" not in again.text("messages")
    look(bea, visible=False)
    await say(sam, trade, "Behind another tab")
    await bea.sees("Behind another tab", "messages")
    assert "1 new since you left" in (await bea.tab().room(trade)).text("messages")
    look(bea)
    assert "since you left" not in (await bea.tab().room(trade)).text("messages")


async def test_what_cannot_be_kept_is_a_warning_and_nobody_s_trouble(
    trade: Trade, bea: Browser, broken: None, caplog: pytest.LogCaptureFixture
) -> None:
    look(bea)
    await bea.wait(lambda: "could not be kept" in caplog.text)
    await asyncio.sleep(0)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


async def _is_there_since(page: Browser, trade: Trade, moment: datetime | None) -> bool:
    seen_at = (await mark(page, trade)).seen_at
    return seen_at is not None and moment is not None and seen_at > moment
