"""The embedded PostgreSQL is its owner's alone, stays up whatever ends it, and comes back from wherever it was copied.

What other accounts may do is tried by processes that give up root first; these tests want root.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from app.db import embedded, postmaster, programs
from app.db.embedded import EmbeddedError
from app.db.engine import connect_to_set_up
from app.db.schema import RUNS_AS, migrate
from tests.db.test_embedded import IS_ROOT, App, add_row, own_place, place, wait_until

__all__ = ["own_place", "place"]

needs_root = pytest.mark.skipif(not IS_ROOT, reason="only root becomes somebody else")
OTHERS = ("postgres", "nobody")
BECOME = "import os, sys, psycopg; os.setgroups([]); os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[3])); "
CONNECT = BECOME + "psycopg.connect(sys.argv[1], connect_timeout=5)"
RENAME = BECOME + "os.rename(sys.argv[1], sys.argv[1] + '.old')"


def tries(account: str, program: str, argument: str) -> str:
    """What a program of another account's says as it fails; empty where it does not."""
    entry = pwd.getpwnam(account)
    command = [sys.executable, "-c", program, argument, str(entry.pw_gid), str(entry.pw_uid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    return done.stderr if done.returncode else ""


def as_before(data_dir: Path) -> None:
    """As the release before left it: the directory given away, and everybody trusted who reaches the socket."""
    home = data_dir / "postgres"
    owner = home.stat()
    os.chown(data_dir, owner.st_uid, owner.st_gid)
    data_dir.chmod(0o700)
    for name in ("pg_hba.conf", "pg_ident.conf"):
        (home / name).unlink()
    (home / "data/pg_hba.conf").write_text("local all all trust\nhost all all all reject\n")


@needs_root
@pytest.mark.parametrize("before", [False, True], ids=["new", "of the release before"])
def test_no_other_account_connects_or_renames_what_is_root_s(place: Path, before: bool) -> None:
    data_dir = place / "data"
    with embedded.start(data_dir) as server:
        add_row(server)
    if before:
        as_before(data_dir)
    with embedded.start(data_dir) as server:
        assert add_row(server) == 2
        migrate(server.url, runs_as=RUNS_AS)
        (data_dir / "secret").write_text("a secret")
        (data_dir / "secret").chmod(0o600)
        for account in {pwd.getpwuid((data_dir / "postgres").stat().st_uid).pw_name, *OTHERS}:
            for address in (server.url, server.url.replace("traderoom@", f"{RUNS_AS}@")):
                assert "OperationalError" in tries(account, CONNECT, address), account
            assert "PermissionError" in tries(account, RENAME, str(data_dir / "secret")), account
        assert data_dir.stat().st_uid == 0
        assert add_row(server) == 3


@needs_root
def test_where_an_ordinary_user_runs_it_nobody_else_connects_but_root(own_place: Path) -> None:
    app = App(own_place / "data", ordinary=True)
    address = str(app.said()["url"])
    psycopg.connect(address).close()
    assert "OperationalError" in tries("postgres", CONNECT, address)
    assert tries("nobody", CONNECT, address) == "", "its own account"
    app.end()
    assert (own_place / "data").stat().st_mode & 0o777 == 0o700


def test_a_server_that_was_killed_is_started_again_at_the_same_address(
    place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    dead: set[int] = set()
    with embedded.start(place / "data") as server:
        joined = embedded.join(place / "data")
        assert joined
        for rows in (1, 2, 3):
            assert add_row(server) == rows
            dead.add(server.pid)
            os.kill(server.pid, signal.SIGKILL)
            wait_until(lambda: server.pid not in dead and answers(server.url))
            assert joined.url == server.url
        assert add_row(joined) == 4
        last = server.pid
    assert "has ended by itself (status -9); starting it again" in caplog.text
    assert not programs.command_line(last)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGCONT], ids=["is killed", "runs on"])
def test_a_server_that_fails_as_soon_as_it_answers_again_is_ended_before_the_next(
    how: signal.Signals, place: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[int] = []

    def connect_and_fail(*where: str, **options: Any) -> psycopg.Connection:
        connection = connect_to_set_up(*where, **options)
        if len(failed) < 2:
            failed.append(server.pid)
            os.kill(server.pid, how)
            connection.close()
        return connection

    with embedded.start(place / "data") as server:
        monkeypatch.setattr(postmaster, "connect_to_set_up", connect_and_fail)
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: len(failed) == 2 and server.pid not in failed and answers(server.url))
        add_row(server)
    assert "already exists" not in caplog.text
    assert not any(map(programs.command_line, failed))


def test_a_server_that_is_stopped_while_it_is_started_again_stays_down(place: Path) -> None:
    server = embedded.start(place / "data")
    os.kill(server.pid, signal.SIGKILL)
    server.stop()
    assert embedded.join(place / "data") is None
    assert not answers(server.url)
    with embedded.start(place / "data") as server:
        add_row(server)


def answers(url: str) -> bool:
    """Whether somebody connects."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@needs_root
def test_a_data_directory_that_root_has_copied_works(place: Path) -> None:
    with embedded.start(place / "data") as server:
        add_row(server)
    subprocess.run(["cp", "-r", place / "data", place / "copy"], check=True)
    assert (place / "copy/postgres/data/PG_VERSION").stat().st_uid == 0
    with embedded.start(place / "copy") as server:
        assert add_row(server) == 2


@needs_root
def test_giving_a_copy_away_follows_no_link(place: Path) -> None:
    (place / "kept").write_text("root's")
    home = place / "home"
    (home / "below").mkdir(parents=True)
    (home / "below/link").symlink_to(place / "kept")
    (home / "below/away").symlink_to(place)
    os.link(place / "kept", home / "hard")
    programs.Account(home).give_all(home)
    assert (place / "kept").stat().st_uid == place.stat().st_uid == 0
    assert (home / "below").stat().st_uid != 0


@needs_root
@pytest.mark.parametrize("what", ["postgres", "postgres/data"])
def test_a_data_directory_of_somebody_unknown_is_refused_with_what_to_do(place: Path, what: str) -> None:
    with embedded.start(place / "data") as server:
        add_row(server)
    shutil.chown(place / "data" / what, 54_321)
    with pytest.raises(EmbeddedError, match=r"belongs to the account 54321, .* chown -R \d+ ") as caught:
        embedded.start(place / "data").stop()
    assert "\n" not in str(caught.value)


@needs_root
def test_an_account_without_a_name_is_told_so(place: Path) -> None:
    (place / "data").mkdir()
    os.chown(place / "data", 54_321, 54_321)
    program = (
        "import sys\nfrom pathlib import Path\nfrom app.db import embedded, programs\n"
        "programs._places = lambda: iter([Path(sys.argv[2])])\n"
        "import os\nos.setgroups([]), os.setgid(54321), os.setuid(54321)\n"
        "try:\n    embedded.start(Path(sys.argv[1])).stop()\n"
        "except embedded.EmbeddedError as error:\n    print(error)\n"
    )
    binaries = programs.find_programs(programs.Account(Path("/tmp")), None).bin
    command = [sys.executable, "-c", program, str(place / "data"), str(binaries)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])
    assert done.stdout.count("\n") == 1, done.stderr
    assert "54321" in done.stdout
