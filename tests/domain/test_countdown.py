"""What the clock shows: rounded up, so that 0:00 is the deadline itself and nothing before it."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.countdown import Phase, Reading, duration, read
from app.domain.kinds import Status
from tests.domain.offers import DEADLINE, EARLY, INSTANT, START, closed, draft, negotiation, unclaimed

YEAR = timedelta(minutes=525_600)
lefts = st.timedeltas(min_value=timedelta(0), max_value=YEAR)


def seconds_on(face: str) -> int:
    """The seconds that a face tells: 3 d 04:05:06, 1:02:03 or 0:07."""
    days, _, clock = face.rpartition(" d ")
    total = 0
    for part in clock.split(":"):
        total = 60 * total + int(part)
    return 86_400 * int(days or 0) + total


@pytest.mark.parametrize(
    ("left", "face"),
    [
        (timedelta(0), "0:00"),
        (INSTANT, "0:01"),
        (timedelta(seconds=1), "0:01"),
        (timedelta(seconds=1) + INSTANT, "0:02"),
        (timedelta(seconds=7), "0:07"),
        (timedelta(seconds=59), "0:59"),
        (timedelta(seconds=59.5), "1:00"),
        (timedelta(minutes=29, seconds=59), "29:59"),
        (timedelta(minutes=59, seconds=59), "59:59"),
        (timedelta(minutes=60) - INSTANT, "1:00:00"),
        (timedelta(hours=1, minutes=2, seconds=3), "1:02:03"),
        (timedelta(hours=23, minutes=59, seconds=59), "23:59:59"),
        (timedelta(days=1) - INSTANT, "1 d 00:00:00"),
        (timedelta(days=3, hours=4, minutes=5, seconds=6), "3 d 04:05:06"),
        (YEAR - INSTANT, "365 d 00:00:00"),
        (-INSTANT, "0:00"),
        (timedelta(days=-2), "0:00"),
    ],
)
def test_a_duration_is_written_as_people_read_it(left, face):
    assert duration(left) == face


@pytest.mark.parametrize(
    ("left", "reading"),
    [
        (timedelta(minutes=30), Reading("30:00", Phase.CALM)),
        (timedelta(minutes=5) + INSTANT, Reading("5:01", Phase.CALM)),
        (timedelta(minutes=5), Reading("5:00", Phase.CALM)),
        (timedelta(minutes=5) - INSTANT, Reading("5:00", Phase.SOON)),
        (timedelta(minutes=4, seconds=59), Reading("4:59", Phase.SOON)),
        (timedelta(minutes=2), Reading("2:00", Phase.SOON)),
        (timedelta(minutes=2) - INSTANT, Reading("2:00", Phase.URGENT)),
        (timedelta(seconds=1), Reading("0:01", Phase.URGENT)),
        (INSTANT, Reading("0:01", Phase.URGENT)),
        (timedelta(0), Reading("0:00", Phase.OVER)),
        (-INSTANT, Reading("0:00", Phase.OVER)),
        (timedelta(days=-400), Reading("0:00", Phase.OVER)),
    ],
)
@pytest.mark.parametrize("trade", [draft(), negotiation()], ids=["draft", "negotiation"])
def test_an_open_trade_shows_the_time_left_and_how_pressing_it_is(trade, left, reading):
    assert read(trade, DEADLINE - left) == reading


@pytest.mark.parametrize("now", [EARLY, DEADLINE - INSTANT, DEADLINE, DEADLINE + timedelta(days=1)])
@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REJECTED])
def test_the_clock_of_a_decided_trade_stands_at_the_time_that_was_left(status: Status, now: datetime):
    """Decided after ten of thirty minutes."""
    assert read(closed(status), now) == Reading("20:00", Phase.OVER)


@pytest.mark.parametrize("now", [START, DEADLINE, DEADLINE + timedelta(days=1)])
@pytest.mark.parametrize("trade", [closed(Status.EXPIRED), unclaimed()], ids=["joined", "unclaimed"])
def test_an_expired_trade_shows_zero_even_to_a_clock_that_is_behind(trade, now):
    assert read(trade, now) == Reading("0:00", Phase.OVER)


@given(lefts)
def test_a_face_is_never_behind_and_less_than_a_second_ahead(left):
    shown = timedelta(seconds=seconds_on(duration(left)))
    assert left <= shown < left + timedelta(seconds=1)


@given(lefts)
def test_zero_shows_exactly_when_the_time_is_over(left):
    reading = read(negotiation(), DEADLINE - left)
    assert (reading.text == "0:00") == (reading.phase is Phase.OVER) == (left == timedelta(0))


@given(lefts, lefts)
def test_a_clock_never_runs_backwards(one, other):
    sooner, later = sorted((one, other))
    assert seconds_on(duration(sooner)) <= seconds_on(duration(later))


@given(st.integers(1, 10_000), st.timedeltas(min_value=timedelta(0), max_value=timedelta(seconds=1) - INSTANT))
def test_ticks_on_the_deadlines_own_fraction_of_a_second_show_every_second_once(seconds, drift):
    """A tick up to a second late shows the same face as one that is on time."""
    on_time = timedelta(seconds=seconds)
    assert seconds_on(duration(on_time)) == seconds
    assert seconds_on(duration(on_time - drift)) == seconds
