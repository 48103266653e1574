"""The measures: each takes the stage, the floors and the size, and yields rows and curves."""

from collections.abc import AsyncIterator, Callable

from tests.bench.figures import Result
from tests.bench.floors import Floors
from tests.bench.measures import actions, dashboard, expiry, history, load, people, room, rush, slow_line, soak, start
from tests.bench.sizes import Size
from tests.bench.stage import Stage

Measure = Callable[[Stage, Floors, Size], AsyncIterator[Result]]

MEASURES: dict[str, Measure] = {
    "room": room.measure,
    "load": load.measure,
    "people": people.measure,
    "history": history.measure,
    "dashboard": dashboard.measure,
    "expiry": expiry.measure,
    "actions": actions.measure,
    "start": start.measure,
    "slow_line": slow_line.measure,
    "rush": rush.measure,
    "soak": soak.measure,
}
"""By the names that ``--only`` takes, in the order of the table."""
