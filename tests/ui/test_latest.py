"""A question that is asked again before it is answered."""

import asyncio

import pytest

from app.ui.components.latest import Latest


class Place:
    """Something that is asked for what is `wanted`; an answer comes when it may."""

    def __init__(self) -> None:
        self.wanted = 0
        self.asked: list[int] = []
        self.shown: list[int] = []
        self.may_come = asyncio.Event()
        self.load = Latest(self._load)

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
