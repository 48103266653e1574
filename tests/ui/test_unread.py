"""What is new in one's trades: how much, and what happened last, live in My trades."""

import pytest

from app.domain.trade import Trade
from app.ui.room import visibility
from tests.ui.browser import Browser
from tests.ui.looking import look, say
from tests.ui.newcomers import bea, sam

__all__ = ["bea", "sam"]


@pytest.fixture
async def trade(sam: Browser, bea: Browser) -> Trade:
    """A trade between the two, with nobody in its room."""
    trade = await sam.offer("Oak table")
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    return trade


def unread(page: Browser) -> list[str]:
    """The marks in the list."""
    return page.texts("unread")


async def test_a_row_says_how_much_is_new_and_what_happened_last(trade: Trade, sam: Browser, bea: Browser) -> None:
    await say(bea, trade, "Is it <b>oiled</b>?\n\nAnd dry?")
    await sam.open("/trades")
    assert unread(sam) == ["2 new"]
    (row,) = sam.texts("trade")
    assert f"{bea.name} : Is it <b>oiled</b>? And dry?" in row
    await bea.open("/trades")
    assert unread(bea) == []
    assert "You: Is it" in bea.texts("trade")[0]
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "Before ten, please")
    await sam.sees(f"{bea.name} asked for an amendment", "trade")
    assert unread(sam) == ["3 new"]
    assert "You asked for an amendment" in bea.texts("trade")[0]


async def test_a_long_message_is_cut_and_many_are_told_as_more(trade: Trade, sam: Browser, bea: Browser) -> None:
    talk, viewer = bea.application.negotiation, await bea.viewer()
    await talk.send(viewer, trade.id, "Word " * 900)
    await sam.open("/trades")
    assert sam.texts("trade")[0].count("Word") < 30
    for n in range(100):
        await talk.send(viewer, trade.id, f"Message {n}")
    await sam.sees("Message 99", "trade")
    assert unread(sam) == ["99+ new"]
    await sam.open("/trades")
    assert unread(sam) == ["99+ new"]


async def test_the_marks_are_live_and_a_message_asks_the_database_nothing(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sam.open("/trades")
    await bea.room(trade)
    assert unread(sam) == ["1 new"]
    asked: list[object] = []
    monkeypatch.setattr(sam.application.read_marks, "news", asked.append)
    monkeypatch.setattr(sam.application.trades, "mine", asked.append)
    for n in range(2, 5):
        await say(bea, trade, f"Word {n}")
        await sam.sees(f"Word {n}", "trade")
        assert unread(sam) == [f"{n} new"]
    await say(sam, trade, "My answer")
    await sam.sees("You: My answer", "trade")
    assert (unread(sam), asked) == ([], [])


async def test_what_is_seen_in_the_room_is_not_new_in_the_list(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visibility, "_ASKED_EVERY", 0.01)
    await say(bea, trade, "Hello")
    await sam.open("/trades")
    room = await sam.tab().room(trade)
    assert unread(sam) == ["2 new"]
    look(room)
    await sam.until(lambda: unread(sam) == [])
    await say(bea, trade, "Seen at once")
    await sam.sees("Seen at once", "trade")
    await sam.until(lambda: unread(sam) == [])
    look(room, visible=False)
    await say(bea, trade, "Not seen")
    await sam.until(lambda: unread(sam) == ["1 new"])
    assert "Not seen" in sam.texts("trade")[0]


async def test_a_page_of_rows_asks_once_for_what_is_new(
    sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await sam.offer(f"Trade {n}")
    store, asked = sam.application.read_marks._store, []
    rows = store._rows

    async def count(statement: str, **values: object) -> list[object]:
        asked.append(statement)
        return await rows(statement, **values)

    monkeypatch.setattr(store, "_rows", count)
    await sam.open("/trades")
    assert len(sam.texts("trade")) == 3
    assert len(asked) == 1
    assert all("You created the offer" in row for row in sam.texts("trade"))
    await sam.offer("Trade 4")
    await sam.sees("Trade 4", "trade")
    assert len(asked) == 1
    assert unread(sam) == []
    assert await bea.open("/trades")
    assert len(asked) == 1
