"""One room, nobody else: a message, an amendment, a key that is pressed, and what it costs to come in."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter

from tests.bench import deeds
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import BREATH, Floors
from tests.bench.person import PATIENCE, Person
from tests.bench.sizes import Size
from tests.bench.stage import Site, Stage
from tests.bench.town import Deal, Town

_WARM = 10


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds, but for the page's kilobytes."""
    async with stage.town() as town:
        async with stage.open(town) as site:
            deal = (await town.rooms(1))[0]
            seller, buyer = await site.meet(deal)
            for _ in range(_WARM):
                await deeds.say(seller, buyer)
            floor = await floors.commit() + await floors.echo()
            goal = Goal(median=5, p95=10, ratio=2)
            took = await _messages(seller, buyer, size.messages)
            yield Row("message, send to seen, idle", "ms", took, floor, "commit + echo", goal)
            goal = Goal(median=6)
            took = await _amendments(seller, buyer, size.amendments)
            yield Row("amend, save to seen", "ms", took, floor, "commit + echo", goal)
            took = await _typing(seller, buyer, size.amendments)
            yield Row("typing, key to seen", "ms", took, await floors.echo(), "echo", Goal(p95=300))
            yield Row("a key pressed, server CPU", "ms", await _keys(site, seller, size.messages))
        async for row in _joins(stage, town, floors, size):
            yield row


async def _messages(seller: Person, buyer: Person, count: int) -> list[float]:
    took = []
    for number in range(count):
        speaker, listener = (seller, buyer) if number % 2 else (buyer, seller)
        took.append(await deeds.say(speaker, listener))
        await asyncio.sleep(BREATH)
    return took


async def _amendments(seller: Person, buyer: Person, count: int) -> list[float]:
    took: list[float] = []
    for number in range(count):
        took += await deeds.amend(seller, [buyer], 200_000 + number)
        await asyncio.sleep(BREATH)
    return took


async def _typing(seller: Person, buyer: Person, count: int) -> list[float]:
    took = []
    for _ in range(count):
        seen = seller.sees("is typing")
        began = perf_counter()
        deeds.type_message(buyer)
        took.append((await asyncio.wait_for(seen, PATIENCE) - began) * 1000)
        deeds.type_message(buyer, going_on=False)
        await asyncio.sleep(BREATH)
    return took


async def _keys(site: Site, person: Person, count: int) -> list[float]:
    """One sample: the average over all keys, of which a dozen in a row is told as one."""
    began = site.server.cpu()
    for number in range(count):
        if number % deeds.KEYS == 0:
            deeds.type_message(person)
        await asyncio.sleep(0.002)
    await asyncio.sleep(0.1)
    return [(site.server.cpu() - began) * 1000 / count]


async def _joins(stage: Stage, town: Town, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """People who come into a room each, one after the other; who was in stays in."""
    people = await town.people(2 * (size.joins + _WARM), "Newcomer")
    deals = await town.deals(zip(people[::2], people[1::2], strict=True))
    async with stage.open(town) as site:
        for deal in deals[:_WARM]:
            await site.enter(deal.seller, deal.path)
        used, took = await _enter(site, deals[_WARM:])
        yield Row("room page, GET to live, server CPU", "ms", used, await floors.join(), "empty page", Goal(median=16))
        yield Row("room page, GET to live", "ms", took)
        page = site.people[-1].page
        yield Row("room page, HTML", "kB", [page.size / 1000], await floors.page(), "empty page", Goal(median=25))
        yield Row("room page, HTML as it is sent", "kB", [page.sent / 1000])
        yield Row("room page, elements", "", [len(page.elements)])


async def _enter(site: Site, deals: list[Deal]) -> tuple[list[float], list[float]]:
    used, took = [], []
    for number, deal in enumerate(deals):
        person = site.person(deal.seller if number % 2 else deal.buyer)
        began = site.server.cpu()
        took.append(await person.visit(deal.path) * 1000)
        await asyncio.sleep(BREATH)
        used.append((site.server.cpu() - began) * 1000)
    return used, took
