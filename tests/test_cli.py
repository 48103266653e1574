"""The commands, as processes of their own: what they print, how they end, and what they leave behind."""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from app.db import embedded
from app.db.engine import Database
from app.db.ledger import Ledger
from app.db.programs import command_line
from app.db.queue import Queue
from app.db.schema import migrate
from app.domain.trade import Person
from tests.bench.page import csrf_in
from tests.conftest import TERMS
from tests.ports import free_port

MAIN = Path(__file__).resolve().parents[1] / "main.py"
LINK = r"http://localhost:\d+/room/([0-9a-z]{26})"


def until(happened: Callable[[], Any], *, within: float = 30) -> Any:
    """What happens, once it does."""
    deadline = time.monotonic() + within
    while not (found := happened()):
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)
    return found


class Command:
    """One of the commands, running; settings are given by the environment, `typed` is its standard input."""

    def __init__(self, place: Path, *arguments: str | bytes, typed: str = "", **settings: object) -> None:
        given = {"DATA_DIR": place / "data", **{name.upper(): value for name, value in settings.items()}}
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("TRADEROOM_")}
        self._streams = [tempfile.TemporaryFile("w+b", dir=place) for _ in range(3)]  # noqa: SIM115 - closed by `end`
        self._streams[0].write(typed.encode())
        self._streams[0].seek(0)
        self.process = subprocess.Popen(
            [sys.executable, MAIN, *arguments],
            cwd=place,  # where no .env lies
            env=inherited | {f"TRADEROOM_{name}": str(value) for name, value in given.items()},
            stdin=self._streams[0],
            stdout=self._streams[1],
            stderr=self._streams[2],
            start_new_session=True,
        )

    @property
    def said(self) -> str:
        """What it has printed."""
        return os.pread(self._streams[1].fileno(), 1_000_000, 0).decode()

    @property
    def complained(self) -> str:
        """What it has said on standard error."""
        return os.pread(self._streams[2].fileno(), 1_000_000, 0).decode()

    def status(self) -> int:
        """Its exit status, once it has ended."""
        return self.process.wait(60)

    def tells(self, line: str) -> "Command":
        """Wait until it prints a line that begins so."""
        until(lambda: f"\n{line}" in f"\n{self.said}" or self.process.poll() is not None)
        assert line in self.said, self.complained
        return self

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to it and to whatever shares its terminal, as Ctrl-C does; returns its exit status."""
        os.killpg(self.process.pid, how)
        return self.process.wait(20)

    def close(self) -> None:
        """Kill it if it still runs."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for stream in self._streams:
            stream.close()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A directory that PostgreSQL's account may enter; nothing runs in it in the end."""
    place = Path(tempfile.mkdtemp(prefix="traderoom-cli-"))
    place.chmod(0o755)
    yield place
    until(lambda: not left_behind(place))
    shutil.rmtree(place)


@pytest.fixture
def start(place: Path) -> Iterator[Callable[..., Command]]:
    """Starts commands in the place, and ends those that a test has left running."""
    commands: list[Command] = []

    def start(*arguments: str | bytes, **settings: Any) -> Command:
        commands.append(Command(place, *arguments, **settings))
        return commands[-1]

    yield start
    for command in commands:
        command.close()


def left_behind(place: Path) -> list[bytes]:
    """The processes that have to do with this place: PostgreSQL, whoever watches it, and ourselves."""
    if not Path("/proc/self").exists():
        return [b"postgres"] if embedded.join(place / "data") else []
    lines = (command_line(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [line for line in lines if os.fsencode(place) in line]


def rows(place: Path, statement: str) -> list[tuple[Any, ...]]:
    """What the database of the running server holds."""
    server = embedded.join(place / "data")
    assert server is not None
    with psycopg.connect(server.url) as connection:
        return connection.execute(statement.encode()).fetchall()


MEASURES = "SELECT title, currency, unit, listed FROM trades"
TRADES = "SELECT code, title, status, seq FROM trades ORDER BY id"


def test_help_lists_all_commands(start: Callable[..., Command]) -> None:
    command = start("--help")
    assert command.status() == 0
    for name in ("serve", "worker", "migrate", "user", "reset-password", "trade", "create"):
        assert re.search(rf"\b{name}\b", command.said), name


def test_what_stops_a_command_is_one_line_and_exit_status_two(place: Path, start: Callable[..., Command]) -> None:
    (place / "file").touch()
    nowhere = {"database_url": "postgresql://me:hidden-password@127.0.0.1:1/x", "secret": "x" * 32}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = str(taken.getsockname()[1])
        cases = {
            f"TRADEROOM_PORT.*{busy}": start("serve", "--port", busy),
            "data directory": start("serve", data_dir=place / "file", port=free_port()),
            "database cannot be reached": start("migrate", **nowhere),
            "TRADEROOM_EXPIRY_MINUTES": start("worker", expiry_minutes="soon"),
        }
        for names, command in cases.items():
            assert command.status() == 2, names
            assert_one_line(command, names)
    assert not left_behind(place)


def assert_one_line(command: Command, names: str) -> None:
    """It has said nothing but one line, which names this."""
    assert command.complained.startswith("traderoom: ")
    assert command.complained.count("\n") == 1
    assert re.search(names, command.complained)
    assert "hidden-password" not in command.complained
    assert command.said == ""


def sign_in(client: httpx.Client, name: str, password: str) -> str:
    """Where the sign-in form leads."""
    token = csrf_in(client.get("/").text)
    return client.post("/login", data={"csrf": token, "name": name, "password": password}).headers["location"]


def works(ready: httpx.Response) -> dict[str, Any]:
    """What `/readyz` says but for patches: with a newer version than was tested (`make compat`) some are left out."""
    return {name: told for name, told in ready.json().items() if name != "patches_left_out"}


def test_beside_a_running_server_commands_join_it(place: Path, start: Callable[..., Command]) -> None:
    port = free_port()
    server = start("serve", port=port).tells("An open room: ")
    address, people, room = server.said.splitlines()
    assert address == f"Traderoom is at http://localhost:{port}"
    assert people.startswith("Demo people: Sam (seller) and Bea (buyer), password ")
    assert re.search(LINK + "$", room)
    offer = ("trade", "create", "--seller", "sam", "--title", "From the shell")
    create = start(
        *offer, "--price", "100", "--quantity", "5", "--buyer-name", "Bea", "--expiry-minutes", "2",
        "--currency", "eur", "--unit", "per pallet", "--private", port=port,
    )  # fmt: skip
    reset = start("user", "reset-password", "SAM", typed="a brand new password\n")
    nobody = start("user", "reset-password", b"\xff", typed="a brand new password\n")
    assert [command.status() for command in (create, reset, nobody)] == [0, 0, 2]
    assert_one_line(nobody, "nobody named")
    link = re.fullmatch(LINK, create.said.splitlines()[-1])
    assert link, create.said
    assert (link[1], "From the shell", "draft", 1) in rows(place, TRADES)
    assert ("From the shell", "EUR", "per pallet", False) in rows(place, MEASURES)
    with httpx.Client(base_url=f"http://localhost:{port}", timeout=20) as browser:
        ready = until(lambda: (answer := browser.get("/readyz")).status_code == 200 and answer)
        assert works(ready) == {"database": True, "worker": True}
        assert sign_in(browser, "Sam", people.rpartition(" ")[2]).startswith("/?next=")
        assert sign_in(browser, "Sam", "a brand new password") == "/trades"
        assert browser.get(f"/room/{link[1]}").status_code == 200
    assert server.end() == 0
    assert "Traceback" not in server.complained
    until(lambda: not left_behind(place), within=5)


def test_after_kill_9_nothing_runs_and_nothing_is_lost_and_ctrl_c_ends_it_all(
    place: Path, start: Callable[..., Command]
) -> None:
    port = free_port()
    first = start("serve", port=port).tells("An open room: ")
    before = rows(place, TRADES)
    assert before
    first.process.kill()
    until(lambda: not left_behind(place), within=15)
    second = start("serve", port=port).tells("An open room: ")
    assert rows(place, TRADES)[: len(before)] == before
    assert second.end(signal.SIGINT) in {0, 130}
    assert "Traceback" not in second.complained
    assert not left_behind(place)


def test_a_trade_is_made_at_the_shell_with_no_server_running(place: Path, start: Callable[..., Command]) -> None:
    with embedded.start(place / "data") as server:
        migrate(server.url)
        with psycopg.connect(server.url) as connection:
            connection.execute(
                "INSERT INTO users (name, name_key, password_hash) VALUES ('Ann', 'ann', '-') ON CONFLICT DO NOTHING"
            )
    command = start("trade", "create", "--seller", "Ann", "--title", "Alone", "--price", "1", "--quantity", "1")
    assert command.status() == 0, command.complained
    link = re.fullmatch(LINK, command.said.splitlines()[-1])
    assert link, command.said
    assert not left_behind(place)
    with embedded.start(place / "data"):
        assert (link[1], "Alone", "draft", 1) in rows(place, TRADES)


async def draft(url: str, seconds: float) -> int:
    """A trade with so many seconds to its deadline, as another process makes it."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT id, name FROM users ORDER BY id LIMIT 1").fetchone()
    assert row is not None
    database, queue = Database(url), Queue(url)
    await database.open()
    await queue.open()
    created = await Ledger(database, queue, "elsewhere").create(Person(*row), "Short", TERMS, "", seconds / 60)  # type: ignore[arg-type]
    await queue.close()
    await database.close()
    return created.trade.id


async def test_a_worker_alone_expires_what_a_server_without_one_leaves_open(
    place: Path, start: Callable[..., Command]
) -> None:
    port = free_port()
    server = start("serve", port=port, worker="false").tells("An open room: ")
    running = embedded.join(place / "data")
    assert running is not None
    trade = await draft(running.url, 0.2)
    status = f"SELECT status FROM trades WHERE id = {trade}"
    await asyncio.sleep(1)
    assert rows(place, status) == [("draft",)]
    with closing(httpx.Client(base_url=f"http://localhost:{port}", timeout=20)) as browser:
        assert works(browser.get("/readyz")) == {"database": True}
    worker = start("worker").tells("The worker is running.")
    until(lambda: rows(place, status) == [("expired",)], within=10)
    assert worker.end() == 0
    assert embedded.join(place / "data") is not None
    assert server.end() == 0
    assert not left_behind(place)


def test_migrating_twice_at_once_is_safe(start: Callable[..., Command], empty_url: str) -> None:
    settings = {"database_url": empty_url, "secret": "x" * 32}
    at_once = [start("migrate", **settings) for _ in range(2)]
    assert [command.status() for command in at_once] == [0, 0], [command.complained for command in at_once]
    assert {command.said for command in at_once} == {"The database has the newest schema.\n"}
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT count(*) FROM trades").fetchone() == (0,)
