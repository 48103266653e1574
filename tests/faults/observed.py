"""`main.py` in a process that can be looked into: `python -m tests.faults.observed serve --port 8080`.

Nothing of the program is changed. At SIGUSR1 the process writes what it holds as JSON to the file that
`FAULTS_OBSERVED` names: running tasks by what they run, rooms, clocks, pages and who is online.
"""

import asyncio
import json
import os
import runpy
import signal
import socket
import sys
from collections import Counter
from pathlib import Path

from nicegui import Client

from app import serving
from app.bootstrap import Application

MAIN = Path(__file__).resolve().parents[2] / "main.py"
FILE = "FAULTS_OBSERVED"
_houses: list[Application] = []


def run() -> None:
    """Run main.py with the arguments that were given."""
    serve = serving.serve

    async def observed_serve(application: Application, listener: socket.socket) -> None:
        _houses.append(application)
        await serve(application, listener)

    serving.serve = observed_serve
    signal.signal(signal.SIGUSR1, lambda *_: _tell())
    sys.argv[0] = str(MAIN)
    runpy.run_path(str(MAIN), run_name="__main__")


def _tell() -> None:
    application = _houses[0]
    held = {
        "tasks": Counter(getattr(task.get_coro(), "__qualname__", "?") for task in asyncio.all_tasks()),
        "rooms": application.lobby.open_rooms,
        "clocks": len(application.ticker._dials),
        "pages": len(Client.instances),
        "online": sorted(person.name for person in application.presence.people(None)),
    }
    path = Path(os.environ[FILE])
    new = path.with_suffix(".new")
    new.write_text(json.dumps(held))
    new.replace(path)


if __name__ == "__main__":
    run()
