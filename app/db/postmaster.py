"""The embedded PostgreSQL as a running program: launched, launched again when it ends by itself, and stopped.

Who may connect is said at each launch, whatever the data's own files say: the account that runs Traderoom, and root,
who may do anything. The system says who asks (peer authentication); the account that runs the server is nobody here.
"""

import logging
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psycopg

from app.db.engine import connect_to_set_up
from app.db.programs import Account, EmbeddedError, Programs
from app.db.schema import RUNS_AS

if sys.platform != "win32":
    import pwd

NAME = "traderoom"
"""Of the database, and of the role that owns it."""
_PORT = 5432
_START_SECONDS = 60.0
"""Recovery after a power cut takes its time on a slow disk."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
"""Seconds between tries to launch a server again that ended by itself."""
_LONGEST_SOCKET_DIR = 85
"""In bytes: the system allows about 104 for the path of the socket itself."""
_SETTINGS = {
    "port": str(_PORT),
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_min_messages": "log",  # a failing statement is the app's to report: what is left stays small
}
_MAP = "traderoom"
_WHO_CONNECTS = f"local all all peer map={_MAP}\n"

_WATCH = 'read -r _; "$0" stop -D "$1" -m fast; [ -z "$2" ] || rmdir "$2"'
"""Reads to the end of a pipe that the owner alone holds open, that is until the owner is gone, however it went."""

logger = logging.getLogger(__name__)


class Postmaster:
    """The server of the process that started it, and the watcher that stops the server should we be killed."""

    def __init__(self, home: Path, programs: Programs, account: Account) -> None:
        self._home = home
        self._programs = programs
        self._account = account
        self._sockets = home
        self._own_sockets: Path | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._launching = threading.Lock()
        self._stopping = threading.Event()
        self._keeper = threading.Thread(target=self._keep, name="postmaster", daemon=True)
        self.watcher: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address of our database; it stays the same when the server is launched again."""
        return address(self._sockets, NAME)

    @property
    def pid(self) -> int:
        """The server's process now."""
        return self._server.pid if self._server else 0

    def start(self) -> None:
        """Launch the server and keep it running; blocks until it answers.

        Raises `EmbeddedError` and others; `stop` is right then too.
        """
        data = self._home / "data"
        if len(os.fsencode(self._home)) > _LONGEST_SOCKET_DIR or re.search(r'[",\\]', str(self._home)):  # a list there
            self._sockets = self._own_sockets = Path(tempfile.mkdtemp(prefix=f"{NAME}-", dir="/tmp"))
            self._account.give(self._sockets)
        watcher = ("/bin/sh", "-c", _WATCH, self._programs.bin / "pg_ctl", data, self._own_sockets or "")
        self.watcher = self._account.popen(*watcher, stdin=subprocess.PIPE, out=subprocess.DEVNULL)
        self._launch(_START_SECONDS)
        self._keeper.start()

    def stop(self) -> None:
        """End the server, cutting connections that are left, and what watches over it."""
        self._stopping.set()
        with self._launching:
            server = self._server
        if server:
            _end(server)
        if self._keeper.is_alive():
            self._keeper.join()
        if self.watcher and self.watcher.stdin:
            self.watcher.kill()
            self.watcher.wait()
            self.watcher.stdin.close()
        if self._own_sockets:
            with suppress(OSError):
                self._own_sockets.rmdir()

    def _keep(self) -> None:
        """Launch the server again whenever it ends by itself: killed, or brought down by a full disk."""
        while self._server:
            status = self._server.wait()
            if self._stopping.is_set():
                return
            logger.error("PostgreSQL in %s has ended by itself (status %s); starting it again", self._home, status)
            self._launch_again()

    def _launch_again(self) -> None:
        said, pause = "", _SHORTEST_PAUSE
        while self._server and not self._stopping.wait(pause):
            # One that failed after it had started: it runs, or is not waited for yet, and then the next one finds the
            # directory in use.
            _end(self._server)
            try:
                self._launch(patience=math.inf)  # recovery may take long, and beginning it anew would take longer
            except (EmbeddedError, OSError, psycopg.Error) as error:
                if str(error) != said:
                    logger.warning("PostgreSQL does not start yet, trying again: %s", error)
                said, pause = str(error), min(2 * pause, _LONGEST_PAUSE)
            else:
                logger.info("PostgreSQL in %s runs again", self._home)
                return

    def _launch(self, patience: float) -> None:
        log = self._home / "server.log"
        settings = {**_SETTINGS, "unix_socket_directories": str(self._sockets)}
        for name, content in (("hba", _WHO_CONNECTS), ("ident", _who_is_who())):
            settings[f"{name}_file"] = str(path := self._home / f"pg_{name}.conf")
            with os.fdopen(self._account.open(path, os.O_WRONLY | os.O_TRUNC), "w") as file:
                file.write(content)
        with suppress(FileNotFoundError):
            log.replace(log.with_suffix(".log.old"))
        output = self._account.open(log, os.O_WRONLY | os.O_EXCL)
        options = [f"--{name}={value}" for name, value in settings.items()]
        try:
            with self._launching:
                if self._stopping.is_set():
                    return
                program, data = self._programs.bin / "postgres", self._home / "data"
                self._server = server = self._account.popen(program, "-D", data, *options, out=output)
        finally:
            os.close(output)
        self._wait(server, log, patience)

    def _wait(self, server: "subprocess.Popen[bytes]", log: Path, patience: float) -> None:
        """Until the server answers and our database exists."""
        until = time.monotonic() + patience
        while True:
            ended = server.poll() is not None
            if ended and self._stopping.is_set():
                return
            if ended or time.monotonic() > until:
                how = "could not start" if ended else f"did not start within {_START_SECONDS:.0f} s"
                raise EmbeddedError(f"PostgreSQL in {log.parent} {how}: {reason(log.read_text(errors='replace'))}.")
            with suppress(psycopg.OperationalError):
                connection = connect_to_set_up(address(self._sockets, "postgres"), autocommit=True, patience=2)
                break
            time.sleep(0.02)
        with connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (NAME,)).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}".encode())


def _end(server: "subprocess.Popen[bytes]") -> None:
    """End a server and wait for it; one that has ended already is only waited for."""
    for how, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, None)):
        server.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            server.wait(seconds)
            break


def address(sockets: Path, database: str) -> str:
    """Where a database is reached whose server has its socket there."""
    return f"postgresql://{NAME}@/{database}?host={quote(str(sockets), safe='')}&port={_PORT}"


def reason(said: str) -> str:
    """The line that says why, of what a program printed."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "starting up" not in line]
    for sign in ("FATAL|PANIC|error: ", "could not"):
        if why := [line for line in lines if re.search(sign, line)]:
            return re.sub(r"^.*?(FATAL|PANIC|error): *", "", why[0]).rstrip(".")
    return lines[-1].rstrip(".") if lines else "it did not say why"


def _who_is_who() -> str:
    """Which accounts of the machine may be which role: ours and root, both of ours."""
    try:
        accounts = {pwd.getpwuid(number).pw_name for number in (0, os.geteuid())}
    except KeyError:
        number = os.geteuid()
        raise EmbeddedError(f"The account {number} has no name here; PostgreSQL needs one (/etc/passwd).") from None
    return "".join(f'{_MAP} "{account}" "{role}"\n' for account in sorted(accounts) for role in (NAME, RUNS_AS))
