"""Starting: `python main.py` on a data directory that it has used before, to its first answer."""

from collections.abc import AsyncIterator
from time import perf_counter

from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.process import ROOT, start
from tests.bench.sizes import Size
from tests.bench.stage import Stage
from tests.ports import free_port


async def measure(stage: Stage, floors: Floors, size: Size) -> AsyncIterator[Result]:
    """Seconds; the first start, which sets the database up, is not counted."""
    took = []
    for number in range(size.starts + 1):
        port = free_port()
        settings = {"TRADEROOM_DATA_DIR": str(stage.directory / "start"), "TRADEROOM_PORT": str(port)}
        began = perf_counter()
        server = start(stage.directory, "start", str(ROOT / "main.py"), port=port, settings=settings)
        await server.wait("/")
        if number:
            took.append(perf_counter() - began)
        await server.stop()
    yield Row("start to first answer, database warm", "s", took, await floors.start(), "empty page's server", Goal(3))
