"""Rooms open and close, and show what this process and others recorded: once, in order, with nothing left out."""

import asyncio

import pytest

from app.domain.kinds import Kind, Status
from app.domain.moves import Accept, Join, Reject, See, SendMessage
from app.domain.trade import Trade
from app.rooms import lobby as lobby_module
from app.rooms.listing import Query
from app.rooms.lists import Watcher
from app.rooms.room import KEPT
from tests.rooms.conftest import Process, until


def hello(n: int = 1) -> SendMessage:
    """Something to say."""
    return SendMessage(f"Hello, the {n}. time")


@pytest.fixture
async def trade(process: Process) -> Trade:
    """Sam's offer, which Bea has joined; nobody is in its room."""
    return (await process.books.deal()).trade


async def test_the_first_who_enters_opens_a_room_and_the_last_who_leaves_closes_it(
    process: Process, trade: Trade
) -> None:
    first = await process.lobby.enter(trade.id)
    second = await process.lobby.enter(trade.id)
    assert first is second is process.lobby.room(trade.id)
    assert first is not None
    process.lobby.leave(first)
    assert process.lobby.open_rooms == 1
    process.lobby.leave(first)
    assert process.lobby.room(trade.id) is None
    assert process.lobby.open_rooms == 0


async def test_those_who_enter_at_once_meet_in_one_room(process: Process, trade: Trade) -> None:
    rooms = await asyncio.gather(*(process.lobby.enter(trade.id) for _ in range(5)))
    assert len(set(map(id, rooms))) == 1
    assert rooms[0] is not None
    assert (rooms[0].pages, process.lobby.open_rooms) == (5, 1)


async def test_nobody_enters_a_room_that_does_not_exist(process: Process) -> None:
    assert await process.lobby.enter(99) is None
    assert process.lobby.open_rooms == 0


async def test_what_was_read_before_is_taken_where_nothing_has_happened_since(process: Process, trade: Trade) -> None:
    standing = await process.twin.trade(trade.id)
    process.twin.readings.clear()
    room = await process.lobby.enter(trade.id, standing)
    assert process.twin.readings == ["actions"]
    assert room is not None
    assert (room.trade, room.seq) == (trade, 2)


async def test_what_was_read_before_is_read_again_where_something_has(process: Process, trade: Trade) -> None:
    standing = await process.twin.trade(trade.id)
    accepted = await process.play_elsewhere(trade, Accept(1), process.bea)
    room = await process.lobby.enter(trade.id, standing)
    assert room is not None
    assert (room.trade, room.seq) == (accepted.trade, 3)


async def test_a_room_opens_with_the_newest_actions_only(process: Process, trade: Trade) -> None:
    for n in range(KEPT):
        await process.play_elsewhere(trade, hello(n), process.bea)
    room, _ = await process.enter(trade)
    assert [action.seq for action in room.recent] == list(range(3, KEPT + 3))
    assert (room.seq, room.has_earlier) == (KEPT + 2, True)


async def test_what_this_process_recorded_is_shown_at_once_and_not_read_back(process: Process, trade: Trade) -> None:
    room, arrived = await process.enter(trade)
    process.twin.readings.clear()
    said = await process.books.play(trade.id, hello(), process.bea)
    process.twin.readings.clear()
    process.lobby.publish(said)
    assert arrived == [said.action]
    process.hear(said, own=True)
    await process.settle()
    assert process.twin.readings == []
    assert (room.seq, arrived) == (3, [said.action])


async def test_what_another_process_recorded_is_read_and_shown_once(process: Process, trade: Trade) -> None:
    room, arrived = await process.enter(trade)
    accepted = await process.play_elsewhere(trade, Accept(1), process.bea)
    for _ in range(3):
        process.hear(accepted)
    await process.settle()
    process.hear(accepted)
    await process.settle()
    assert arrived == [accepted.action]
    assert room.trade == accepted.trade


async def test_a_seen_reaches_the_room_and_moves_no_list_and_no_dashboard(process: Process, trade: Trade) -> None:
    room, arrived = await process.enter(trade)
    view = await process.dashboard.open(Query())
    active_at = view.lines[trade.id].active_at
    told: list[Trade] = []
    process.lobby.lists.watch(process.sam.id, Watcher(lambda trade, _: told.append(trade)))
    seen = await process.play(trade, See(1), process.bea)
    await process.settle()
    assert arrived == [seen.action]
    assert room.trade.seen_version == 1
    assert (told, view.lines[trade.id].active_at) == ([], active_at)
    elsewhere = await process.play_elsewhere(trade, hello(4), process.sam)
    process.hear(elsewhere)
    await process.settle()
    assert room.trade.seen_version == 1


async def test_a_gap_is_read_before_a_later_action_is_shown(process: Process, trade: Trade) -> None:
    room, arrived = await process.enter(trade)
    third = await process.play_elsewhere(trade, hello(3), process.bea)
    fourth = await process.play_elsewhere(trade, hello(4), process.sam)
    fifth = await process.play(trade, Reject(1), process.bea)
    assert arrived == []
    assert room.trade.status is Status.IN_NEGOTIATION
    process.hear(third)
    process.hear(fourth)
    process.hear(fifth, own=True)
    await process.settle()
    assert arrived == [third.action, fourth.action, fifth.action]
    assert (room.seq, room.trade) == (5, fifth.trade)


async def test_news_that_come_in_the_wrong_order_are_shown_in_the_right_one(process: Process, trade: Trade) -> None:
    _, arrived = await process.enter(trade)
    outcomes = [await process.play_elsewhere(trade, hello(n), process.bea) for n in range(4)]
    for outcome in (outcomes[2], outcomes[0], outcomes[3], outcomes[1]):
        process.hear(outcome)
        await asyncio.sleep(0)
    await process.settle()
    assert arrived == [outcome.action for outcome in outcomes]


async def test_own_news_that_nobody_published_are_read_after_a_grace(
    process: Process, trade: Trade, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one who recorded it was cut off between the commit and the lobby."""
    monkeypatch.setattr(lobby_module, "_OWN_NEWS_GRACE", 0.05)
    room, arrived = await process.enter(trade)
    said = await process.play_elsewhere(trade, hello(), process.bea)
    process.hear(said, own=True)
    await asyncio.sleep(0)
    assert arrived == []
    await process.settle()
    assert (room.seq, arrived) == (3, [said.action])


async def test_what_is_recorded_between_the_readings_of_the_one_who_enters_is_shown(
    process: Process, trade: Trade
) -> None:
    """The actions in hand are older than the trade that is read after them."""
    async with process.twin.held("actions"):
        entering = asyncio.create_task(process.enter(trade))
        await asyncio.sleep(0.01)
        accepted = await process.play_elsewhere(trade, Accept(1), process.bea)
    room, arrived = await entering
    await process.settle()
    assert (room.seq, room.trade, room.recent[-1]) == (3, accepted.trade, accepted.action)
    assert arrived == [accepted.action]


@pytest.mark.parametrize("own", [True, False], ids=["this process", "another process"])
async def test_news_that_overtake_the_readings_of_the_one_who_enters_are_not_lost(
    process: Process, trade: Trade, own: bool
) -> None:
    """Everything in hand is older than the news, which found no room yet."""
    asked = await process.books.ask(trade.id, Accept(1), process.bea)
    async with process.twin.held("trade"):
        entering = asyncio.create_task(process.enter(trade))
        await asyncio.sleep(0.01)
        accepted = await process.twin.record(asked)
        if own:
            process.lobby.publish(accepted)
        process.hear(accepted, own=own)
        await asyncio.sleep(0.01)
    room, arrived = await entering
    await process.settle()
    assert (room.seq, room.trade) == (3, accepted.trade)
    assert arrived == [accepted.action]


async def test_somebody_who_gives_up_entering_leaves_nothing_behind(process: Process, trade: Trade) -> None:
    async with process.twin.held("actions"):
        entering = asyncio.create_task(process.lobby.enter(trade.id))
        await asyncio.sleep(0.01)
        entering.cancel()
        await asyncio.wait([entering])
    assert process.lobby.open_rooms == 0
    assert not process.lobby._opening
    await process.enter(trade)
    assert process.lobby.open_rooms == 1


async def test_more_than_one_reading_s_worth_of_missed_actions_arrives_completely(
    process: Process, trade: Trade
) -> None:
    room, arrived = await process.enter(trade)
    for n in range(1100):
        said = await process.play_elsewhere(trade, hello(n), process.bea)
    process.hear(said)
    await process.settle()
    assert [action.seq for action in arrived] == list(range(3, 1103))
    assert room.seq == 1102


async def test_after_a_silence_the_rooms_read_what_they_may_have_missed(process: Process, trade: Trade) -> None:
    other = (await process.books.deal("Pine shelf")).trade
    room, arrived = await process.enter(trade)
    quiet, nothing = await process.enter(other)
    said = await process.play_elsewhere(trade, hello(), process.bea)
    accepted = await process.play_elsewhere(trade, Accept(1), process.bea)
    await process.lobby.resume()
    await process.settle()
    assert arrived == [said.action, accepted.action]
    assert (room.trade, quiet.seq, nothing) == (accepted.trade, 2, [])


async def test_a_reading_that_fails_is_made_again_with_the_next_news(
    process: Process, trade: Trade, caplog: pytest.LogCaptureFixture
) -> None:
    _, arrived = await process.enter(trade)
    first = await process.play_elsewhere(trade, hello(1), process.bea)
    process.twin.failure = OSError("the database is away")
    process.hear(first)
    await process.settle()
    assert (arrived, "could not be read" in caplog.text) == ([], True)
    process.twin.failure = None
    second = await process.play_elsewhere(trade, hello(2), process.bea)
    process.hear(second)
    await process.settle()
    assert arrived == [first.action, second.action]


async def test_a_room_that_closes_while_it_catches_up_is_complete_when_it_opens_again(
    process: Process, trade: Trade
) -> None:
    room, _ = await process.enter(trade)
    said = await process.play_elsewhere(trade, hello(), process.bea)
    async with process.twin.held("actions_since"):
        process.hear(said)
        await asyncio.sleep(0.01)
        process.lobby.leave(room)
        again, _ = await process.enter(trade)
    await process.settle()
    assert again is not room
    assert (again.seq, [action.seq for action in again.recent]) == (3, [1, 2, 3])
    assert process.lobby.open_rooms == 1


async def test_a_room_s_clock_stops_with_its_trade(process: Process, trade: Trade) -> None:
    room, _ = await process.enter(trade)
    await process.play(trade, Reject(1), process.bea)
    assert room.dial.trade.status is Status.REJECTED


async def test_who_comes_and_goes_is_shown_and_stops_typing(process: Process, trade: Trade) -> None:
    process.presence.enter(trade.id, process.sam)
    room, _ = await process.enter(trade)
    assert room.present == (process.sam,)
    process.presence.enter(trade.id, process.bea)
    process.presence.enter(trade.id + 1, process.bea)
    assert room.present == (process.sam, process.bea)
    room.start_typing(process.bea)
    room.start_typing(process.sam)
    process.presence.leave(trade.id, process.bea)
    await until(lambda: room.present == (process.sam,))
    assert room.typing == (process.sam,)


async def test_joining_is_shown_with_the_new_buyer(process: Process) -> None:
    draft = (await process.books.draft()).trade
    room, arrived = await process.enter(draft)
    await process.play(draft, Join(process.bea, draft.code))
    assert (room.trade.buyer, room.trade.status) == (process.bea, Status.IN_NEGOTIATION)
    assert [action.kind for action in arrived] == [Kind.JOINED]
