"""Lists of trades hear of the trades of their person, whether or not anybody is in the room."""

import pytest

from app.domain.kinds import Status
from app.domain.moves import Accept, Join, SendMessage
from app.domain.trade import Trade
from tests.rooms.conftest import Process


class List:
    """A page that lists somebody's trades."""

    def __init__(self) -> None:
        self.told: list[Trade] = []

    @property
    def statuses(self) -> list[Status]:
        """The statuses it was told."""
        return [trade.status for trade in self.told]


async def test_both_parties_lists_are_told_and_nobody_else_s(process: Process) -> None:
    sams, beas, eves = List(), List(), List()
    eve = await process.twin.person("Eve")
    for person, page in ((process.sam, sams), (process.bea, beas), (eve, eves)):
        process.lobby.watch_list(person.id, page.told.append)
    created = await process.books.draft()
    process.lobby.publish(created)
    await process.play(created.trade, Join(process.bea, created.trade.code))
    await process.play(created.trade, Accept(1), process.bea)
    assert sams.statuses == [Status.DRAFT, Status.IN_NEGOTIATION, Status.ACCEPTED]
    assert beas.statuses == [Status.IN_NEGOTIATION, Status.ACCEPTED]
    assert eves.told == []


async def test_lists_are_told_of_what_other_processes_did(process: Process) -> None:
    page = List()
    process.lobby.watch_list(process.sam.id, page.told.append)
    created = await process.books.draft()
    process.hear(created)
    await process.settle()
    joined = await process.play_elsewhere(created.trade, Join(process.bea, created.trade.code))
    process.hear(joined)
    await process.settle()
    assert page.told == [created.trade, joined.trade]


async def test_a_list_that_stopped_watching_is_not_told(process: Process) -> None:
    first, second = List(), List()
    stop = process.lobby.watch_list(process.sam.id, first.told.append)
    process.lobby.watch_list(process.sam.id, second.told.append)
    stop()
    process.lobby.publish(await process.books.draft())
    assert (len(first.told), len(second.told)) == (0, 1)


async def test_nothing_is_read_for_pages_that_nobody_has_open(process: Process) -> None:
    page = List()
    process.lobby.watch_list(process.sam.id, page.told.append)()
    created = await process.books.draft()
    process.twin.readings.clear()
    process.hear(created)
    await process.settle()
    assert process.twin.readings == []


async def test_one_list_that_fails_does_not_stop_the_others(process: Process, caplog: pytest.LogCaptureFixture) -> None:
    def clumsy(trade: Trade) -> None:
        raise KeyError(trade.id)

    deal = (await process.books.deal()).trade
    room, arrived = await process.enter(deal)
    page = List()
    for listener in (clumsy, page.told.append, clumsy):
        process.lobby.watch_list(process.sam.id, listener)
    process.lobby.watch_list(process.bea.id, page.told.append)
    await process.play(deal, SendMessage("Hello"), process.bea)
    assert (len(page.told), len(arrived), room.seq) == (2, 1, 3)
    assert "could not show trade" in caplog.text


async def test_an_outcome_that_is_published_late_does_not_take_lists_and_clocks_back(process: Process) -> None:
    """Two moves of one process may be published in the other order than they were recorded in."""
    deal = (await process.books.deal()).trade
    room, _ = await process.enter(deal)
    page = List()
    process.lobby.watch_list(process.sam.id, page.told.append)
    said = await process.books.play(deal.id, SendMessage("One moment"), process.bea)
    accepted = await process.books.play(deal.id, Accept(1), process.bea)
    process.lobby.publish(accepted)
    await process.settle()
    process.lobby.publish(said)
    await process.settle()
    assert room.trade == accepted.trade
    assert room.dial.trade.status is Status.ACCEPTED
    assert page.told[-1].status is Status.ACCEPTED
