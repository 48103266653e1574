"""Deadlines: from the moment itself to the word `Expired` on the page, with and without a crowd that waits too."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter, time

from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.person import PATIENCE
from tests.bench.sizes import Size
from tests.bench.stage import Stage
from tests.bench.town import Citizen, Deal, Town, several

_PAIRS = 20
_LEAD = 7.0
_LEAD_EACH = 0.09
"""Seconds from making the trades to the first deadline: the server starts and everybody comes in meanwhile."""
_SPARE = 2.0
"""Seconds that must be left then: the sweep, with which a server starts, must not meet the first deadline."""
_MORE = 2.5
"""Times as many seconds where the machine was too busy for that."""


class TooSoonError(Exception):
    """The first deadline came before everybody was in."""


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds after the deadline, by the clock that the database on this machine uses too."""
    floor = await floors.listen() + await floors.echo()
    goal = Goal(median=30, p95=100)
    name = f"expiry, deadline to seen, {size.expiries:,} in {size.expiry_seconds:.0f} s"
    for pending in (0, size.pending):
        with_them = f", {pending:,} pending" if pending else ""
        lead, complaints = _LEAD + _LEAD_EACH * size.expiries, len(stage.complaints)
        try:
            late = await _expire(stage, size, pending, lead)
        except TooSoonError:
            del stage.complaints[complaints:]  # it may have found deadlines that had passed before it started
            late = await _expire(stage, size, pending, _MORE * lead)
        yield Row(name + with_them, "ms", late, floor, "LISTEN + echo", goal)


async def _expire(stage: Stage, size: Size, pending: int, lead: float) -> list[float]:
    async with stage.town() as town:
        people = await town.people(2 * _PAIRS)
        if pending:
            await town.crowd(people[0], people[1], pending)
        # Before the server starts: its poke naps for half a minute when it finds no deadline that is nearer.
        first = time() + lead
        step = size.expiry_seconds / size.expiries
        deals = await several(_deal(town, people, number, first + number * step) for number in range(size.expiries))
        async with stage.open(town) as site:
            watchers = await several((site.enter(deal.seller, deal.path) for deal in deals), 4)
            seen = [watcher.sees("Expired") for watcher in watchers]
            if time() > first - _SPARE:
                raise TooSoonError
            await asyncio.wait_for(asyncio.gather(*seen), first + size.expiry_seconds + PATIENCE - time())
    wall = time() - perf_counter()
    return [
        (wall + moment.result() - deal.trade.expires_at.timestamp()) * 1000
        for moment, deal in zip(seen, deals, strict=True)
    ]


async def _deal(town: Town, people: list[Citizen], number: int, deadline: float) -> Deal:
    """The deal whose deadline is at that time of the machine's clock."""
    pair = 2 * (number % _PAIRS)
    return await town.deal(people[pair], people[pair + 1], (deadline - time()) / 60)
