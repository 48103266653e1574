"""The dashboard over few and over many trades, and an event that many dashboards watch."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from tests.bench import deeds
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import Site, Stage
from tests.bench.town import Citizen, several

_FEW = 100
_FLAT = Goal(ratio=1.5)
_PATH = "/activity"


@dataclass(slots=True)
class _Readings:
    pages: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    updates: list[float] = field(default_factory=list)
    watched: list[float] = field(default_factory=list)
    size: float = 0.0


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds and kilobytes with many trades; the same with few is the floor."""
    few = await _read(stage, size, _FEW)
    many = await _read(stage, size, size.trades)
    name, floor = f"dashboard, {size.trades:,} trades", f"{_FEW} trades"
    for what, unit, values, lower in (
        ("GET to live", "ms", many.pages, few.pages),
        ("GET to live, server CPU", "ms", many.cpu, few.cpu),
        ("HTML", "kB", [many.size], [few.size]),
        ("event to seen", "ms", many.updates, few.updates),
    ):
        yield Row(f"{name}: {what}", unit, values, Row("", unit, lower).median, floor, _FLAT)
    echo = await floors.commit() + await floors.echo()
    goal = Goal(p95=250)
    yield Row(f"{name}: event to {size.dashboards} dashboards", "ms", many.watched, echo, "commit + echo", goal)


async def _read(stage: Stage, size: Size, trades: int) -> _Readings:
    readings = _Readings()
    async with stage.town() as town:
        crowd = await town.people(2, "Crowd")
        await town.crowd(crowd[0], crowd[1], trades, closed=50)
        deal = (await town.rooms(1))[0]
        watchers = await town.people(size.dashboards, "Watcher")
        async with stage.open(town) as site:
            seller, _ = await site.meet(deal)
            await _pages(site, watchers[: size.joins], readings)
            watcher = await site.enter(watchers[0], _PATH)
            for number in range(size.events):
                readings.updates += await deeds.amend(seller, [watcher], 300_000 + number)
                await asyncio.sleep(0.15)
            board = await several((site.enter(citizen, _PATH) for citizen in watchers), 4)
            await asyncio.sleep(1)
            for number in range(size.events):
                readings.watched += await deeds.amend(seller, board, 400_000 + number)
                await asyncio.sleep(0.5)
    return readings


async def _pages(site: Site, watchers: list[Citizen], readings: _Readings) -> None:
    for citizen in watchers:
        began = site.server.cpu()
        person = site.person(citizen)
        readings.pages.append(await person.visit(_PATH) * 1000)
        await asyncio.sleep(0.02)
        readings.cpu.append((site.server.cpu() - began) * 1000)
        readings.size = person.page.size / 1000
        await person.leave()
