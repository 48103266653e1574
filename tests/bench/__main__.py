"""``python -m tests.bench``: measure Traderoom as its users feel it, and print one table."""

import argparse
import asyncio
import gc
import json
import resource
import signal
import sys
from collections.abc import Coroutine
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from tests.bench import machine, picture
from tests.bench.figures import Curve, Result, Row
from tests.bench.floors import Floors
from tests.bench.measures import MEASURES
from tests.bench.sizes import FULL, SHORT, Size
from tests.bench.stage import Stage
from tests.bench.table import table

try:
    from uvloop import run
except ImportError:  # Windows

    def run(main: Coroutine[Any, Any, Any], /) -> Any:  # type: ignore[misc]
        """The standard loop in its place."""
        return asyncio.run(main)


_FILES = 20_000


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--short", action="store_true", help="about three minutes: shows that the bench works")
    size.add_argument("--full", action="store_true", help="the default: the figures that count, about half an hour")
    parser.add_argument("--only", nargs="+", choices=MEASURES, metavar="NAME", help=f"of {', '.join(MEASURES)}")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the figures as JSON")
    parser.add_argument("--plot", type=Path, metavar="DIR", help="draw latency against load and memory against people")
    return parser.parse_args()


async def _measure(stage: Stage, size: Size, names: list[str]) -> list[Result]:
    task = asyncio.current_task()
    if task is not None:  # leave nothing running when somebody ends us
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    floors = Floors(stage, size)
    results: list[Result] = []
    try:
        for name in names:
            sys.stderr.write(f"{name}\n")
            began = perf_counter()
            async for result in MEASURES[name](stage, floors, size):
                results.append(result)
                if isinstance(result, Row):
                    sys.stderr.write(f"  {table([result]).splitlines()[-1]}\n")
            sys.stderr.write(f"  took {perf_counter() - began:.0f} s\n")
            gc.collect()
    finally:
        await floors.close()
    return [*floors.rows, *results]


def _keep(path: Path, about: dict[str, str], results: list[Result], complaints: list[str]) -> None:
    rows = [
        {
            "name": row.name, "unit": row.unit, "median": row.median, "p95": row.p95, "p99": row.p99,
            "samples": len(row.values), "floor": row.floor, "floor_name": row.floor_name, "ratio": row.ratio,
            "goal": row.goal.text, "met": row.verdict,
        }
        for row in results if isinstance(row, Row)
    ]  # fmt: skip
    curves = [asdict(curve) for curve in results if isinstance(curve, Curve)]
    kept = {**about, "rows": rows, "curves": curves, "complaints": complaints}
    path.write_text(json.dumps(kept, indent=1).replace("NaN", "null") + "\n")


def main() -> None:
    """Run what the command line asks for."""
    arguments = _arguments()
    size = SHORT if arguments.short else FULL
    if arguments.plot:
        try:
            picture.check()
        except picture.PictureError as error:
            sys.exit(str(error))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(_FILES, hard) if hard > 0 else _FILES, hard))
    with Stage() as stage:
        about = {"date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "size": size.name}
        about |= machine.describe(stage.postgres_version)
        results = run(_measure(stage, size, arguments.only or list(MEASURES)))
    lines = [f"{name} {value}" for name, value in about.items()]
    sys.stdout.write(f"{' · '.join(lines)}\n\n{table([row for row in results if isinstance(row, Row)])}\n")
    if stage.complaints:
        sys.stdout.write(f"\nThe server complained {len(stage.complaints)} times; the first: {stage.complaints[0]}\n")
    if arguments.json:
        _keep(arguments.json, about, results, stage.complaints)
    if arguments.plot:
        picture.draw([curve for curve in results if isinstance(curve, Curve)], arguments.plot)


if __name__ == "__main__":
    main()
