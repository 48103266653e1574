"""A question that is asked again before it is answered."""

import asyncio
import math
from contextlib import nullcontext
from functools import partial

import pytest

from app import capacity
from app.capacity import CapacityLimiter
from app.ui.components.latest import Latest


class Place:
    """Something that is asked for what is `wanted`; an answer comes when it may."""

    def __init__(self, turn: capacity.Place = nullcontext) -> None:
        self.wanted = 0
        self.asked: list[int] = []
        self.shown: list[int] = []
        self.may_come = asyncio.Event()
        self.load = Latest(self._load, turn)

    async def _load(self) -> None:
        wanted = self.wanted
        self.asked.append(wanted)
        await self.may_come.wait()
        if wanted < 0:
            raise ValueError(wanted)
        if not self.load.outdated:
            self.shown.append(wanted)

    async def want(self, number: int) -> None:
        self.wanted = number
        await self.load()


async def test_however_often_it_is_asked_meanwhile_it_is_asked_once_more_and_the_last_one_is_shown() -> None:
    place = Place()
    async with asyncio.TaskGroup() as tasks:
        for number in range(1, 100):
            tasks.create_task(place.want(number))
            await asyncio.sleep(0)
        place.may_come.set()
    assert (place.asked, place.shown) == ([1, 99], [99])
    await place.want(100)
    assert place.shown == [99, 100]


async def test_after_an_error_it_can_be_asked_again() -> None:
    place = Place()
    place.may_come.set()
    with pytest.raises(ValueError, match="-1"):
        await place.want(-1)
    await place.want(1)
    assert place.shown == [1]


async def test_the_places_of_one_person_ask_a_few_at_a_time_and_others_at_once() -> None:
    turns = CapacityLimiter(math.inf, each=2)
    many = [Place(partial(turns.place, "many")) for _ in range(10)]
    other = Place(partial(turns.place, "other"))
    async with asyncio.TaskGroup() as tasks:
        for place in (*many, other):
            tasks.create_task(place.want(1))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert [len(place.asked) for place in many] == [1, 1] + [0] * 8
        assert other.asked == [1]
        many[5].wanted = 7  # what is wanted when the turn comes is what is asked
        for place in (*many, other):
            place.may_come.set()
    assert [place.asked for place in many] == [[1]] * 5 + [[7]] + [[1]] * 4


async def test_a_turn_that_is_over_or_was_never_had_is_the_next_one_s() -> None:
    turns = CapacityLimiter(math.inf, each=1)
    first, second = Place(partial(turns.place, "me")), Place(partial(turns.place, "me"))
    first.may_come.set()
    second.may_come.set()
    with pytest.raises(ValueError, match="-1"):
        await first.want(-1)
    async with turns.place("me"):
        waiting = asyncio.create_task(first.want(1))
        await asyncio.sleep(0)
        waiting.cancel()
    await asyncio.wait_for(second.want(1), 1)


async def test_nothing_is_kept_of_whoever_waits_for_nothing() -> None:
    turns = CapacityLimiter(math.inf, each=1)
    async with turns.place("me"):
        assert list(turns._held) == ["me"]
    assert not turns._held
    assert not turns._waiting
