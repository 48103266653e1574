"""Everybody comes at once, while two who are in already go on talking."""

import asyncio
from collections.abc import AsyncIterator

from tests.bench import deeds
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.person import NoPageError, Person
from tests.bench.sizes import Size
from tests.bench.stage import Stage
from tests.bench.wire import RefusedError

_PAUSE = 0.1


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Seconds of a join, milliseconds of the messages meanwhile."""
    floor = await floors.join() * size.rush / 1000
    async with stage.town() as town:
        deals = await town.rooms(size.rush // 2 + 1)
        async with stage.open(town) as site:
            seller, buyer = await site.meet(deals[0])
            for _ in range(5):
                await deeds.say(seller, buyer)
            rush = asyncio.gather(
                *(_come(site.person(citizen), deal.path) for deal in deals[1:] for citizen in (deal.seller, deal.buyer))
            )
            meanwhile = []
            while not rush.done():
                meanwhile.append(await deeds.say(seller, buyer))
                await asyncio.sleep(_PAUSE)
            took = [seconds for seconds in await rush if seconds is not None]
            await asyncio.sleep(1)
            lost = size.rush - len(took) + sum(person.dropped for person in site.people)
    name = f"{size.rush:,} join at once"
    yield Row(f"{name}: GET to live", "s", took, floor, "empty page's CPU, all of them", Goal(p95=5))
    yield Row(f"{name}: turned away or dropped", "", [lost], goal=Goal(median=0))
    yield Row(f"{name}: message of those inside", "ms", meanwhile, goal=Goal(p95=250))


async def _come(person: Person, path: str) -> float | None:
    try:
        return await person.visit(path)
    except (NoPageError, RefusedError, OSError, TimeoutError):
        return None
