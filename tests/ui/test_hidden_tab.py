"""What a hidden tab of a room is told: how much is new, and what cannot wait."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.trade import Trade
from app.ui.room import visibility
from tests.ui.browser import Browser
from tests.ui.looking import listen, look, presence, say


def warn_after(seconds: float, trade: Trade, page: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many seconds pass until what is left of a trade's time is short."""
    left = trade.expires_at - page.application.database.clock.now()
    monkeypatch.setattr(visibility, "SOON", left - timedelta(seconds=seconds))


async def be_away_until_time_is_short(trade: Trade, page: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tab is hidden, and has no socket when its time gets short."""
    look(page, visible=False)
    warn_after(0.2, trade, page, monkeypatch)
    page.leave()
    await asyncio.sleep(0.4)


@pytest.fixture
def told(bea: Browser, trade: Trade, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What Bea's page is told of it."""
    return listen(bea, monkeypatch)


async def test_a_hidden_tab_is_told_how_much_is_new_and_what_cannot_wait(
    trade: Trade, sam: Browser, bea: Browser, told: list[str]
) -> None:
    talk, viewer = sam.application.negotiation, await sam.viewer()
    look(bea)
    await say(sam, trade, "Seen")
    await bea.sees("Seen", "messages")
    assert told == []
    look(bea, visible=False)
    await say(sam, trade, "Unseen")
    await talk.offer(viewer, trade.id, 1, price="900", quantity="5", description="", reason="")
    await talk.extend(viewer, trade.id, trade.expires_at + timedelta(minutes=30))
    await talk.withdraw(viewer, trade.id, 2, "")
    await bea.wait(lambda: len(told) == 4)
    assert told == [
        'tellNews(1, "", "")',
        'tellNews(2, "Sam made another offer", "Sam offered $900.00 × 5 with another description")'.replace(
            "×", "\\u00d7"
        ),
        'tellNews(3, "", "")',
        'tellNews(4, "Sam withdrew version 2", "Sam withdrew version 2")',
    ]
    look(bea)
    await bea.sees("4 new since you left", "messages")


async def test_what_one_does_on_another_page_calls_nobody(trade: Trade, bea: Browser, told: list[str]) -> None:
    look(bea, visible=False)
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "Before ten, please")
    await bea.sees("Before ten, please", "messages")
    assert told == ['tellNews(0, "", "")']


async def test_a_hidden_tab_is_called_when_five_minutes_are_left(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warn_after(0.5, trade, bea, monkeypatch)
    look(bea, visible=False)
    look(bea)
    look(bea, visible=False)
    await bea.wait(lambda: told == ['tellNews(0, "Five minutes left", "")'])
    talk, viewer = sam.application.negotiation, await sam.viewer()
    extended = await talk.extend(viewer, trade.id, trade.expires_at + timedelta(minutes=30))
    warn_after(0.5, extended, bea, monkeypatch)
    await talk.extend(viewer, trade.id, extended.expires_at + timedelta(seconds=0.2))
    await bea.wait(lambda: told.count('tellNews(2, "Five minutes left", "")') == 1)


async def test_a_page_that_is_opened_behind_another_counts_from_where_one_was(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(bea)
    await sam.sees("Bea saw version 1, ", "offer")
    bea.leave()
    await say(sam, trade, "New")
    again = await bea.tab().room(trade)
    told = listen(again, monkeypatch)
    look(again, visible=False)
    assert told == ['tellNews(1, "", "")']
    await say(sam, trade, "Newer")
    await again.wait(lambda: told[1:] == ['tellNews(2, "", "")'])
    look(again)
    await again.sees("2 new since you left", "messages")


async def test_what_cannot_wait_is_said_when_the_socket_is_back(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(bea, visible=False)
    bea.leave()
    await sam.application.negotiation.withdraw(await sam.viewer(), trade.id, 1, "")
    await presence(sam, "gone")
    await bea.reconnect()
    look(bea, visible=False)
    await bea.wait(lambda: told == ['tellNews(1, "Sam withdrew version 1", "Sam withdrew version 1")'])
    look(bea, visible=False)
    assert told[1:] == ['tellNews(1, "", "")'], "it is said once"


async def test_five_minutes_left_are_said_when_the_socket_is_back(
    trade: Trade, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await be_away_until_time_is_short(trade, bea, monkeypatch)
    await bea.reconnect()
    look(bea, visible=False)
    await bea.wait(lambda: told == ['tellNews(0, "Five minutes left", "")'])


async def test_five_minutes_left_are_not_said_any_more_when_the_deadline_was_moved_meanwhile(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await be_away_until_time_is_short(trade, bea, monkeypatch)
    talk, viewer = sam.application.negotiation, await sam.viewer()
    await talk.extend(viewer, trade.id, trade.expires_at + timedelta(minutes=30))
    await bea.reconnect()
    look(bea, visible=False)
    await bea.wait(lambda: told == ['tellNews(1, "", "")'])


async def test_five_minutes_left_hide_nothing_that_was_not_said_yet(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(bea, visible=False)
    bea.leave()
    talk, viewer = sam.application.negotiation, await sam.viewer()
    await talk.offer(viewer, trade.id, 1, price="900", quantity="5", description="", reason="")
    warn_after(0.2, trade, bea, monkeypatch)
    await bea.reconnect()
    bea.leave()
    await asyncio.sleep(0.4)
    await bea.reconnect()
    look(bea, visible=False)
    await bea.wait(lambda: len(told) == 2)
    assert told[0].startswith('tellNews(1, "Sam made another offer"')
    assert told[1] == 'tellNews(1, "Five minutes left", "")'


async def test_what_comes_while_a_page_opens_behind_another_counts(
    trade: Trade, sam: Browser, bea: Browser, told: list[str]
) -> None:
    await sam.application.negotiation.withdraw(await sam.viewer(), trade.id, 1, "")
    await bea.sees("Withdrawn", "status")
    look(bea, visible=False)
    await bea.wait(lambda: told == ['tellNews(1, "Sam withdrew version 1", "Sam withdrew version 1")'])


async def test_who_has_lost_the_seat_is_told_nothing_more(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    look(bea, visible=False)
    warn_after(0.2, trade, bea, monkeypatch)
    await sam.application.negotiation.release_seat(await sam.viewer(), trade.id)
    await bea.sees("Your seat was released")
    told.clear()
    look(bea)
    look(bea, visible=False)
    await asyncio.sleep(0.4)
    assert told == []


async def test_what_is_read_in_another_tab_calls_nobody_and_counts_no_more(
    trade: Trade, sam: Browser, bea: Browser, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One number for each person and trade, however many of its pages they have."""
    look(bea, visible=False)
    await say(sam, trade, "Unseen")
    await bea.wait(lambda: told == ['tellNews(1, "", "")'])
    other = await bea.tab().room(trade)
    look(other)
    await bea.wait(lambda: told[1:] == ['tellNews(0, "", "")'])
    await say(sam, trade, "Read elsewhere")
    talk, viewer = sam.application.negotiation, await sam.viewer()
    await talk.offer(viewer, trade.id, 1, price="900", quantity="5", description="", reason="")
    await other.sees("$900.00", "price")
    room, me = bea.application.lobby.room(trade.id), (await bea.person()).id
    assert room is not None
    had = room.seq
    other.trigger(other.page.layout, "seen", args=[had, 2])
    await bea.wait(lambda: room.on_screens[me] >= had)
    assert set(told[1:]) == {'tellNews(0, "", "")'}, "nothing but that all is seen"

    monkeypatch.setattr(other.page, "run_javascript", lambda _: None)  # asked what is on its screen, it says nothing
    await say(sam, trade, "On its way while the other tab is being hidden")
    await talk.withdraw(viewer, trade.id, 2, "")
    await asyncio.sleep(0.05)
    assert set(told[1:]) == {'tellNews(0, "", "")'}
    other.trigger(other.page.layout, "seen", args=[had, 0])  # the last row that it had
    other.trigger(other.page.layout, "visibility", args=False)
    await bea.wait(lambda: told[-1] == 'tellNews(2, "Sam withdrew version 2", "Sam withdrew version 2")')
    look(bea)
    await bea.sees("2 new since you left", "messages")
