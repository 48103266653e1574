"""All dashboards of a process: one view for each query, changes in one go, and three figures that are true."""

import asyncio
from datetime import timedelta

import pytest

from app.domain.kinds import Status
from app.domain.moves import Accept, Join, Reject, SendMessage
from app.domain.trade import RECENTLY
from app.rooms import dashboard as dashboard_module
from app.rooms.dashboard import Figures
from app.rooms.listing import PAGE, Listing, Query
from tests.conftest import Market
from tests.rooms.conftest import Process, until

OPEN = Query((Status.DRAFT, Status.IN_NEGOTIATION))


@pytest.fixture(autouse=True)
def _gathered_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dashboard_module, "_GATHER", 0.02)


def shown(view: Listing) -> list[str]:
    """What a dashboard shows, in its order."""
    return [line.trade.title for line in view.lines.values()]


def changes(view: Listing) -> list[tuple[list[str], list[str], list[int]]]:
    """A list in which the view's changes are noted."""
    noted: list[tuple[list[str], list[str], list[int]]] = []
    view.changed.subscribe(
        lambda top, place, gone: noted.append(([at.trade.title for at in top], [at.trade.title for at in place], gone))
    )
    return noted


async def test_dashboards_that_show_the_same_share_one_view(process: Process) -> None:
    await process.books.draft()
    first, second = await asyncio.gather(process.dashboard.open(Query()), process.dashboard.open(Query()))
    other = await process.dashboard.open(OPEN)
    assert first is second is not other
    assert process.twin.readings.count("activity") == 2
    process.dashboard.close(first)
    assert process.dashboard.is_watched
    assert await process.dashboard.open(Query()) is first
    for view in (first, second, other):
        process.dashboard.close(view)
    assert not process.dashboard.is_watched


async def test_what_happens_in_a_moment_is_shown_in_one_go(process: Process) -> None:
    old = await process.books.draft("Old")
    view = await process.dashboard.open(Query())
    noted = changes(view)
    new = await process.books.draft("New")
    process.lobby.publish(new)
    await process.play(new.trade, Join(process.bea, new.trade.code))
    await process.play(old.trade, Join(process.bea, old.trade.code))
    process.presence.enter(new.trade.id, process.sam)
    await until(lambda: bool(noted))
    assert noted == [(["New", "Old"], [], [])]
    assert shown(view) == ["Old", "New"]
    assert view.lines[new.trade.id].present == (process.sam,)


async def test_each_view_shows_its_own_statuses(process: Process) -> None:
    deal = (await process.books.deal()).trade
    everything, still_open = await process.dashboard.open(Query()), await process.dashboard.open(OPEN)
    await process.play(deal, Accept(1), process.bea)
    await until(lambda: shown(still_open) == [])
    assert [line.trade.status for line in everything.lines.values()] == [Status.ACCEPTED]


async def test_a_page_that_loses_lines_shows_those_that_were_on_the_next_one(process: Process) -> None:
    for n in range(PAGE + 5):
        last = (await process.books.draft(f"Table {n}")).trade
    view = await process.dashboard.open(Query((Status.DRAFT,)))
    await process.play(last, Join(process.bea, last.code))
    await until(lambda: last.id not in view.lines)
    await asyncio.sleep(0.1)
    assert shown(view) == [f"Table {n}" for n in range(PAGE + 3, 3, -1)]


async def test_what_happens_in_a_private_trade_brings_it_on_no_page(process: Process) -> None:
    private = (await process.books.draft("Private", listed=False)).trade
    for n in range(PAGE):
        await process.books.draft(f"Table {n}")
    view = await process.dashboard.open(Query())
    noted = changes(view)
    await process.play(private, Join(process.bea, private.code))
    await process.play(private, SendMessage("Hello"), process.bea)
    await asyncio.sleep(0.1)
    assert (noted, process.twin.readings.count("activity")) == ([], 1)


async def test_a_private_trade_that_comes_to_a_page_has_its_place_there_as_in_a_reading(process: Process) -> None:
    await process.books.deal("First")
    private = (await process.books.draft("Private", listed=False)).trade
    await process.books.deal("Last")
    view = await process.dashboard.open(Query((Status.IN_NEGOTIATION,)))
    assert shown(view) == ["Last", "First"]
    await process.play(private, Join(process.bea, private.code))
    await until(lambda: shown(view) == ["Last", "Private", "First"])
    await process.play(private, SendMessage("Hello"), process.bea)
    await asyncio.sleep(0.1)
    assert shown(view) == ["Last", "Private", "First"]


async def test_pages_and_searches_are_read_for_whoever_asks(process: Process) -> None:
    for n in range(PAGE + 3):
        await process.books.draft(f"Table {n}")
    first, second = await process.dashboard.open(Query()), await process.dashboard.open(Query(page=1))
    assert (len(first.lines), first.has_more) == (PAGE, True)
    assert (shown(second), second.has_more) == (["Table 2", "Table 1", "Table 0"], False)
    assert shown(await process.dashboard.open(Query(title="TABLE 27"))) == ["Table 27"]


async def test_people_who_come_and_go_are_shown_in_place(process: Process) -> None:
    deal = (await process.books.deal()).trade
    process.presence.enter(deal.id, process.sam)
    view = await process.dashboard.open(Query())
    assert view.lines[deal.id].present == (process.sam,)
    noted = changes(view)
    process.presence.enter(deal.id, process.bea)
    await until(lambda: view.lines[deal.id].present == (process.sam, process.bea))
    process.presence.leave(deal.id, process.sam)
    await until(lambda: view.lines[deal.id].present == (process.bea,))
    assert noted == [([], ["Oak table"], [])] * 2


async def test_the_figures_count_trades_people_and_rooms(process: Process) -> None:
    deal = (await process.books.deal()).trade
    await process.dashboard.reload()
    assert process.dashboard.figures == Figures(1, 0, 0)
    for place, person in ((None, process.sam), (None, process.bea), (None, process.sam), (deal.id, process.sam)):
        process.presence.enter(place, person)
    process.presence.enter(99, process.bea)
    await until(lambda: process.dashboard.figures == Figures(1, 2, 2))
    process.lobby.publish(await process.books.draft("Mine"))
    theirs = await process.books.draft("Theirs")
    process.hear(theirs)
    await until(lambda: process.dashboard.figures.total_trades == 3)
    process.presence.leave(99, process.bea)
    process.presence.leave(None, process.bea)
    await until(lambda: process.dashboard.figures == Figures(3, 1, 1))


async def test_own_trades_are_counted_once(process: Process) -> None:
    created = await process.books.draft()
    process.lobby.publish(created)
    process.hear(created, own=True)
    await process.settle()
    await asyncio.sleep(0.05)
    assert process.dashboard.figures.total_trades == 1


async def test_what_is_recorded_while_a_dashboard_reads_is_shown(process: Process) -> None:
    deal = (await process.books.deal()).trade
    async with process.twin.held("activity"):
        opening = asyncio.create_task(process.dashboard.open(Query()))
        await asyncio.sleep(0.01)
        await process.play(deal, Accept(1), process.bea)
        await asyncio.sleep(0.05)
    view = await opening
    await until(lambda: view.lines[deal.id].trade.status is Status.ACCEPTED)


async def test_after_a_silence_dashboards_read_everything_again(process: Process) -> None:
    first = (await process.books.deal("First")).trade
    await process.books.deal("Second")
    view = await process.dashboard.open(OPEN)
    noted = changes(view)
    await process.play_elsewhere(first, Reject(1), process.bea)
    await process.books.draft("Third")
    await process.dashboard.reload()
    assert shown(view) == ["Third", "Second"]
    assert noted == [(["Second", "Third"], [], [first.id])]
    assert process.dashboard.figures.total_trades == 3


async def test_what_is_recorded_while_dashboards_read_again_is_not_lost(process: Process) -> None:
    deal = (await process.books.deal()).trade
    view = await process.dashboard.open(Query())
    async with process.twin.held("activity"):
        reloading = asyncio.create_task(process.dashboard.reload())
        await asyncio.sleep(0.01)
        await process.play(deal, Accept(1), process.bea)
        await until(lambda: view.lines[deal.id].trade.status is Status.ACCEPTED)
    await reloading
    await asyncio.sleep(0.05)
    assert view.lines[deal.id].trade.status is Status.ACCEPTED


async def test_a_trade_that_was_counted_is_not_counted_again_by_its_news(process: Process) -> None:
    """After a silence, and at the start, news wait on the line that the count knows already."""
    created = await process.books.draft()
    await process.lobby.resume()
    process.hear(created)
    await process.settle()
    await asyncio.sleep(0.05)
    assert process.dashboard.figures.total_trades == 1


async def test_a_first_reading_that_fails_leaves_no_dead_view_behind(process: Process) -> None:
    """Whoever waited for the same reading must not be left with a page that stays empty."""
    await process.books.draft()
    process.twin.failure = OSError("the database is away")
    answers = await asyncio.gather(*(process.dashboard.open(Query()) for _ in range(2)), return_exceptions=True)
    process.twin.failure = None
    assert not process.dashboard.is_watched
    assert [type(answer) for answer in answers] == [OSError, OSError]
    assert shown(await process.dashboard.open(Query())) == ["Oak table"]


async def test_a_late_message_does_not_bring_a_long_closed_trade_back(process: Process) -> None:
    """It is not among the recent ones when the page is read; it is not when the page is live."""
    deal = (await process.books.deal()).trade
    await process.play(deal, Reject(1), process.bea)
    process.twin.age(deal.id, RECENTLY + timedelta(hours=1))
    view = await process.dashboard.open(Query())
    assert shown(view) == []
    await process.play(deal, SendMessage("Do you remember?"), process.bea)
    await asyncio.sleep(0.1)
    assert shown(view) == []


@pytest.mark.parametrize(("title", "typed"), [("Straße", "STRASSE"), ("STRASSE", "straße"), ("ΣΊΣΥΦΟΣ", "σίσυφος")])
async def test_a_live_dashboard_finds_what_a_reading_of_postgresql_finds(
    title: str, typed: str, process: Process, market: Market
) -> None:
    """Whatever is found: a page must not lose a trade, or gain one, by a reload."""
    trade = await (await market.draft(title)).trade()
    found = await market.history.activity(tuple(Status), typed, offset=0, limit=9)
    assert Query(title=typed).matches(trade) is bool(found)
