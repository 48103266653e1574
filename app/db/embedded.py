"""PostgreSQL as a part of Traderoom: set up, started, joined and stopped from here, with no server to install.

Whoever `start`s the server owns it by a lock, which the kernel lets go however the owner ends; others `join` it.
What belongs to it lies in `DATA_DIR/postgres`, called home here: `data`, `lock`, `server.log` and, where its path is
short enough, the socket, the only way in: no TCP port, so that nothing clashes with a second copy.
"""

import logging
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import psycopg

from app.db.engine import connect_to_set_up
from app.db.postmaster import NAME, Postmaster, address, reason
from app.db.programs import Account, EmbeddedError, Programs, command_line, find_programs, shared_directory

if sys.platform != "win32":
    import fcntl

__all__ = ["EmbeddedError", "EmbeddedServer", "join", "start"]

_BUSY_SECONDS = 1.0
"""A joiner holds the lock for an instant, an owner that stops until its server is down."""
_JOIN_SECONDS = 120.0
"""A first start sets the data up, which takes its time on a slow disk, and one after a power cut recovers it."""

logger = logging.getLogger(__name__)


class EmbeddedServer:
    """A running server. Leaving it as a context manager, or `stop`, ends it if it is `owned`; while it is owned, it is
    started again whenever it ends by itself."""

    def __init__(self, url: str, pid: int = 0, owner: "_Owner | None" = None) -> None:
        self.url = url
        self._pid = pid
        self._owner = owner

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._owner.postmaster.pid if self._owner else self._pid

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
    """What the starting process holds: the lock and the server."""

    def __init__(self, lock: int, postmaster: Postmaster) -> None:
        self._lock = lock
        self.postmaster = postmaster

    def release(self) -> None:
        if self._lock >= 0:
            self.postmaster.stop()
            os.close(self._lock)
            self._lock = -1


def start(data_dir: Path) -> EmbeddedServer:
    """Start the server of this data directory, set up at the first time; blocks until it answers.

    Raises `EmbeddedError`, and then leaves nothing running.
    """
    with _explained(data_dir):
        account = Account(data_dir.resolve() / "postgres")
        home = _home(data_dir.resolve(), account)
        lock = _lock(home, account, data_dir)
        owner: _Owner | None = None
        try:
            data = home / "data"
            programs = find_programs(account, int((data / "PG_VERSION").read_text()) if data.exists() else None)
            if data.exists():
                _stop_orphan(data, programs, account)
            else:
                _set_up(home, programs, account)
            owner = _Owner(lock, Postmaster(home, programs, account))
            owner.postmaster.start()
            return EmbeddedServer(owner.postmaster.url, owner=owner)
        except BaseException:
            if owner:
                owner.release()
            else:
                os.close(lock)
            raise


def join(data_dir: Path) -> EmbeddedServer | None:
    """The server that another process runs for this data directory, waiting while it starts; None if none does.

    Raises `EmbeddedError` where it does not answer in two minutes.
    """
    with _explained(data_dir):
        home = (data_dir / "postgres").resolve()
        until = time.monotonic() + _JOIN_SECONDS
        while _is_locked(home / "lock"):
            with suppress(FileNotFoundError, ValueError, psycopg.OperationalError):
                pid, _, _, _, sockets = (home / "data/postmaster.pid").read_text().splitlines()[:5]
                url = address(Path(sockets), NAME)
                connect_to_set_up(url, patience=2).close()
                return EmbeddedServer(url, int(pid))
            if time.monotonic() > until:
                raise EmbeddedError(f"The PostgreSQL in {data_dir} that another Traderoom runs does not answer.")
            time.sleep(0.05)
    return None


@contextmanager
def _explained(data_dir: Path) -> Iterator[None]:
    """Whatever the system says becomes one sentence."""
    if sys.platform == "win32":
        raise EmbeddedError("The embedded PostgreSQL does not run on Windows: set TRADEROOM_DATABASE_URL.")
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise EmbeddedError(f"The data directory {data_dir} cannot be used: {error.strerror}{where}.") from error
    except RuntimeError as error:  # pathlib's word for links that lead in a circle, before Python 3.13
        raise EmbeddedError(f"The data directory {data_dir} cannot be used: {error}.") from error
    except psycopg.Error as error:
        raise EmbeddedError(f"PostgreSQL in {data_dir} failed: {reason(str(error))}.") from error


def _home(data_dir: Path, account: Account) -> Path:
    """Where the server lives: in the data directory, or, out of its account's reach, elsewhere with a link from there.

    The link, and not the path, finds the data again: a data directory that was deleted starts afresh, one that was
    moved keeps its rows.
    """
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    account.take_back(data_dir)
    home = data_dir / "postgres"
    ours = {path.name for path in data_dir.iterdir()} <= {"secret", "postgres"}
    if ours and not account.reaches(data_dir) and account.reaches(data_dir.parent):
        account.let_through(data_dir)
    if not home.exists():
        home.unlink(missing_ok=True)  # a link to what somebody deleted
        if account.reaches(data_dir):
            home.mkdir(mode=0o700)
        else:
            home.symlink_to(shared_directory(data_dir, account))
    if home.lstat().st_uid == 0 and not home.is_symlink():
        account.give_all(home)  # new, or copied by root
    for place in (home, home / "data"):
        if place.exists() and (owner := place.stat().st_uid) != account.uid:
            raise EmbeddedError(
                f"The database in {place} belongs to the account {owner}, and {account.uid} would run it:"
                f" chown -R {account.uid} {home.resolve()}"
            )
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
    options = ["-U", NAME, "-E", "UTF8", "--auth-local=trust", "--auth-host=reject", "--locale=C"]
    if programs.version >= 17:  # noqa: PLR2004 - upper and lower case of all scripts, the same on every machine
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    done, said = account.run(programs.bin / "initdb", "-D", new, *options)
    if not done:
        shutil.rmtree(new, ignore_errors=True)
        raise EmbeddedError(f"PostgreSQL could not set up its data in {home}: {reason(said)}.")
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
            raise EmbeddedError(f"The PostgreSQL left over in {data} (process {pid}) does not stop: {reason(said)}.")
    elif program and b"postgres" not in program:
        (data / "postmaster.pid").unlink(missing_ok=True)
