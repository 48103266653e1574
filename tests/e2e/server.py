"""The real thing: `python main.py serve` as a process of its own, database in a temporary directory."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from tests.ports import free_port

MAIN = Path(__file__).resolve().parents[2] / "main.py"
_LIMITS = ("MAILS", "MESSAGES", "MOVES", "ROOMS", "SIGN_IN", "SIGN_UP")
SECRET = "a secret of the tests"
_START_SECONDS = 60.0
_WRONG = re.compile(r"Traceback|\b(ERROR|CRITICAL)\b|Exception")


class Server:
    """A running server. `address` is what people type; `run` calls one of its commands from another process.

    It knows no rate limits and shows the demo, except where `changed` says so; None leaves a setting to its default.
    `program` takes the place of `main.py`.
    """

    def __init__(self, directory: Path, *, program: str | Path = MAIN, **changed: str | None) -> None:
        port = free_port()
        self.address = f"http://localhost:{port}"
        self.data_dir = directory / "data"
        self._directory = directory
        self._log = directory / "server.log"
        settings: dict[str, str | None] = {"PORT": str(port), "DATA_DIR": str(self.data_dir)}
        settings |= {"DEMO": "true", "SECRET": SECRET}
        settings |= {f"LIMIT_{name}": "100000/minute" for name in _LIMITS}
        settings |= changed
        # Where pytest names its test NiceGUI takes itself for tested, and compresses nothing.
        foreign = "TRADEROOM_", "PYTEST_"
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        self._environment = inherited | {
            f"TRADEROOM_{name}": value for name, value in settings.items() if value is not None
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, program, "serve"],
                cwd=directory,  # where no .env lies
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self) -> None:
        """Until its worker and its database work."""
        deadline = time.monotonic() + _START_SECONDS
        while not self._is_ready():
            assert self._process.poll() is None, f"the server ended:\n{self.log}"
            assert time.monotonic() < deadline, f"the server is not ready after {_START_SECONDS:.0f} s:\n{self.log}"
            time.sleep(0.05)

    async def run(self, *arguments: str, typed: str = "") -> str:
        """What one of the commands prints, given a line that somebody types."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            MAIN,
            *arguments,
            cwd=self._directory,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        said, complaint = await process.communicate(f"{typed}\n".encode())
        assert process.returncode == 0, complaint.decode()
        return said.decode()

    def stop(self) -> int:
        """Stop it as a service manager does; returns its exit status."""
        self._process.terminate()
        try:
            return self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    @property
    def log(self) -> str:
        """Everything it has printed."""
        return self._log.read_text(errors="replace")

    @property
    def complaints(self) -> list[str]:
        """The lines of its log that tell of an error of ours."""
        return [line for line in self.log.splitlines() if _WRONG.search(line)]

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return all(json.load(answer).values())
        except OSError:  # refused, too slow, or 503
            return False


@contextmanager
def running(*, accepted: str | None = None, program: str | Path = MAIN, **changed: str | None) -> Iterator[Server]:
    """A running server, which must not have complained of anything in the end but of what holds `accepted`."""
    directory = Path(tempfile.mkdtemp(prefix="traderoom-server-"))
    directory.chmod(0o755)  # PostgreSQL runs as another user when the tests run as root
    server = Server(directory, program=program, **changed)
    try:
        server.wait_until_ready()
        yield server
    finally:
        status = server.stop()
        complaints, log = server.complaints, server.log
        shutil.rmtree(directory)
    complaints = [line for line in complaints if accepted is None or accepted not in line]
    assert not complaints, f"the server complained:\n{log[-5000:]}"
    assert status == 0
