"""A room knows the offers and the close of its trade, however much was said since, and reads no history for it."""

import asyncio
from dataclasses import replace

import pytest

from app.domain.kinds import Role
from app.domain.moves import Offer, Reject, SendMessage
from app.domain.trade import Trade
from app.rooms.room import KEPT, OFFERS_KEPT, Room
from tests.rooms.conftest import Process


@pytest.fixture
async def trade(process: Process) -> Trade:
    """Sam's offer, which Bea has joined and Sam has changed twice; nobody is in its room."""
    trade = (await process.books.deal()).trade
    for quantity in (7, 8):
        trade = (await process.books.amend(trade.id, quantity)).trade
    return trade


async def talk(process: Process, trade: Trade) -> None:
    """So much is said that a room's newest actions are messages alone."""
    for _ in range(KEPT):
        await process.books.play(trade.id, SendMessage("And so on"), process.bea)


def versions(room: Room) -> list[int]:
    """Which offers a room knows."""
    return [offered.version for offered in room.offers]


async def test_what_is_among_the_newest_actions_is_not_read_again(process: Process, trade: Trade) -> None:
    process.twin.readings.clear()
    room, _ = await process.enter(trade)
    assert "milestones" not in process.twin.readings
    assert versions(room) == [1, 2, 3]
    assert {offered.by for offered in room.offers} == {Role.SELLER}
    assert room.offers[-1].terms == trade.terms


async def test_what_lies_before_them_is_read_once(process: Process, trade: Trade) -> None:
    await talk(process, trade)
    process.twin.readings.clear()
    room, _ = await process.enter(trade)
    await process.enter(trade)
    assert process.twin.readings.count("milestones") == 1
    assert versions(room) == [1, 2, 3]
    assert room.closing is None


async def test_a_single_offer_is_no_reason_to_read(process: Process) -> None:
    trade = (await process.books.deal()).trade
    await talk(process, trade)
    process.twin.readings.clear()
    room, _ = await process.enter(trade)
    assert "milestones" not in process.twin.readings
    assert (versions(room), room.offers[0].by, room.offers[0].terms) == ([1], Role.SELLER, trade.terms)
    process.hear(await process.books.amend(trade.id, 7))
    await process.settle()
    assert versions(room) == [1, 2]


async def test_the_close_is_known_after_many_words(process: Process, trade: Trade) -> None:
    await process.play(trade, Reject(3, "Too many"), process.bea)
    await talk(process, trade)
    room, _ = await process.enter(trade)
    assert room.closing is not None
    assert room.closing.text == "Too many"


async def test_an_offer_is_there_before_the_trade_tells_of_it(process: Process, trade: Trade) -> None:
    room, arrived = await process.enter(trade)
    known: list[int] = []
    room.arrived.subscribe(lambda _: known.append(room.offers[-1].version))
    process.hear(await process.books.amend(trade.id, 9))
    await process.settle()
    assert (versions(room), known, len(arrived)) == ([1, 2, 3, 4], [4], 1)


async def test_an_offer_that_comes_while_a_room_opens_is_known_once(process: Process, trade: Trade) -> None:
    await talk(process, trade)
    async with process.twin.held("actions"):
        entering = asyncio.create_task(process.enter(trade))
        await asyncio.sleep(0.01)
        amended = await process.books.amend(trade.id, 9)
        process.hear(amended)
    room, _ = await entering
    await process.settle()
    assert versions(room) == [1, 2, 3, 4]


async def test_the_first_offer_and_the_newest_are_kept(process: Process, trade: Trade) -> None:
    room, _ = await process.enter(trade)
    for quantity in range(100, 100 + OFFERS_KEPT):
        process.lobby.publish(await process.books.amend(trade.id, quantity))
    newest = OFFERS_KEPT + 3
    assert versions(room) == [1, *range(newest - OFFERS_KEPT + 1, newest + 1)]


async def test_each_side_s_first_and_latest_offer_are_kept_however_old(process: Process, trade: Trade) -> None:
    """From them the price path says how far each side has come; the room that is opened later knows the same."""
    room, _ = await process.enter(trade)
    for quantity in range(20, 23 + OFFERS_KEPT):
        stands = await process.books.trade(trade.id)
        move = Offer(stands.version, replace(stands.terms, quantity=quantity))
        await process.play(trade, move, process.bea if quantity < 23 else process.sam)
    kept = [1, 4, 6, *range(7, 7 + OFFERS_KEPT)]
    assert versions(room) == kept
    process.lobby.leave(room)
    await talk(process, trade)
    again, _ = await process.enter(trade)
    assert again is not room
    assert versions(again) == kept
