"""What nobody has seen though it was sent: the line is dead, the tab is being hidden, nobody sits before the screen."""

import asyncio

import pytest

from app.domain.kinds import Kind
from app.domain.trade import Trade
from app.ui.room import visibility
from tests.ui.browser import Browser
from tests.ui.looking import is_marked, kinds, listen, look, mark, presence, say


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gathered over seconds is not, here."""
    monkeypatch.setattr(visibility, "_ASKED_EVERY", 0.01)
    monkeypatch.setattr(visibility, "_AWAY_AFTER", 0.01)


async def test_what_was_sent_and_never_arrived_is_seen_by_nobody(trade: Trade, sam: Browser, bea: Browser) -> None:
    """A line that is dead is noticed some seconds later; until then the server takes the page for visible."""
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    bea.is_shown = False  # nothing that is sent arrives, and so nothing is answered
    talk = sam.application.negotiation
    await talk.offer(await sam.viewer(), trade.id, 1, price="900", quantity="5", description="", reason="")
    last = await say(sam, trade, "Into the tunnel")
    await bea.sees("Into the tunnel", "messages")
    bea.leave()
    await presence(sam, "gone")
    assert (await mark(bea, trade)).seen_seq < last - 1
    assert (await kinds(sam, trade)).count(Kind.OFFER_SEEN) == 1
    again = await bea.tab().room(trade)
    assert "2 new since you left" in again.text("messages")
    look(again)
    await sam.sees("Bea saw version 2, ", "offer")
    await bea.wait_until(lambda: is_marked(bea, trade, last))


async def test_what_arrives_while_a_tab_is_being_hidden_is_seen_by_nobody_and_calls(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The browser tells of it a moment before the server hears that; until then it takes the page for visible."""
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    first = await say(sam, trade, "Seen")
    await bea.wait_until(lambda: is_marked(bea, trade, first))
    told = listen(bea, monkeypatch)
    bea.is_shown = False
    await say(sam, trade, "Under way")
    talk = sam.application.negotiation
    await talk.offer(await sam.viewer(), trade.id, 1, price="900", quantity="5", description="", reason="")
    await bea.sees("$900.00", "price")
    bea.trigger(bea.page.layout, "seen", args=[first, 0])
    bea.trigger(bea.page.layout, "visibility", args=False)
    assert [script.partition(', "Sam offered')[0] for script in told] == ['tellNews(2, "Sam made another offer"']
    assert (await mark(bea, trade)).seen_seq == first
    await say(sam, trade, "Later")
    look(bea)
    await bea.sees("3 new since you left", "messages")


async def test_what_comes_to_a_screen_that_nobody_has_touched_for_long_is_not_seen(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    bea.trigger(bea.page.layout, "idle", args=True)
    await presence(sam, "away")
    before = await mark(bea, trade)
    talk = sam.application.negotiation
    await talk.offer(await sam.viewer(), trade.id, 1, price="900", quantity="5", description="", reason="")
    last = await say(sam, trade, "Are you there?")
    await bea.sees("Are you there?", "messages")
    look(bea)  # it is connected again, and as untouched as before
    await asyncio.sleep(0.05)
    assert (await mark(bea, trade)).seen_seq == before.seen_seq
    assert (await kinds(sam, trade)).count(Kind.OFFER_SEEN) == 1
    assert "new since you left" not in bea.text("messages")
    bea.trigger(bea.page.layout, "idle", args=False)
    await bea.sees("2 new since you left", "messages")
    await sam.sees("Bea saw version 2, ", "offer")
    await bea.wait_until(lambda: is_marked(bea, trade, last))
