"""Deadlines as people type them: in minutes, hours or days, or as a time of day where they are."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Reason
from app.domain.terms import MAX_MINUTES, minutes_until, parse_minutes
from tests.domain.refused import kept, refused

NOW = datetime(2026, 11, 26, 15, 14, 20, tzinfo=UTC)
LONDON, KOLKATA = ZoneInfo("Europe/London"), ZoneInfo("Asia/Kolkata")
ZONES = st.sampled_from([LONDON, KOLKATA, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Kiritimati")])
HOUR, DAY = 60, 1_440


@pytest.mark.parametrize(
    ("typed", "each", "minutes"),
    [("30", 1, 30), ("2", HOUR, 120), ("8,760", HOUR, MAX_MINUTES), ("1", DAY, DAY), (" 365 ", DAY, MAX_MINUTES)],
)
def test_hours_and_days_are_so_many_minutes(typed, each, minutes):
    assert parse_minutes(typed, each) == minutes


@pytest.mark.parametrize(("typed", "each"), [("8761", HOUR), ("366", DAY), ("0", HOUR), ("1.5", DAY), ("", DAY)])
def test_what_is_no_whole_number_within_a_year_is_refused(typed, each):
    with refused(Reason.INVALID, "minutes"):
        parse_minutes(typed, each)


@pytest.mark.parametrize(
    ("typed", "zone", "minutes"),
    [
        ("2026-11-26T15:45", LONDON, 31),
        ("2026-11-26T15:15", LONDON, 1),
        ("2026-11-26T21:15", KOLKATA, 31),
        ("2026-11-27T15:14", LONDON, DAY),
        ("2027-11-26T15:14", LONDON, MAX_MINUTES),
    ],
)
def test_a_time_is_reached_within_the_minute_that_it_begins(typed, zone, minutes):
    assert minutes_until(typed, zone, NOW) == minutes


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-11-26T15:14", "2020-01-01T00:00", "2027-11-26T15:16", "9999-12-31T23:59", "0001-01-01"]
)
def test_a_time_that_is_none_has_passed_or_is_too_far_away_is_refused(typed):
    with refused(Reason.INVALID, "minutes"):
        minutes_until(typed, LONDON, NOW)


@given(st.integers(-3 * DAY, 370 * DAY), ZONES, st.integers(0, 10**9))
def test_a_deadline_shows_the_time_that_was_chosen(later, zone, passed):
    now = NOW + timedelta(microseconds=passed)
    wanted = (now + timedelta(minutes=later)).astimezone(zone).replace(second=0, microsecond=0, fold=0)
    minutes = kept(lambda text: minutes_until(text, zone, now), f"{wanted:%Y-%m-%dT%H:%M}", "minutes")
    if minutes is None:
        assert not now < wanted <= now + timedelta(minutes=MAX_MINUTES)
    else:
        assert timedelta(0) <= now + timedelta(minutes=minutes) - wanted < timedelta(minutes=1)


@given(st.text(max_size=20), ZONES)
def test_whatever_is_typed_is_a_deadline_within_a_year_or_refused_at_its_field(typed, zone):
    for read in (lambda text: minutes_until(text, zone, NOW), lambda text: parse_minutes(text, HOUR)):
        minutes = kept(read, typed, "minutes")
        assert minutes is None or 1 <= minutes <= MAX_MINUTES


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/New_York", datetime(2027, 11, 7, 5, 30, 30, tzinfo=UTC)),
        ("Pacific/Chatham", datetime(2027, 4, 3, 13, 15, 30, tzinfo=UTC)),
    ],
)
def test_in_the_hour_before_clocks_are_put_back_the_time_that_is_still_to_come_is_meant(zone, start):
    """An hour comes twice then: a deadline at the first 1:30, extended by an hour, is at the second one."""
    later = (start + timedelta(hours=1)).astimezone(ZoneInfo(zone))
    assert minutes_until(f"{later:%Y-%m-%dT%H:%M}", ZoneInfo(zone), start) == 60
