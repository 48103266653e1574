"""What one dashboard shows changes in place, on top, or goes: one page, newest activity first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.kinds import Status
from app.domain.trade import Person, Trade
from app.rooms.listing import PAGE, Line, Listing, Query
from tests.domain.offers import BEA, EARLY, SAM, closed, draft, negotiation

OPEN = (Status.DRAFT, Status.IN_NEGOTIATION)


def line(trade: Trade, minute: int, *present: Person, number: int = 1) -> Line:
    """A trade whose newest action was in this minute."""
    return Line(replace(trade, id=number), EARLY + timedelta(minutes=minute), present)


def full(count: int = PAGE) -> list[Line]:
    """So many lines, newest first; the oldest has number 1."""
    return [line(negotiation(), number, number=number) for number in range(count, 0, -1)]


class Dashboard:
    """Notes what a view tells."""

    def __init__(self, query: Query | None = None, lines: Sequence[Line] = ()) -> None:
        self.view = Listing(query or Query())
        self.view.fill(list(lines))
        self.told: list[tuple[list[int], list[int], list[int]]] = []
        self.view.changed.subscribe(self._note)

    def _note(self, on_top: list[Line], in_place: list[Line], gone: list[int]) -> None:
        self.told.append(([at.trade.id for at in on_top], [at.trade.id for at in in_place], gone))

    @property
    def shown(self) -> list[int]:
        """The trades in the order in which they stand."""
        return list(self.view.lines)


def test_a_new_trade_comes_on_top() -> None:
    board = Dashboard(lines=full(2))
    board.view.apply([line(draft(), 10, number=3)])
    assert board.shown == [3, 2, 1]
    assert board.told == [([3], [], [])]


def test_new_activity_brings_a_trade_to_the_top() -> None:
    board = Dashboard(lines=full(3))
    changed = line(negotiation(version=2), 10, number=1)
    board.view.apply([changed])
    assert board.shown == [1, 3, 2]
    assert board.view.lines[1] == changed
    assert board.told == [([1], [], [])]


@pytest.mark.parametrize(("query", "order"), [(Query(), [3, 2, 1]), (Query(viewer=SAM.id, own=True), [1, 3, 2])])
def test_activity_in_a_private_trade_moves_it_in_one_s_own_list_alone(query: Query, order: list[int]) -> None:
    private = replace(negotiation(), listed=False, created_at=EARLY + timedelta(minutes=1))
    board = Dashboard(query, [*full(3)[:2], line(private, 1, number=1)])
    board.view.apply([line(replace(private, version=2), 10, number=1)])
    assert (board.shown, board.view.lines[1].trade.version) == (order, 2)
    board.view.apply([line(replace(private, status=Status.REJECTED, closed_at=EARLY + timedelta(minutes=11)), 11)])
    assert board.shown == [1, 3, 2]


def test_several_changes_stand_in_the_order_of_their_activity() -> None:
    board = Dashboard(lines=full(3))
    board.view.apply(
        [line(negotiation(), 10, number=2), line(draft(), 11, number=9), line(negotiation(), 12, number=1)]
    )
    assert board.shown == [1, 9, 2, 3]
    assert board.told == [([2, 9, 1], [], [])]


def test_somebody_who_comes_or_goes_changes_a_line_in_place() -> None:
    board = Dashboard(lines=full(3))
    board.view.apply([line(negotiation(), 2, SAM, BEA, number=2)])
    assert board.shown == [3, 2, 1]
    assert board.view.lines[2].present == (SAM, BEA)
    assert board.told == [([], [2], [])]


def test_a_change_that_changes_nothing_tells_nothing() -> None:
    board = Dashboard(lines=full(3))
    board.view.apply([line(negotiation(), 2, number=2)])
    assert board.told == []


def test_a_trade_that_no_longer_matches_goes() -> None:
    board = Dashboard(Query(OPEN), full(3))
    board.view.apply([line(closed(Status.EXPIRED), 10, number=2)])
    assert board.shown == [3, 1]
    assert board.told == [([], [], [2])]


def test_what_does_not_match_never_comes() -> None:
    board = Dashboard(Query(OPEN, "chair"), [])
    board.view.apply([line(closed(Status.REJECTED), 10), line(draft(), 11, number=2)])
    assert (board.shown, board.told) == ([], [])


def test_the_oldest_makes_room_on_a_full_page() -> None:
    board = Dashboard(lines=full())
    assert not board.view.has_more
    board.view.apply([line(draft(), 90, number=91), line(draft(), 91, number=92)])
    assert board.shown[:3] == [92, 91, PAGE]
    assert len(board.shown) == PAGE
    assert board.told == [([91, 92], [], [1, 2])]
    assert board.view.has_more


def test_a_page_takes_one_line_more_as_the_sign_of_another_page() -> None:
    board = Dashboard(lines=full(PAGE + 1))
    assert (len(board.shown), board.shown[-1], board.view.has_more) == (PAGE, 2, True)
    board.view.fill(full(PAGE))
    assert not board.view.has_more


def test_later_pages_change_in_place_and_are_not_pushed_along() -> None:
    board = Dashboard(Query(page=1), full(3))
    changed = line(negotiation(version=2), 90, number=2)
    board.view.apply([changed, line(draft(), 91, number=9)])
    assert board.shown == [3, 2, 1]
    assert board.view.lines[2] == changed
    assert board.told == [([], [2], [])]


def test_an_older_state_does_not_take_a_line_back() -> None:
    newest = line(closed(Status.ACCEPTED), 10, number=2)
    board = Dashboard(lines=full(3))
    board.view.apply([newest])
    board.view.apply([line(negotiation(), 5, number=2)])
    assert board.view.lines[2].trade.status is Status.ACCEPTED


@pytest.mark.parametrize(
    ("title", "typed", "matches"),
    [
        ("Oak table", "", True),
        ("Oak table", "TABLE", True),
        ("Oak table", "oak t", True),
        ("ÄPFEL", "äpf", True),
        ("Oak table", "chair", False),
        ("Oak table", "%", False),
        ("Oak table", "O_k", False),
    ],
)
def test_a_search_finds_a_part_of_the_title_in_any_case(title: str, typed: str, matches: bool) -> None:
    assert Query(title=typed).matches(replace(draft(), title=title)) is matches
