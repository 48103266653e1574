"""PostgreSQL as a part of Traderoom: set up, started, joined and stopped from here, with no server to install.

Whoever `start`s the server owns it by a lock, which the kernel lets go however the owner ends; others `join` it.
What belongs to it lies in `DATA_DIR/postgres`, called home here: `data`, `lock`, `server.log` and, where its path is
short enough, the socket, the only way in: no TCP port, so that nothing clashes with a second copy.
"""

import fcntl
import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from app.db.engine import connect_to_set_up
from app.db.programs import Account, EmbeddedError, Programs, command_line, find_programs, shared_directory

__all__ = ["EmbeddedError", "EmbeddedServer", "join", "start"]

_NAME = "traderoom"
_PORT = 5432
_START_SECONDS = 60.0
"""Recovery after a power cut takes its time on a slow disk."""
_BUSY_SECONDS = 1.0
"""A joiner holds the lock for an instant, an owner that stops until its server is down."""
_JOIN_SECONDS = 10.0
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

_WATCH = 'read -r _; "$0" stop -D "$1" -m fast; [ -z "$2" ] || rmdir "$2"'
"""Reads to the end of a pipe that the owner alone holds open, that is until the owner is gone, however it went."""

logger = logging.getLogger(__name__)


class EmbeddedServer:
    """A running server. Leaving it as a context manager, or `stop`, ends it if it is `owned`."""

    def __init__(self, url: str, pid: int, owner: "_Owner | None" = None) -> None:
        self.url = url
        self.pid = pid
        self._owner = owner

    @property
    def owned(self) -> bool:
        """Whether this process started it."""
        return self._owner is not None

    def stop(self) -> None:
        """End the server if it is owned, cutting connections that are left; does nothing the second time."""
        if self._owner:
            self._owner.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Owner:
    """What the starting process holds: the lock, the server, and the watcher that stops it if we are killed."""

    def __init__(self, lock: int) -> None:
        self.lock = lock
        self.server: subprocess.Popen[bytes] | None = None
        self.watcher: subprocess.Popen[bytes] | None = None
        self.sockets: Path | None = None

    def release(self) -> None:
        if self.lock < 0:
            return
        if self.server:
            for how, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 10), (signal.SIGKILL, None)):
                self.server.send_signal(how)
                with suppress(subprocess.TimeoutExpired):
                    self.server.wait(seconds)
                    break
        if self.watcher and self.watcher.stdin:
            self.watcher.kill()
            self.watcher.wait()
            self.watcher.stdin.close()
        if self.sockets:
            with suppress(OSError):
                self.sockets.rmdir()
        os.close(self.lock)
        self.lock = -1


def start(data_dir: Path) -> EmbeddedServer:
    """Start the server of this data directory, set up at the first time; blocks until it answers.

    Raises `EmbeddedError`, and then leaves nothing running.
    """
    with _explained(data_dir):
        account = Account(data_dir.resolve() / "postgres")
        home = _home(data_dir.resolve(), account)
        owner = _Owner(_lock(home, account, data_dir))
        try:
            data = home / "data"
            programs = find_programs(account, int((data / "PG_VERSION").read_text()) if data.exists() else None)
            if data.exists():
                _stop_orphan(data, programs, account)
            else:
                _set_up(home, programs, account)
            return _launch(home, programs, account, owner)
        except BaseException:
            owner.release()
            raise


def join(data_dir: Path) -> EmbeddedServer | None:
    """The server that another process runs for this data directory, waiting while it starts; None if none does."""
    with _explained(data_dir):
        home = (data_dir / "postgres").resolve()
        until = time.monotonic() + _JOIN_SECONDS
        while _is_locked(home / "lock") and time.monotonic() < until:
            with suppress(FileNotFoundError, ValueError, psycopg.OperationalError):
                pid, _, _, _, sockets = (home / "data/postmaster.pid").read_text().splitlines()[:5]
                url = _url(Path(sockets), _NAME)
                connect_to_set_up(url, patience=2).close()
                return EmbeddedServer(url, int(pid))
            time.sleep(0.05)
    return None


@contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    """Whatever the system says becomes one sentence."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EmbeddedError(f"The data directory {data_dir} cannot be used: {error.strerror}{where}.") from error
    except psycopg.Error as error:
        raise EmbeddedError(f"PostgreSQL in {data_dir} failed: {_reason(str(error))}.") from error


def _home(data_dir: Path, account: Account) -> Path:
    """Where the server lives: in the data directory, or, out of its account's reach, elsewhere with a link from there.

    The link, and not the path, finds the data again: a data directory that was deleted starts afresh, one that was
    moved keeps its rows.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    home = data_dir / "postgres"
    if not home.exists():
        home.unlink(missing_ok=True)  # a link to what somebody deleted
        ours = {path.name for path in data_dir.iterdir()} <= {"secret"}
        if ours and account.reaches(data_dir.parent):
            account.give(data_dir)  # root reaches it all the same
        if account.reaches(data_dir):
            home.mkdir(mode=0o700)
        else:
            home.symlink_to(shared_directory(data_dir, account))
    if home.lstat().st_uid == 0 and not home.is_symlink():
        account.give(home)
    if home.stat().st_uid != account.uid:
        raise EmbeddedError(f"The database in {home} belongs to another account than the one that would run it.")
    if home.is_symlink():
        logger.info("The database of %s is kept in %s.", data_dir, home.resolve())
    return home.resolve()


def _lock(home: Path, account: Account, data_dir: Path) -> int:
    lock = account.open(home / "lock", os.O_RDWR)
    until = time.monotonic() + _BUSY_SECONDS
    while not _try_lock(lock, fcntl.LOCK_EX):
        if time.monotonic() > until:
            os.close(lock)
            raise EmbeddedError(f"The data directory {data_dir} is in use by another Traderoom, which runs already.")
        time.sleep(0.05)
    return lock


def _is_locked(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        return not _try_lock(lock, fcntl.LOCK_SH)
    finally:
        os.close(lock)


def _try_lock(lock: int, how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _set_up(home: Path, programs: Programs, account: Account) -> None:
    """Make the data under another name first: what was not finished never looks as if it were."""
    for left in home.glob("setup-*"):
        shutil.rmtree(left, ignore_errors=True)
    new = Path(tempfile.mkdtemp(prefix="setup-", dir=home))
    account.give(new)
    options = ["-U", _NAME, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject", "--locale=C"]
    if programs.version >= 17:  # noqa: PLR2004 - upper and lower case of all scripts, the same on every machine
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done, said = account.run(programs.bin / "initdb", "-D", new, *options)
    if not done:
        shutil.rmtree(new, ignore_errors=True)
        raise EmbeddedError(f"PostgreSQL could not set up its data in {home}: {_reason(said)}.")
    new.rename(home / "data")


def _stop_orphan(data: Path, programs: Programs, account: Account) -> None:
    """Stop the server of an owner that was killed together with its watcher.

    By now the number in the file may be another program's, which is neither stopped nor in the way.
    """
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    if os.fsencode(data) in (program := command_line(pid)):
        stopped, said = account.run(programs.bin / "pg_ctl", "stop", "-D", data, "-m", "fast")
        if not stopped and command_line(pid) == program:
            raise EmbeddedError(f"The PostgreSQL left over in {data} (process {pid}) does not stop: {_reason(said)}.")
    elif program and b"postgres" not in program:
        (data / "postmaster.pid").unlink(missing_ok=True)


def _launch(home: Path, programs: Programs, account: Account, owner: _Owner) -> EmbeddedServer:
    data, log, sockets = home / "data", home / "server.log", home
    if len(os.fsencode(home)) > _LONGEST_SOCKET_DIR or re.search(r'[",\\]', str(home)):  # a list to PostgreSQL
        sockets = owner.sockets = Path(tempfile.mkdtemp(prefix=f"{_NAME}-", dir="/tmp"))
        account.give(sockets)
    watcher = ("/bin/sh", "-c", _WATCH, programs.bin / "pg_ctl", data, owner.sockets or "")
    owner.watcher = account.popen(*watcher, stdin=subprocess.PIPE, out=subprocess.DEVNULL)
    with suppress(FileNotFoundError):
        log.replace(log.with_suffix(".log.old"))
    output = account.open(log, os.O_WRONLY | os.O_EXCL)
    settings = _SETTINGS | {"unix_socket_directories": str(sockets)}
    options = [f"--{name}={value}" for name, value in settings.items()]
    try:
        owner.server = account.popen(programs.bin / "postgres", "-D", data, *options, out=output)
    finally:
        os.close(output)
    _wait(owner.server, sockets, log)
    return EmbeddedServer(_url(sockets, _NAME), owner.server.pid, owner)


def _wait(server: "subprocess.Popen[bytes]", sockets: Path, log: Path) -> None:
    """Until the server answers and our database exists."""
    until = time.monotonic() + _START_SECONDS
    while True:
        ended = server.poll() is not None
        if ended or time.monotonic() > until:
            how = "could not start" if ended else f"did not start within {_START_SECONDS:.0f} s"
            raise EmbeddedError(f"PostgreSQL in {log.parent} {how}: {_reason(log.read_text(errors='replace'))}.")
        with suppress(psycopg.OperationalError):
            connection = connect_to_set_up(_url(sockets, "postgres"), autocommit=True, patience=2)
            break
        time.sleep(0.02)
    with connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (_NAME,)).fetchone():
            connection.execute(f"CREATE DATABASE {_NAME}".encode())


def _url(sockets: Path, database: str) -> str:
    return f"postgresql://{_NAME}@/{database}?host={quote(str(sockets), safe='')}&port={_PORT}"


def _reason(said: str) -> str:
    """The line that says why, of what a program printed."""
    lines = [line.strip() for line in said.splitlines() if line.strip() and "starting up" not in line]
    for sign in ("FATAL|PANIC|error: ", "could not"):
        if why := [line for line in lines if re.search(sign, line)]:
            return re.sub(r"^.*?(FATAL|PANIC|error): *", "", why[0]).rstrip(".")
    return lines[-1].rstrip(".") if lines else "it did not say why"
