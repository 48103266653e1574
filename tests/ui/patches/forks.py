"""Starts Traderoom again and again, each time with something renamed in a library, in a third of the time.

What nobody renames is imported once; each start is a fork of it. ``python -m tests.ui.patches.forks`` takes one JSON
request a line and answers with one: ``start`` (a number), ``status`` (null while it runs), ``stop``.
"""

import json
import os
import signal
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any

from tests.ui.patches.renaming import Renaming, rename_in_imports

UNTOUCHED = """
    alembic.config argon2 babel.dates babel.numbers cryptography.hazmat.primitives.asymmetric.ed25519 docutils.core
    httptools limits markdown2 orjson procrastinate psycopg psycopg_pool pydantic_settings pygments sqlmodel typer
    sqlalchemy.ext.asyncio uvloop httpx jinja2 itsdangerous websockets.sansio
"""


def serve() -> None:
    """Answer requests until the input ends; what was started ends with it."""
    for name in UNTOUCHED.split():
        with suppress(ImportError):  # of another release of NiceGUI's
            import_module(name)
    running: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None = None
        if request["do"] == "start":
            answer = _start(request)
            running.add(answer)
        else:
            answer = _status(request["number"], stop=request["do"] == "stop")
            if answer is not None:
                running.discard(request["number"])
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    for number in running:
        os.kill(number, signal.SIGKILL)


def _start(request: dict[str, Any]) -> int:
    number = os.fork()
    if number:
        return number
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.chdir(request["directory"])
    os.environ.update(request["environment"])
    status = 1
    try:
        rename_in_imports(Renaming(**request["renaming"]))
        sys.argv = ["main.py", "serve"]
        import_module("app.cli").main()
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else 1
    except BaseException:  # noqa: BLE001 - as Python itself ends with a traceback
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        os._exit(status)


def _status(number: int, *, stop: bool) -> int | None:
    if stop:
        os.kill(number, signal.SIGKILL)
    ended, status = os.waitpid(number, 0 if stop else os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    serve()
