"""The embedded PostgreSQL, run for real: started, restarted, killed, refused.

What an ordinary user sees is proven by a process that gives up root first, where the tests run as root.
"""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from app.db import embedded, programs
from app.db.embedded import EmbeddedError, EmbeddedServer

IS_ROOT = os.geteuid() == 0
APP = """
import json, os, resource, sys
from pathlib import Path
import psycopg
from app.db import embedded, programs
from tests.db.test_embedded import add_row

data_dir, binaries, uid, gid, file_limit = sys.argv[1:]
if int(uid):
    os.setgroups([]), os.setgid(int(gid)), os.setuid(int(uid))
    programs._places = lambda: iter([Path(binaries)])
if int(file_limit):
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(file_limit),) * 2)
try:
    server = embedded.start(Path(data_dir))
except embedded.EmbeddedError as error:
    print(json.dumps({"error": str(error)}))
    sys.exit(2)
add_row(server)
print(json.dumps({"pid": server.pid, "watcher": server._owner.postmaster.watcher.pid, "url": server.url}), flush=True)
sys.stdin.read()
server.stop()
"""


def add_row(server: EmbeddedServer) -> int:
    """Insert a row; returns how many there are."""
    with psycopg.connect(server.url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS rows (id serial)")
        connection.execute("INSERT INTO rows DEFAULT VALUES")
        found = connection.execute("SELECT count(*) FROM rows").fetchone()
    assert found
    return int(found[0])


class App:
    """A process that starts the server, inserts a row, and runs until its input ends or it is killed."""

    running: ClassVar[list["App"]] = []

    def __init__(self, data_dir: Path, *, ordinary: bool = False, file_limit: int = 0) -> None:
        ids = pwd.getpwnam("nobody")[2:4] if ordinary and IS_ROOT else (0, 0)
        binaries = programs.find_programs(programs.Account(Path("/tmp")), None).bin
        arguments = [str(part) for part in (data_dir, binaries, *ids, file_limit)]
        command, pipe = [sys.executable, "-c", APP, *arguments], subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, cwd=Path(__file__).parents[2])
        self.running.append(self)

    def said(self) -> dict[str, int | str]:
        """What it printed: the server's process and the watcher's, or the error."""
        assert self.process.stdout
        said: dict[str, int | str] = json.loads(self.process.stdout.readline())
        return said

    def error(self) -> str:
        """The one sentence with which it ended."""
        error = str(self.said()["error"])
        self.end()
        assert self.process.returncode == 2
        return error

    def kill(self) -> None:
        """As `kill -9` does."""
        self.process.kill()
        self.end()

    def end(self) -> None:
        """Close its input and wait."""
        self.running.remove(self)
        with self.process:
            self.process.communicate(timeout=20)


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that every account reaches, other than pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="traderoom-test-"))
    place.chmod(0o755)
    yield place
    while App.running:  # of a test that failed
        App.running[-1].kill()
    for link in place.rglob("postgres"):
        if link.is_symlink():
            shutil.rmtree(link.resolve())
    shutil.rmtree(place, ignore_errors=True)  # where a set-up was killed, its initdb may still be at it


@pytest.fixture
def own_place(place: Path) -> Path:
    """A place that the ordinary user owns."""
    if IS_ROOT:
        shutil.chown(place, "nobody")
    return place


def wait_until(what: Callable[[], object]) -> None:
    until = time.monotonic() + 15
    while not what():
        assert time.monotonic() < until
        time.sleep(0.01)


def is_gone(*pids: int | str) -> bool:
    return not any(programs.command_line(int(pid)) for pid in pids)


def refusal(data_dir: Path) -> str:
    """The one sentence with which a start is refused."""
    with pytest.raises(EmbeddedError) as caught:
        embedded.start(data_dir).stop()
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_rows_survive_a_restart(place: Path) -> None:
    with embedded.start(place / "data") as server:
        assert server.owned
        assert add_row(server) == 1
    assert is_gone(server.pid)
    server.stop()
    assert (place / "data").stat().st_mode & 0o777 == (0o710 if IS_ROOT else 0o700)
    with embedded.start(place / "data") as server:
        assert add_row(server) == 2
        with psycopg.connect(server.url) as connection:
            shown = [connection.execute(f"SHOW {name}".encode()).fetchone() for name in ("fsync", "listen_addresses")]
            text = connection.execute("SELECT 'ÄRGER Ω' ILIKE 'ärger ω'").fetchone()
        assert (shown, text) == ([("on",), ("",)], (True,))


def test_killing_the_app_leaves_no_server_and_loses_no_row(place: Path) -> None:
    app = App(place / "data")
    said = app.said()
    app.kill()
    wait_until(lambda: is_gone(said["pid"], said["watcher"]))
    with embedded.start(place / "data") as server:
        assert add_row(server) == 2


def test_killing_the_app_and_its_watcher_leaves_a_server_that_the_next_start_stops(place: Path) -> None:
    app = App(place / "data")
    said = app.said()
    os.kill(int(said["watcher"]), signal.SIGKILL)
    app.kill()
    assert not is_gone(said["pid"])
    assert embedded.join(place / "data") is None
    with embedded.start(place / "data") as server:
        assert is_gone(said["pid"])
        assert add_row(server) == 2


def test_another_program_with_the_number_of_a_dead_server_is_left_alone(place: Path) -> None:
    embedded.start(place / "data").stop()
    with subprocess.Popen(["sleep", "60"]) as other:
        (place / "data/postgres/data/postmaster.pid").write_text(f"{other.pid}\n")
        with embedded.start(place / "data") as server:
            add_row(server)
        assert other.poll() is None
        other.kill()


def test_a_second_owner_is_refused_and_another_directory_is_not(place: Path) -> None:
    with embedded.start(place / "data") as server:
        assert refusal(place / "data") == (
            f"The data directory {place / 'data'} is in use by another Traderoom, which runs already."
        )
        with embedded.start(place / "other") as other:
            assert add_row(other) == add_row(server) == 1


def test_a_set_up_that_was_killed_midway_is_begun_again(place: Path) -> None:
    app = App(place / "data")
    wait_until(lambda: list((place / "data").glob("postgres/setup-*/base")))
    app.kill()
    assert not (place / "data/postgres/data").exists()
    with embedded.start(place / "data") as server:
        assert add_row(server) == 1


def test_a_server_that_cannot_start_says_why(place: Path) -> None:
    embedded.start(place / "data").stop()
    (place / "data/postgres/data/global/pg_control").unlink()
    assert "could not find the database system" in refusal(place / "data")
    (place / "data/postgres/data/PG_VERSION").write_text("9\n")
    assert refusal(place / "data") == "The database was made by PostgreSQL 9, which is not on this machine."


def test_a_file_in_place_of_the_directory(place: Path) -> None:
    (place / "data").touch()
    assert "File exists" in refusal(place / "data")
    assert "Not a directory" in refusal(place / "data/below")


def test_links_that_lead_in_a_circle(place: Path) -> None:
    (place / "one").symlink_to(place / "other")
    (place / "other").symlink_to(place / "one")
    for use in (embedded.start, embedded.join):
        with pytest.raises(EmbeddedError, match="cannot be used") as caught:
            use(place / "one")
        assert "\n" not in str(caught.value)


def test_a_read_only_directory(own_place: Path) -> None:
    own_place.chmod(0o500)
    assert "Permission denied" in App(own_place / "data", ordinary=True).error()


def test_a_full_disk(own_place: Path) -> None:
    disk = own_place / "disk"
    disk.mkdir()
    mounted = IS_ROOT and subprocess.call(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]) == 0
    try:
        if mounted:
            assert "No space left on device" in refusal(disk / "data")
            assert not list(disk.glob("data/postgres/setup-*"))
    finally:
        if mounted:
            subprocess.run(["umount", disk], check=True)
    # The same without a disk of its own: no file may grow beyond this.
    assert "could not set up its data" in App(own_place / "data", ordinary=True, file_limit=100_000).error()


@pytest.mark.parametrize("name", ["with space, 'quotes\" and %2F", "/".join(["long" * 20] * 4)])
def test_a_path_of_any_kind(place: Path, name: str) -> None:
    data_dir = place / name / "data"
    for rows in (1, 2):
        with embedded.start(data_dir) as server:
            assert add_row(server) == rows
            assert (joined := embedded.join(data_dir))
            assert joined.url == server.url
    app = App(data_dir)
    said = app.said()
    app.kill()
    wait_until(lambda: is_gone(said["pid"], said["watcher"]))
    sockets = Path(str(conninfo_to_dict(str(said["url"]))["host"]))
    assert sockets == data_dir / "postgres" or not sockets.exists()


def test_as_an_ordinary_user(own_place: Path) -> None:
    for _ in range(2):
        app = App(own_place / "data", ordinary=True)
        assert "pid" in app.said()
        app.end()
    with embedded.start(own_place / "data") as server:  # root runs it as the owner of the place
        assert add_row(server) == 3
    app = App(own_place / "data", ordinary=True)
    assert "pid" in app.said(), "root left something that the owner cannot use"
    app.end()


def test_in_a_private_home_with_private_programs(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Root's checkout, virtual environment included, in a directory that only root enters."""
    found = next(programs._places())
    package = found.parents[1]
    private, checkout = place / "private", place / "private/checkout"
    for part in (f"{package.name}/{found.parent.name}", f"{package.name}.libs"):
        shutil.copytree(package.parent / part, private / part, ignore=shutil.ignore_patterns("include", "*.a"))
    private.chmod(0o700)
    monkeypatch.setattr(programs, "SHARED", place / "shared")
    monkeypatch.setattr(programs, "_places", lambda: iter([private / found.relative_to(package.parent)]))
    caplog.set_level("INFO")
    with embedded.start(checkout / ".data") as server:
        assert add_row(server) == 1
    assert (checkout / ".data/postgres").is_symlink() == ("is kept in" in caplog.text) == IS_ROOT
    checkout.rename(private / "moved")
    with embedded.start(private / "moved/.data") as server:
        assert add_row(server) == 2
    assert len(list(place.glob("shared/*"))) == (2 if IS_ROOT else 0)  # the programs, the data
    shutil.rmtree(private / "moved/.data")
    with embedded.start(private / "moved/.data") as server:
        assert add_row(server) == 1, "a data directory that was deleted starts afresh"
