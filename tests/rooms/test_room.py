"""A room shows each happening once and in order, and forgets who is typing."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from app.domain import rules
from app.domain.actions import Action, Outcome
from app.domain.kinds import Kind, Status
from app.domain.moves import Expire, Offer, SendMessage
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.rooms import room as room_module
from app.rooms.room import KEPT, TYPING_LASTS, Room
from app.rooms.ticker import Dial
from tests.domain.offers import BEA, EARLY, EVE, SAM, negotiation


def message(trade: Trade, seq: int, by: Person = BEA) -> Outcome:
    """Something said, as the ledger recorded it."""
    role = trade.role_of(by.id)
    said = rules.apply(trade, SendMessage(f"message {seq}"), by=role, now=EARLY)
    return said.recorded(seq, EARLY + timedelta(seconds=seq), trade.expires_at)


def amendment(trade: Trade, seq: int, quantity: int) -> Outcome:
    """New terms, as the ledger recorded them."""
    move = Offer(trade.version, Terms(trade.terms.price, quantity))
    return rules.apply(trade, move, by=trade.role_of(SAM.id), now=EARLY).recorded(seq, EARLY, trade.expires_at)


def joined() -> list[Action]:
    """The first two actions of every deal."""
    return [Action(Kind.CREATED, EARLY, SAM, seq=1), Action(Kind.JOINED, EARLY, BEA, seq=2)]


@pytest.fixture
def trade() -> Trade:
    """Sam's offer, which Bea has joined."""
    return negotiation()


@pytest.fixture
def room(trade: Trade) -> Room:
    """Its room."""
    return Room(trade, 2, joined(), Dial(trade, lambda: EARLY))


@pytest.fixture
def arrived(room: Room) -> list[int]:
    """The seqs of what has arrived."""
    seqs: list[int] = []
    room.arrived.subscribe(lambda action: seqs.append(action.seq))
    return seqs


def test_the_next_action_is_shown_with_the_trade_that_it_led_to(room: Room, trade: Trade, arrived: list[int]) -> None:
    amended = amendment(trade, 3, 4)
    assert room.take(amended)
    assert (room.seq, room.trade, room.recent[-1]) == (3, amended.trade, amended.action)
    assert arrived == [3]


def test_what_was_shown_already_is_passed_over(room: Room, trade: Trade, arrived: list[int]) -> None:
    newest = amendment(trade, 3, 4)
    room.take(newest)
    assert room.take(newest)
    assert room.take(message(trade, 2))
    assert (room.seq, room.trade, arrived) == (3, newest.trade, [3])


def test_an_action_behind_a_gap_is_not_shown(room: Room, trade: Trade, arrived: list[int]) -> None:
    assert not room.take(amendment(trade, 4, 4))
    assert (room.seq, room.trade, arrived) == (2, trade, [])


def test_what_was_read_is_shown_from_the_first_that_is_missing(room: Room, trade: Trade, arrived: list[int]) -> None:
    newest = amendment(trade, 5, 4)
    actions = [*joined(), message(trade, 3).action, message(trade, 4).action, newest.action]
    room.show(newest.trade, 5, actions)
    assert (room.seq, room.trade, arrived) == (5, newest.trade, [3, 4, 5])
    room.show(newest.trade, 5, actions)
    assert arrived == [3, 4, 5]


def test_an_older_reading_does_not_take_the_trade_back(room: Room, trade: Trade) -> None:
    newest = amendment(trade, 3, 4)
    room.take(newest)
    room.show(trade, 2, joined())
    assert room.trade == newest.trade


def test_a_room_holds_the_newest_actions_and_knows_of_earlier_ones(room: Room, trade: Trade) -> None:
    assert not room.has_earlier
    for seq in range(3, KEPT + 4):
        room.take(message(trade, seq))
    assert [action.seq for action in room.recent] == list(range(4, KEPT + 4))
    assert room.has_earlier


def test_one_listener_that_fails_does_not_stop_the_others(
    room: Room, trade: Trade, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[Action] = []

    def clumsy(action: Action) -> None:
        raise KeyError(action.seq)

    room.arrived.subscribe(clumsy)
    room.arrived.subscribe(seen.append)
    with caplog.at_level(logging.ERROR):
        room.take(message(trade, 3))
        room.take(message(trade, 4))
    assert [action.seq for action in seen] == [3, 4]
    assert "KeyError" in caplog.text


class Moment:
    """A monotonic clock that is moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(room_module, "monotonic", lambda: self.now)


def test_a_typing_mark_goes_by_itself_after_a_silence(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    moment = Moment(monkeypatch)
    room.start_typing(BEA)
    moment.now += TYPING_LASTS.total_seconds() - 1
    room.start_typing(BEA)
    room.start_typing(SAM)
    assert room.typing == (BEA, SAM)
    moment.now += TYPING_LASTS.total_seconds() - 0.1
    room.forget_silent()
    assert room.typing == (BEA, SAM)
    moment.now += 0.1
    room.forget_silent()
    assert room.typing == ()


def test_typing_ends_with_the_message_of_the_one_who_typed(room: Room, trade: Trade) -> None:
    room.start_typing(BEA)
    room.start_typing(SAM)
    room.take(message(trade, 3, BEA))
    assert room.typing == (SAM,)
    room.stop_typing(SAM)
    room.stop_typing(EVE)
    assert room.typing == ()


def test_a_person_who_goes_on_typing_changes_nothing_that_is_shown(room: Room) -> None:
    room.start_typing(BEA)
    shown = room.typing
    room.start_typing(BEA)
    assert room.typing is shown


def test_the_outcome_of_a_trade_reaches_the_room_by_time_alone(room: Room, trade: Trade, arrived: list[int]) -> None:
    over = rules.apply(trade, Expire(), by=None, now=trade.expires_at).recorded(3, datetime.now(UTC), trade.expires_at)
    room.take(over)
    assert (room.trade.status, room.recent[-1].actor, arrived) == (Status.EXPIRED, None, [3])
