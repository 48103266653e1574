"""Lists of trades hear of the trades of their person, whether or not anybody is in the room."""

from collections.abc import Sequence

import pytest

from app.domain.actions import Action
from app.domain.kinds import Status
from app.domain.moves import Accept, Join, SendMessage
from app.domain.trade import Trade
from app.rooms.lists import Watcher
from tests.rooms.conftest import Process


class List:
    """A page that lists somebody's trades."""

    def __init__(self) -> None:
        self.told: list[Trade] = []
        self.actions: list[Action] = []

    def hear(self, trade: Trade, actions: Sequence[Action]) -> None:
        """Note what it is told."""
        self.told.append(trade)
        self.actions += actions

    @property
    def statuses(self) -> list[Status]:
        """The statuses it was told."""
        return [trade.status for trade in self.told]


async def test_both_parties_lists_are_told_and_nobody_else_s(process: Process) -> None:
    sams, beas, eves = List(), List(), List()
    eve = await process.twin.person("Eve")
    for person, page in ((process.sam, sams), (process.bea, beas), (eve, eves)):
        process.lobby.lists.watch(person.id, Watcher(page.hear))
    created = await process.books.draft()
    process.lobby.publish(created)
    await process.play(created.trade, Join(process.bea, created.trade.code))
    await process.play(created.trade, Accept(1), process.bea)
    assert sams.statuses == [Status.DRAFT, Status.IN_NEGOTIATION, Status.ACCEPTED]
    assert beas.statuses == [Status.IN_NEGOTIATION, Status.ACCEPTED]
    assert eves.told == []


async def test_lists_are_told_of_what_other_processes_did(process: Process) -> None:
    page = List()
    process.lobby.lists.watch(process.sam.id, Watcher(page.hear))
    created = await process.books.draft()
    process.hear(created)
    await process.settle()
    joined = await process.play_elsewhere(created.trade, Join(process.bea, created.trade.code))
    process.hear(joined)
    await process.settle()
    assert page.told == [created.trade, joined.trade]
    assert page.actions == [created.action, created.action, joined.action]


async def test_a_list_that_stopped_watching_is_not_told(process: Process) -> None:
    first, second = List(), List()
    stop = process.lobby.lists.watch(process.sam.id, Watcher(first.hear))
    process.lobby.lists.watch(process.sam.id, Watcher(second.hear))
    stop()
    process.lobby.publish(await process.books.draft())
    assert (len(first.told), len(second.told)) == (0, 1)


async def test_nothing_is_read_for_pages_that_nobody_has_open(process: Process) -> None:
    page = List()
    process.lobby.lists.watch(process.sam.id, Watcher(page.hear))()
    created = await process.books.draft()
    process.twin.readings.clear()
    process.hear(created)
    await process.settle()
    assert process.twin.readings == []


async def test_one_list_that_fails_does_not_stop_the_others(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    def clumsy(trade: Trade, _: Sequence[Action]) -> None:
        raise KeyError(trade.id)

    deal = (await process.books.deal()).trade
    room, arrived = await process.enter(deal)
    page = List()
    for listener in (clumsy, page.hear, clumsy):
        process.lobby.lists.watch(process.sam.id, Watcher(listener))
    process.lobby.lists.watch(process.bea.id, Watcher(page.hear))
    await process.play(deal, SendMessage("Hello"), process.bea)
    assert (len(page.told), len(arrived), room.seq) == (2, 1, 3)
    assert "could not show" in caplog.text


async def test_an_outcome_that_is_published_late_does_not_take_lists_and_clocks_back(process: Process) -> None:
    """Two moves of one process may be published in the other order than they were recorded in."""
    deal = (await process.books.deal()).trade
    room, _ = await process.enter(deal)
    page = List()
    process.lobby.lists.watch(process.sam.id, Watcher(page.hear))
    said = await process.books.play(deal.id, SendMessage("One moment"), process.bea)
    accepted = await process.books.play(deal.id, Accept(1), process.bea)
    process.lobby.publish(accepted)
    await process.settle()
    process.lobby.publish(said)
    await process.settle()
    assert room.trade == accepted.trade
    assert room.dial.trade.status is Status.ACCEPTED
    assert page.told[-1].status is Status.ACCEPTED


async def test_a_list_hears_what_happened_with_the_trade_and_reads_nothing_for_it(process: Process) -> None:
    deal = (await process.books.deal()).trade
    await process.enter(deal)
    page = List()
    process.lobby.lists.watch(process.sam.id, Watcher(page.hear))
    said = [await process.books.play(deal.id, SendMessage(f"Word {n}"), process.bea) for n in range(5)]
    process.twin.readings.clear()
    for outcome in said:
        process.lobby.publish(outcome)
    assert (page.actions, process.twin.readings) == ([outcome.action for outcome in said], [])


async def test_a_list_hears_how_far_its_own_person_has_seen(process: Process) -> None:
    seen: list[tuple[int, int]] = []
    for person in (process.sam, process.bea):
        hears = Watcher(lambda *_: None, seen=lambda trade_id, seq: seen.append((trade_id, seq)))
        stop = process.lobby.lists.watch(person.id, hears)
    process.lobby.lists.seen(process.sam.id, 7, 3)
    stop()
    process.lobby.lists.seen(process.bea.id, 7, 4)
    assert seen == [(7, 3)]
