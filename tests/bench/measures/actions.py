"""The database layer alone: what one action costs our own process."""

from collections.abc import AsyncIterator
from time import perf_counter, process_time

from tests.bench.deeds import token
from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import Stage

_WARM = 20


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Milliseconds of this process's CPU and of the clock on the wall."""
    async with stage.town() as town:
        deal = (await town.rooms(1))[0]
        for _ in range(_WARM):
            await town.say(deal, token())
        used, took = [], []
        for _ in range(size.actions):
            cpu, wall = process_time(), perf_counter()
            await town.say(deal, token())
            used.append((process_time() - cpu) * 1000)
            took.append((perf_counter() - wall) * 1000)
    floor = await floors.commit_cpu()
    yield Row("one action in the ledger, CPU of our process", "ms", used, floor, "psycopg alone", Goal(median=1))
    yield Row("one action in the ledger", "ms", took, await floors.commit_at_once(), "psycopg alone")
