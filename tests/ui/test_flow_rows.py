"""The conversation's rows: messages of one person in a row are one group, and days are separated."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from app.bootstrap import Application
from app.domain.actions import Action
from app.domain.kinds import Kind, Role
from app.ui.components.stream import ChangingRow, Row
from app.ui.room import entries
from app.ui.room.flow_rows import FlowRows
from app.ui.room.room_view import RoomView
from tests.domain.offers import BEA, SAM
from tests.ui.browser import Browser
from tests.ui.newcomers import newcomer
from tests.ui.test_wording import room_view

ZONE = ZoneInfo("America/New_York")
NOON = datetime(2026, 11, 26, 17, tzinfo=UTC)
"""12:00 in New York."""


class Clock:
    """What time it is."""

    now = NOON


def view_at(clock: Clock) -> RoomView:
    return replace(room_view(BEA), zone=ZONE, now=lambda: clock.now)


def message(at: datetime, text: str = "Hello", *, by: Role = Role.BUYER) -> Action:
    return Action(Kind.MESSAGE_SENT, at, BEA if by is Role.BUYER else SAM, by, text=text)


def html(row: Row) -> str:
    return row.html if isinstance(row, ChangingRow) else row


class Told(NamedTuple):
    """What a row says of itself."""

    day: str
    has_name: bool


def told(row: Row) -> Told:
    day = re.search('<p class="day"><span>(.*?)</span></p>', html(row))
    return Told(day[1] if day else "", "<time" in html(row))


MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("second", "is_one_group"),
    [
        (message(NOON + 4 * MINUTE), True),
        (message(NOON + 6 * MINUTE), False),
        (message(NOON + MINUTE, by=Role.SELLER), False),
        (Action(Kind.JOINED, NOON + MINUTE, BEA, Role.BUYER), False),
    ],
)
def test_messages_of_one_person_in_a_row_have_one_name_and_time(second: Action, is_one_group: bool) -> None:
    rows = FlowRows(view_at(Clock()))
    first, after, third = rows.first([message(NOON), second, message(second.at + MINUTE)])
    assert told(first).has_name
    assert told(after).has_name != is_one_group
    assert told(third).has_name != (second.actor == BEA and second.kind is Kind.MESSAGE_SENT)


def test_a_row_is_short_and_shorter_where_it_goes_on() -> None:
    view = view_at(Clock())
    first, second = message(NOON), message(NOON + MINUTE)
    alone = entries.conversation(first, view, message(NOON - 9 * MINUTE))
    time = f'<time datetime="{NOON.isoformat()}">12:00</time>'
    head = f'<div class="message own" data-seq="{first.seq}"><div class="meta">You {time}</div>'
    assert alone == head + '<div class="bubble" dir="auto">Hello</div></div>'
    assert len(entries.conversation(second, view, first)) < len(alone)


def test_days_are_the_reader_s_and_are_called_anew_when_the_next_one_begins() -> None:
    clock = Clock()
    rows = FlowRows(view_at(clock))
    evening = datetime(2026, 11, 26, 4, 59, tzinfo=UTC)  # 23:59 on the 25th
    last_year = datetime(2025, 11, 26, 17, tzinfo=UTC)
    found = rows.first([message(at) for at in (last_year, evening, evening + 2 * MINUTE, NOON)])
    days = ["November 26, 2025", "Yesterday, November 25", "Today, November 26", ""]
    assert [told(row).day for row in found] == days
    assert told(found[2]).has_name  # a group does not go on over midnight
    clock.now = NOON + timedelta(days=1)
    assert told(rows.next(message(clock.now))).day == "Today, November 27"
    assert [told(row).day for row in found] == [days[0], "November 25", "Yesterday, November 26", ""]


def test_what_comes_before_decides_about_the_first_row_once_it_is_known() -> None:
    rows = FlowRows(view_at(Clock()))
    (first, _) = rows.first([message(NOON), message(NOON + MINUTE)])
    assert told(first) == ("Today, November 26", True)
    older = rows.earlier([message(NOON - timedelta(days=1)), message(NOON - MINUTE)])
    assert [told(row).day for row in older] == ["Yesterday, November 25", "Today, November 26"]
    assert told(first) == ("", False)
    assert not rows.earlier([])
    rows.earlier([message(NOON - timedelta(days=1, minutes=1))])
    assert told(older[0]) == ("", False)


@pytest.fixture
async def pair(application: Application) -> tuple[Browser, Browser]:
    """A seller and a buyer in a room, in which the buyer has written forty messages."""
    sam, bea = [await newcomer(application, name) for name in ("Sam", "Bea")]
    trade = await sam.offer("Rows", buyer=bea.name)
    await application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    for number in range(40):
        await application.negotiation.send(await bea.viewer(), trade.id, f"number {number:02}")
    return await sam.room(trade), await bea.room(trade)


async def test_earlier_messages_join_the_group_that_was_there(pair: tuple[Browser, Browser]) -> None:
    for page in pair:
        assert page.markup().count('class="bubble"') < 40
        assert page.markup().count('class="meta"') == 1
        assert page.text("messages").count("Today, ") == 1
        page.press("Show earlier messages")
        await page.sees("number 00", "messages")
        assert page.markup().count('class="bubble"') == 40
        assert page.markup().count('class="meta"') == 1
        assert page.text("messages").count("Today, ") == 1


async def test_a_timeline_without_messages_reads_on_until_there_is_something_to_show(
    pair: tuple[Browser, Browser],
) -> None:
    page = pair[0]
    assert "made the first offer" not in page.text("timeline")
    (box,) = (e for e in page.page.elements.values() if "show-messages" in e.classes)
    page.trigger(box, "change", False)
    page.press("Show earlier")
    await page.until(lambda: page.text("timeline").count("sent a message") == 40)
    assert not page.has_button("Show earlier")


async def test_the_way_to_the_newest_tells_how_many_have_come_meanwhile(pair: tuple[Browser, Browser]) -> None:
    sam, bea = pair
    assert "To the newest" in sam.everything()
    (flow,) = (e for e in sam.page.elements.values() if "flow" in e.classes)
    sam.trigger(flow, "scroll", {"up": True, "top": False})
    for text, said in (("One", "1 new message"), ("Two", "2 new messages")):
        bea.fill("Message", text)
        bea.press("Send")
        await sam.until(lambda said=said: said in sam.everything())  # type: ignore[misc]
    sam.trigger(flow, "scroll", {"up": False, "top": False})
    await sam.sees("To the newest")
