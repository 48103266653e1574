"""A hundred rooms: 100 messages a second, then more and more, then far too many."""

import asyncio
import gc
from collections.abc import AsyncIterator

from tests.bench import deeds
from tests.bench.figures import Curve, Goal, Result, Row, quantile
from tests.bench.floors import Floors
from tests.bench.hall import Hall, Talk
from tests.bench.sizes import Size
from tests.bench.stage import Site, Stage
from tests.bench.town import Town

_ROOMS = 100
_STEADY = 100.0
"""Messages per second."""
_TOO_SLOW = 250.0
"""Milliseconds at the 95th percentile."""
_TOO_MANY = 1.5
"""Times the highest rate: past it, it slows down and loses nothing."""


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds and messages per second; what is lost is counted on the pages and in the table."""
    floor = await floors.commit() + await floors.echo()
    async with stage.town() as town:
        deals = await town.rooms(_ROOMS)
        async with stage.open(town) as site:
            hall = Hall(await site.meet_all(deals))
            gc.freeze()
            await hall.talk(_STEADY, 1)
            sent_before = await town.count("messages")
            began = site.server.cpu()
            steady = await hall.talk(_STEADY, size.load_seconds)
            used = (site.server.cpu() - began) * 1000 / len(steady.latencies)
            goal = Goal(median=6, p95=12)
            yield Row("message, 100/s over 100 rooms", "ms", steady.latencies, floor, "commit + echo", goal)
            yield Row("message, 100/s, server CPU each", "ms", [used])
            talks = [steady]
            for typing in (False, True):
                async for result in _ramp(hall, size, talks, typing=typing):
                    yield result
            yield Row("messages lost", "", [await _lost(town, site, talks, sent_before)], goal=Goal(median=0))
            gc.unfreeze()


async def _ramp(hall: Hall, size: Size, talks: list[Talk], *, typing: bool) -> AsyncIterator[Result]:
    what = f", {deeds.KEYS} keys typed before each" if typing else ""
    points: list[tuple[float, ...]] = []
    highest, slow_ones = 0, 0
    for rate in size.rates:
        talk = await hall.talk(rate, size.rate_seconds, typing=typing)
        talks.append(talk)
        p50, p95, p99 = (quantile(talk.latencies, share) for share in (0.5, 0.95, 0.99))
        points.append((rate, p50, p95, p99))
        slow_ones = slow_ones + 1 if p95 > _TOO_SLOW else 0
        highest = rate if not slow_ones else highest
        if slow_ones == 2:
            break
        await asyncio.sleep(0.5)
    yield Curve(f"latency against load{what}", ("messages/s", "p50 ms", "p95 ms", "p99 ms"), points)
    yield Row(f"highest rate with p95 ≤ 250 ms{what}", "msg/s", [highest], goal=Goal(least=400))
    if typing:
        return
    flood = await hall.talk(max(highest, size.rates[0]) * _TOO_MANY, size.rate_seconds)
    talks.append(flood)
    yield Row("rate when flooded", "msg/s", [flood.rate])


async def _lost(town: Town, site: Site, talks: list[Talk], before: int) -> float:
    """Messages that never reached a page, or never the table, or people who were thrown out."""
    on_pages = sum(len(talk.latencies) for talk in talks)
    in_table = await town.count("messages") - before
    return sum(talk.lost for talk in talks) + abs(in_table - on_pages) + sum(person.dropped for person in site.people)
