"""A server in a process of its own: started, asked what it used, stopped."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from tests.bench.browser import Browser

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0
_PROC = Path("/proc")


class ServerError(Exception):
    """A server did not start, or ended by itself; the text holds the end of its log."""


class Process:
    """A running server at `site`. CPU and memory are read from ``/proc``; elsewhere they are not a number."""

    def __init__(self, site: str, popen: "subprocess.Popen[bytes]", log: Path) -> None:
        self.site = site
        self.log = log
        self._popen = popen
        self._tasks = _PROC / str(popen.pid) / "task"

    @property
    def pid(self) -> int:
        """Its number."""
        return self._popen.pid

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._popen.poll() is not None

    def cpu(self) -> float:
        """Seconds of CPU that its threads have used, to the nanosecond where the kernel counts them."""
        used = 0
        try:
            for task in self._tasks.iterdir():
                with suppress(FileNotFoundError, ProcessLookupError):
                    used += int((task / "schedstat").read_text().split()[0])
        except OSError:
            return float("nan")
        return used / 1e9

    def memory(self) -> float:
        """Resident memory in bytes."""
        try:
            status = (_PROC / str(self._popen.pid) / "status").read_text()
        except OSError:
            return float("nan")
        return 1024 * next(float(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))

    def open_files(self) -> int:
        """How many files and connections it has open; 0 where the kernel does not tell."""
        try:
            return sum(1 for _ in (_PROC / str(self._popen.pid) / "fd").iterdir())
        except OSError:
            return 0

    def check(self) -> None:
        """Raises `ServerError` when it has ended."""
        if self._popen.poll() is not None:
            raise ServerError(f"the server ended ({self._popen.returncode}): {self.said()}")

    def said(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-2000:]

    async def wait(self, path: str) -> None:
        """Wait until an address answers with 200."""
        until = perf_counter() + _PATIENCE
        while perf_counter() < until:
            self.check()
            with suppress(OSError):
                if (await Browser(self.site).get(path)).status == 200:
                    return
            await asyncio.sleep(0.01)
        raise ServerError(f"{path} did not answer within {_PATIENCE:.0f} s: {self.said()}")

    async def kill(self) -> None:
        """End it without a word, as the kernel does when memory is short."""
        self._popen.kill()
        await asyncio.to_thread(self._popen.wait)

    async def stop(self) -> None:
        """End it as Ctrl-C does; after a while, by force."""
        self._popen.send_signal(signal.SIGINT)
        try:
            await asyncio.to_thread(self._popen.wait, 30)
        except subprocess.TimeoutExpired:
            self._popen.kill()
            await asyncio.to_thread(self._popen.wait)


def start(directory: Path, name: str, *command: str, port: int, settings: Mapping[str, str]) -> Process:
    """Start a Python program of the project in `directory`, which keeps its log; `settings` is all it knows."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("TRADEROOM_", "PYTEST_"))}
    log = directory / f"{name}.log"
    with log.open("wb") as output:
        popen = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=directory,
            env={**environment, "PYTHONPATH": str(ROOT), **settings},
            start_new_session=True,  # Ctrl-C is for the bench, which then stops its servers
        )
    return Process(f"http://127.0.0.1:{port}", popen, log)
