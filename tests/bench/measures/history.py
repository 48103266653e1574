"""A room with a long history beside one with a short one, taken in turns."""

import asyncio
from collections.abc import AsyncIterator

from tests.bench import deeds
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import Site, Stage
from tests.bench.town import Deal, Town

_FEW = 10
_TABS = 60
_WARM = 20
"""Tabs that come first: what is made once is not theirs."""
_FLAT = Goal(ratio=1.2)


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds and kilobytes of the long one; the short one is its floor."""
    del floors
    async with stage.town() as town:
        people = await town.people(4)
        short = await town.crowd(people[0], people[1], 1, messages=_FEW)
        long = await town.crowd(people[2], people[3], 1, messages=size.history)
        name, floor = f"{size.history:,} earlier messages", f"{_FEW} messages"
        async with stage.open(town) as site:
            quick, slow = await _joins(site, (short, long), size.joins // 2)
            yield Row(f"{name}: GET to live, server CPU", "ms", slow, _median(quick), floor, _FLAT)
            few, many = [(await site.enter(deal.seller, deal.path)).page.size / 1000 for deal in (short, long)]
            yield Row(f"{name}: HTML", "kB", [many], few, floor, _FLAT)
        few, many = [await _memory(stage, town, deal) for deal in (short, long)]
        yield Row(f"{name}: memory per person", "kB", [many], few, floor, _FLAT)
        async with stage.open(town) as site:  # anew: who has left is listened for a while longer
            quick, slow = await _messages(site, (short, long), size.messages // 2)
            yield Row(f"{name}: message, send to seen", "ms", slow, _median(quick), floor, _FLAT)


def _median(values: list[float]) -> float:
    """The median that the other room's is compared with."""
    return Row("", "", values).median


async def _messages(site: Site, deals: tuple[Deal, Deal], count: int) -> list[list[float]]:
    pairs = [await site.meet(deal) for deal in deals]
    took: list[list[float]] = [[], []]
    for _ in range(count):
        for pair, samples in zip(pairs, took, strict=True):
            samples.append(await deeds.say(*pair))
            await asyncio.sleep(0.01)
    return took


async def _joins(site: Site, deals: tuple[Deal, Deal], count: int) -> list[list[float]]:
    used: list[list[float]] = [[], []]
    for _ in range(count):
        for deal, samples in zip(deals, used, strict=True):
            began = site.server.cpu()
            person = await site.enter(deal.seller, deal.path)
            await asyncio.sleep(0.02)
            samples.append((site.server.cpu() - began) * 1000)
            await person.leave()
    return used


async def _memory(stage: Stage, town: Town, deal: Deal) -> float:
    """Each in a server of its own: memory that somebody has left is used again, and would seem to cost nothing."""
    async with stage.open(town) as site:
        for _ in range(_WARM):
            await site.enter(deal.seller, deal.path)
        await asyncio.sleep(1)
        began = site.server.memory()
        for _ in range(_TABS):
            await site.enter(deal.buyer, deal.path)
        await asyncio.sleep(1)
        return (site.server.memory() - began) / 1000 / _TABS
