"""Whatever can leave a command is one line on standard error and exit status 2; what nobody expected is logged too."""

import os
import re
import subprocess
import sys
import time
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import procrastinate
import psycopg
import psycopg_pool
import pytest
import sqlalchemy.exc
import typer
from alembic.util import CommandError

from app import cli, patches, serving
from app.db import connection
from app.db.embedded import EmbeddedError
from app.db.engine import DatabaseError
from app.domain.refusals import Reason, Refusal
from app.settings import SettingsError
from tests.e2e.server import MAIN
from tests.test_cli import Command, assert_one_line, place, start

__all__ = ["place", "start"]

NOWHERE = "postgresql://me:hidden-password@192.0.2.1:5432/x"
"""An address that leads nowhere (RFC 5737): nobody answers, and nobody refuses."""
TOLD = [
    SettingsError("TRADEROOM_PORT takes a number"),
    serving.PortError("TRADEROOM_PORT: taken"),
    EmbeddedError("The data directory cannot be used."),
    DatabaseError("The database cannot be reached"),
    patches.PatchError("the sockets cannot be guarded"),
    Refusal(Reason.INVALID, "There is nobody named so."),
    psycopg.OperationalError("line one\nline two"),
    psycopg.OperationalError(),
    psycopg.ProgrammingError("relation does not exist"),
    psycopg_pool.PoolTimeout("couldn't get a connection"),
    sqlalchemy.exc.OperationalError("SELECT", {}, Exception("the connection is lost")),
    sqlalchemy.exc.ProgrammingError("SELECT", {}, Exception("no such column")),
    procrastinate.exceptions.ConnectorException("Database error."),
    OSError(28, "No space left on device", "/data/secret"),
    PermissionError(13, "Permission denied", "/data"),
    TimeoutError(),
    ConnectionResetError(),
]
BUGS = [
    CommandError("Can't locate revision"),
    KeyError("trade"),
    RuntimeError("creating a trade returned no row"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    ExceptionGroup("several", [ValueError("one")]),
    RecursionError("maximum recursion depth exceeded"),
    AssertionError(),
]


@pytest.mark.parametrize("error", [*TOLD, *BUGS], ids=lambda error: type(error).__name__)
def test_it_is_one_line_and_exit_status_two(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], caplog: Any
) -> None:
    def fail(**_: object) -> None:
        raise error

    monkeypatch.setattr(cli, "cli", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("traderoom: ")
    assert said.err.count("\n") == 1
    assert len(said.err.strip()) > len("traderoom: ")
    assert [record.exc_info is not None for record in caplog.records] == ([True] if error in BUGS else [])


def commands(group: Any, *names: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """All commands and groups of commands below this one, each with what is typed for it."""
    yield names, group
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, *names, name)


COMMANDS = dict(commands(typer.main.get_command(cli.cli)))


def wrongly_typed() -> Iterator[tuple[str, ...]]:
    """Each kind of slip, at each command."""
    for names, command in COMMANDS.items():
        options = [parameter for parameter in command.params if parameter.param_type_name == "option"]
        yield (*names, "--no-such-option")
        yield (*names, "--no-such\n\x1b[31moption=\udcff")
        is_group = hasattr(command, "commands")
        yield (*names, "no-such-command") if is_group else (*names, "too", "many", "arguments")
        if any(parameter.required for parameter in command.params) or (is_group and names):
            yield names
        for option in options:
            yield (*names, option.opts[0]) if not option.is_flag else (*names, f"{option.opts[0]}=x")
            if option.name in {"port", "health_port"}:
                yield (*names, option.opts[0], "x")


@pytest.mark.parametrize("typed", list(wrongly_typed()), ids=ascii)
def test_what_is_typed_wrongly_is_said_in_one_line(
    typed: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["main.py", *typed])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    assert re.fullmatch(r"traderoom: .+\. Try .+ --help\.\n", said.err), said.err
    assert said.err[:-1].isprintable() or "\udcff" in said.err


@pytest.mark.parametrize("names", list(COMMANDS), ids=" ".join)
def test_help_is_no_error(
    names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["main.py", *names, "--help"])
    cli.main()
    said = capsys.readouterr()
    assert re.match(rf"\s*Usage: .*{' '.join(names)} ", said.out), said.out
    assert said.err == ""


@pytest.mark.parametrize(("pressed", "status"), [(EOFError, 2), (KeyboardInterrupt, 130)])
def test_whoever_is_asked_for_a_password_may_end_it(
    pressed: type[BaseException], status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def press(_: str) -> str:
        raise pressed

    monkeypatch.setattr(sys, "argv", ["main.py", "user", "reset-password", "Sam"])
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr(cli, "getpass", press)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == status
    assert capsys.readouterr().err.strip() == ("traderoom: Nothing was typed." if status == 2 else "")


FOREIGN = {
    "PGSERVICE": "no-such-service",
    "PGHOSTADDR": "192.0.2.1",
    "PGHOST": "/nowhere",
    "PGPORT": "1",
    "PGUSER": "nobody-at-all",
    "PGDATABASE": "none",
    "PGOPTIONS": "-c no_such_setting=1",
    "PGSSLMODE": "verify-full",
    "PGTARGETSESSIONATTRS": "nonsense",
    "PGPASSFILE": "/nowhere",
    "PGCLIENTENCODING": "KLINGON",
    "PGTZ": "Mars/Olympus",
    "PGDATA": "/nowhere",
    "PGREQUIREAUTH": "none,md5",
}


def test_variables_of_other_programs_change_nothing_for_the_embedded_database_nor_for_one_of_our_own(
    place: Path, start: Callable[..., Command], empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)
    embedded, own = start("migrate"), start("migrate", database_url=empty_url, secret="x" * 32)
    for command in (embedded, own):
        assert command.status() == 0, command.complained
        assert command.said == "The database has the newest schema.\n"
    assert "not used: PGCLIENTENCODING, PGDATA" in own.complained
    assert embedded.complained.count("PG") == 0


def test_what_was_taken_out_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"PGSERVICE": "x", "PATH": "/bin", "PGHOST": "y"})
    assert connection.forget_environment() == ["PGHOST", "PGSERVICE"]
    assert os.environ == {"PATH": "/bin"}


def test_a_server_that_does_not_answer_or_is_of_a_newer_release_stops_a_command_in_time(
    start: Callable[..., Command], owner_url: str
) -> None:
    with psycopg.connect(owner_url) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '9999'")
    began = time.monotonic()
    cases = {
        "cannot be reached": start("worker", database_url=NOWHERE, secret="x" * 32),
        'service "none" not found': start("migrate", database_url="postgresql:///?service=none", secret="x" * 32),
        "schema '9999'": start("migrate", database_url=owner_url, secret="x" * 32),
    }
    for names, command in cases.items():
        assert command.status() == 2, names
        assert_one_line(command, names)
    assert time.monotonic() - began < 20, "10 s, and the starts of three programs side by side"


def test_without_the_packages_it_is_said_what_to_run() -> None:
    ended = subprocess.run([sys.executable, "-S", MAIN, "--help"], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (2, "", 1)
    assert "No module named" in ended.stderr
    assert "run `make demo`" in ended.stderr


def test_where_standard_input_was_closed_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    monkeypatch.setattr(sys, "stdin", None)
    monkeypatch.setattr(cli, "cli", lambda **_: read.append(sys.stdin.read()))
    cli.main()
    sys.stdin.close()
    assert read == [""]
