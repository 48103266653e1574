"""Many people in rooms of two: what each holds in memory, what ticking clocks cost, what is free again afterwards."""

import asyncio
from collections.abc import AsyncIterator

from tests.bench import deeds
from tests.bench.figures import Curve, Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import BLOCKS, GLASS_HOUSE, Site, Stage
from tests.bench.town import Deal

_WARM = 20
"""People who come first: what is made once is not theirs."""
_STEPS = 10
_SETTLE = 2.0
"""Seconds in which what a change has caused comes to rest."""


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Kilobytes per person, and percent of one core."""
    async with stage.town() as town:
        early = await town.people(_WARM, "Early bird")
        warm = await town.deals(zip(early[::2], early[1::2], strict=True))
        deals = await town.rooms(size.people // 2)
        async with stage.open(town, *GLASS_HOUSE) as site:
            await site.meet_all(warm)
            await asyncio.sleep(_SETTLE)
            empty, before = site.server.memory(), (await site.counts())[BLOCKS]
            async for row in _clocks(site, deals[: size.watchers // 2], floors, size):
                yield row
            points = await _fill(site, deals, size)
            yield Curve("memory against people", ("people", "MB"), points)
            full, among = site.server.memory(), (await site.counts())[BLOCKS]
            grown = (full - empty) / size.people / 1000
            floor = await floors.memory()
            yield Row(f"memory per person, {size.people:,} connected", "kB", [grown], floor, "empty page", Goal(200))
            if size.leave_seconds:
                await site.empty()
                await asyncio.sleep(size.leave_seconds)
                free = 100 * (among - (await site.counts())[BLOCKS]) / (among - before)
                yield Row("of their memory free for others when all have left", "%", [free], goal=Goal(least=95))
                given = 100 * (full - site.server.memory()) / (full - empty)
                yield Row("of it given back to the system", "%", [given])
                await site.meet_all(warm)
                await site.meet_all(deals)
                await asyncio.sleep(_SETTLE)
                again = (site.server.memory() - full) / size.people / 1000
                yield Row("memory grown by as many people again", "kB each", [again], goal=Goal(grown / 10))


async def _clocks(site: Site, deals: list[Deal], floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Percent of a core with so many people connected, their clocks visible, then hidden."""
    await site.meet_all(deals)
    people = site.people
    per_1000 = len(people) / 1000
    visible = await _used(site, size.watch_seconds)
    floor = await floors.ticking() * per_1000
    name = f"{len(people):,} connected"
    yield Row(f"{name}, all clocks ticking", "% CPU", [visible], floor, "one label each", Goal(35 * per_1000))
    for person in people:
        deeds.show_tab(person, visible=False)
    hidden = await _used(site, size.watch_seconds)
    floor = await floors.still() * per_1000
    yield Row(f"{name}, all tabs hidden", "% CPU", [hidden], floor, "empty page", Goal(15 * per_1000))
    for person in people:
        deeds.show_tab(person, visible=True)


async def _used(site: Site, seconds: float) -> float:
    await asyncio.sleep(_SETTLE)
    began = site.server.cpu()
    await asyncio.sleep(seconds)
    return 100 * (site.server.cpu() - began) / seconds


async def _fill(site: Site, deals: list[Deal], size: Size) -> list[tuple[float, ...]]:
    """Let everybody in who is not in yet, and look at the memory on the way."""
    missing = deals[size.watchers // 2 :]
    step = max(1, len(missing) // _STEPS)
    points: list[tuple[float, ...]] = []
    for first in range(0, len(missing), step):
        await site.meet_all(missing[first : first + step])
        points.append((len(site.people), site.server.memory() / 1e6))
    await asyncio.sleep(_SETTLE)
    return points
