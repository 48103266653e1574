"""A token bucket: so many at once, then so many a second."""

import pytest

from app.patches import budget
from app.patches.budget import Budget


class Clock:
    """A clock that is set by hand, in seconds."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The budget's clock."""
    clock = Clock()
    monkeypatch.setattr(budget, "monotonic", clock)
    return clock


def test_so_many_at_once_cost_no_wait_and_the_next_ones_wait_for_what_is_earned(clock: Clock) -> None:
    few = Budget(a_second=10, at_once=3)
    assert [few.take() for _ in range(5)] == pytest.approx([0, 0, 0, 0.1, 0.2])
    clock.now += 0.3
    assert few.take() == pytest.approx(0)


def test_a_pause_fills_it_no_further_than_at_once(clock: Clock) -> None:
    few = Budget(a_second=10, at_once=2)
    clock.now += 1_000
    assert [few.take() for _ in range(3)] == pytest.approx([0, 0, 0.1])


def test_it_is_overdrawn_from_the_first_wait_until_it_is_full_again(clock: Clock) -> None:
    few = Budget(a_second=10, at_once=2)
    few.take(2)
    assert few.overdrawn == 0
    few.take()
    clock.now += 0.25
    assert few.take() == 0, "whoever waits, and for longer than they have to, is no better for it"
    assert few.overdrawn == pytest.approx(0.25)
    clock.now += 1
    assert few.take() == 0
    assert few.overdrawn == 0
