"""Who is here: people and not pages, with a grace that covers a reload."""

import asyncio
from collections.abc import Callable

import pytest

from app.domain.trade import Person
from app.rooms.presence import GRACE, Presence
from tests.domain.offers import BEA, SAM

ROOM, OTHER = 7, 8
SECONDS = 10.0
Told = list[tuple[int | None, tuple[Person, ...]]]


class Timers:
    """The loop's timers, moved by hand."""

    def __init__(self) -> None:
        self._now = 0.0
        self._due: list[tuple[float, asyncio.Handle]] = []

    def call_later(self, delay: float, callback: Callable[..., None], *args: object) -> asyncio.Handle:
        """In the place of the loop's method."""
        handle = asyncio.Handle(callback, args, asyncio.get_running_loop())
        self._due.append((self._now + delay, handle))
        return handle

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass."""
        self._now += seconds
        due = [handle for at, handle in self._due if at <= self._now]
        self._due = [(at, handle) for at, handle in self._due if at > self._now]
        for handle in due:
            if not handle.cancelled():
                handle._run()


@pytest.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    """The loop's timers."""
    timers = Timers()
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", timers.call_later)
    return timers


@pytest.fixture
def presence() -> Presence:
    """Presence with a grace of ten seconds."""
    return Presence(grace=SECONDS)


@pytest.fixture
def told(presence: Presence) -> Told:
    """What listeners were told."""
    told: Told = []
    presence.on_change(lambda place, people: told.append((place, people)))
    return told


async def test_people_are_here_in_the_order_they_came(presence: Presence, told: Told) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, SAM)
    assert presence.people(ROOM) == (BEA, SAM)
    assert told == [(ROOM, (BEA,)), (ROOM, (BEA, SAM))]


async def test_two_tabs_are_one_person(presence: Presence, told: Told, timers: Timers) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, BEA)
    presence.leave(ROOM, BEA)
    timers.pass_by(2 * SECONDS)
    assert presence.people(ROOM) == (BEA,)
    assert told == [(ROOM, (BEA,))]


async def test_the_last_tab_takes_the_person_along_after_the_grace(
    presence: Presence, told: Told, timers: Timers
) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, BEA)
    presence.leave(ROOM, BEA)
    presence.leave(ROOM, BEA)
    assert presence.people(ROOM) == (BEA,)
    timers.pass_by(SECONDS)
    assert told == [(ROOM, (BEA,)), (ROOM, ())]
    assert presence.active_rooms == 0


async def test_a_reload_never_flickers(presence: Presence, told: Told, timers: Timers) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, SAM)
    for _ in range(3):
        presence.leave(ROOM, BEA)
        timers.pass_by(0.9 * SECONDS)
        presence.enter(ROOM, BEA)
    timers.pass_by(2 * SECONDS)
    assert presence.people(ROOM) == (BEA, SAM)
    assert len(told) == 2


async def test_each_leaving_gets_the_whole_grace(presence: Presence, timers: Timers) -> None:
    presence.enter(ROOM, BEA)
    presence.leave(ROOM, BEA)
    timers.pass_by(0.9 * SECONDS)
    presence.enter(ROOM, BEA)
    presence.leave(ROOM, BEA)
    timers.pass_by(0.9 * SECONDS)
    assert presence.people(ROOM) == (BEA,)


async def test_somebody_who_comes_back_after_the_grace_comes_anew(
    presence: Presence, told: Told, timers: Timers
) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, SAM)
    presence.leave(ROOM, BEA)
    timers.pass_by(SECONDS)
    presence.enter(ROOM, BEA)
    assert [people for _, people in told[2:]] == [(SAM,), (SAM, BEA)]


async def test_places_are_apart_and_any_page_is_no_room(presence: Presence) -> None:
    presence.enter(None, BEA)
    presence.enter(None, SAM)
    assert presence.active_rooms == 0
    presence.enter(ROOM, BEA)
    presence.enter(OTHER, BEA)
    assert presence.active_rooms == 2
    assert presence.people(None) == (BEA, SAM)
    assert presence.people(OTHER) == (BEA,)
    assert presence.people(99) == ()
    assert presence.active_rooms == 2


async def test_two_people_of_one_name_are_two(presence: Presence) -> None:
    presence.enter(ROOM, BEA)
    presence.enter(ROOM, Person(99, BEA.name))
    assert len(presence.people(ROOM)) == 2


def test_the_grace_outside_of_tests_is_the_one_that_the_design_promises() -> None:
    """Closing the last tab must show within 15 s, and a short drop of the connection must not."""
    assert 5 <= GRACE < 15


async def test_away_is_who_has_pages_that_nobody_looks_at_and_no_other(presence: Presence, told: Told) -> None:
    presence.enter(ROOM, BEA)
    presence.watch(ROOM, BEA, watched=False)
    assert presence.people(ROOM) == (BEA,)
    assert presence.away(ROOM) == {BEA}
    assert presence.away(OTHER) == set()
    presence.enter(ROOM, BEA)
    assert presence.away(ROOM) == set()
    presence.watch(ROOM, BEA, watched=False)
    assert presence.away(ROOM) == {BEA}
    presence.watch(ROOM, BEA, watched=True)
    assert presence.away(ROOM) == set()
    assert told == [(ROOM, (BEA,))] * 5


async def test_who_leaves_stays_what_they_were_through_the_grace(presence: Presence, timers: Timers) -> None:
    for person, watched in ((SAM, True), (BEA, False)):
        presence.enter(ROOM, person)
        if not watched:
            presence.watch(ROOM, person, watched=False)
        presence.leave(ROOM, person, watched=watched)
    assert presence.people(ROOM) == (SAM, BEA)
    assert presence.away(ROOM) == {BEA}
    presence.enter(ROOM, BEA)
    assert presence.away(ROOM) == set()
    presence.leave(ROOM, BEA)
    timers.pass_by(SECONDS)
    assert presence.people(ROOM) == ()
    assert presence.away(ROOM) == set()


async def test_a_page_that_nobody_looked_at_leaves_the_one_that_somebody_does(presence: Presence) -> None:
    for _ in range(2):
        presence.enter(ROOM, BEA)
    presence.watch(ROOM, BEA, watched=False)
    presence.leave(ROOM, BEA, watched=True)
    assert presence.away(ROOM) == {BEA}
    presence.enter(ROOM, BEA)
    presence.leave(ROOM, BEA, watched=False)
    assert presence.away(ROOM) == set()


async def test_who_looks_at_a_trade_is_in_it_and_not_away(presence: Presence) -> None:
    presence.enter(None, SAM)
    assert presence.looking() == []
    for person in (SAM, BEA):
        presence.enter(ROOM, person)
    presence.watch(ROOM, BEA, watched=False)
    assert presence.looking() == [(ROOM, SAM.id)]
