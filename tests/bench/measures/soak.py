"""People coming and going for a long time: what the server holds afterwards is what it held before."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator
from time import perf_counter

from tests.bench import deeds
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import BLOCKS, GLASS_HOUSE, Site, Stage
from tests.bench.town import Deal

_AT_ONCE = 20
"""Pairs who come and go at the same time."""
_FORGOTTEN = 110.0
"""Seconds until a page that was left is gone for good."""


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """What is left over, by kind; memory grown from the first half to the second."""
    if not size.soak_seconds:
        return
    async with stage.town() as town:
        deals = await town.rooms(_AT_ONCE)
        async with stage.open(town, *GLASS_HOUSE) as site:
            visits = await _come_and_go(site, deals, 20)
            await _emptied(site)
            before, memory = await _held(site), site.server.memory()
            visits += await _come_and_go(site, deals, size.soak_seconds / 2)
            await _emptied(site)
            between, middle = await _held(site), site.server.memory()
            visits += await _come_and_go(site, deals, size.soak_seconds / 2)
            await _emptied(site)
            after = await _held(site)
            yield Row("soak: visits to rooms", "visits", [visits])
            in_use = [held.pop(BLOCKS) for held in (before, between, after)]
            for kind, count in after.items():
                yield Row(f"soak: {kind} left over", kind, [count - before[kind]], goal=Goal(3))
            first, second = (100 * (last / first - 1) for first, last in itertools.pairwise(in_use))
            yield Row("soak: Python's blocks in use grown, first half", "%", [first])
            yield Row("soak: Python's blocks in use grown, second half", "%", [second], goal=Goal(1))
            yield Row("soak: memory grown, first half", "MB", [(middle - memory) / 1e6])
            yield Row("soak: memory grown, second half", "MB", [(site.server.memory() - middle) / 1e6], goal=Goal(10))


async def _come_and_go(site: Site, deals: list[Deal], seconds: float) -> int:
    until = perf_counter() + seconds
    return sum(await asyncio.gather(*(_pair(site, deal, until) for deal in deals)))


async def _pair(site: Site, deal: Deal, until: float) -> int:
    chance, visits = random.Random(deal.trade.id), 0
    seller, buyer = site.person(deal.seller), site.person(deal.buyer)
    while perf_counter() < until:
        await seller.visit(deal.path)
        await buyer.visit(deal.path)
        for _ in range(chance.randint(1, 4)):
            await deeds.say(*chance.sample((seller, buyer), 2))
        await buyer.visit("/activity")
        await seller.visit("/trades")
        visits += 4
        for person in (seller, buyer):
            if chance.random() < 0.2:
                person.cut()
            else:
                await person.leave()
        await asyncio.sleep(chance.random() * 2)
    return visits


async def _emptied(site: Site) -> None:
    await site.empty()
    await asyncio.sleep(_FORGOTTEN)


async def _held(site: Site) -> dict[str, int]:
    return {**await site.counts(), "open files and connections": site.server.open_files()}
