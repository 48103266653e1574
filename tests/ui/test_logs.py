"""The log: one line or one JSON object for each record, in UTC, and never an invitation code."""

import io
import json
import logging
import sys
import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from app import security_log
from app.logs import set_up_logging
from tests.ui.browser import Browser

CODE = "0123456789abcdefghjkmnpqrs"


@pytest.fixture(params=["text", "json"])
def log(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What the program logs, in either format; logging is as it was afterwards."""
    root, said = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logging.root.manager.loggerDict}
    monkeypatch.setattr(sys, "stderr", said)
    root.handlers = []
    set_up_logging("INFO", request.param)
    yield said
    root.handlers, root.level = handlers, level
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)


def test_a_record_is_one_entry_with_its_time_in_utc(log: io.StringIO) -> None:
    logging.getLogger("app.test").warning("two\nlines of %s", "text")
    said = log.getvalue()
    if said.startswith("{"):
        entry = json.loads(said)
        assert said.count("\n") == 1
        assert (entry["level"], entry["logger"], entry["message"]) == ("WARNING", "app.test", "two\nlines of text")
        told = entry["at"]
    else:
        assert "WARNING app.test: two\nlines of text" in said
        told = said.split()[0]
    assert datetime.fromisoformat(told).utcoffset() is not None
    assert told.endswith("+00:00")


def at(monkeypatch: pytest.MonkeyPatch, now: float) -> None:
    """What is logged from here on is logged at this time."""
    monkeypatch.setattr(time, "time", lambda: now)
    monkeypatch.setattr(time, "time_ns", lambda: int(now * 1e9))


def test_who_has_the_same_line_written_again_and_again_fills_no_disk(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that anybody can cause, thousands of times a second: sixty a minute are written, the others counted."""
    noisy = logging.getLogger("app.test")
    at(monkeypatch, 1_000_000)
    for number in range(1_000):
        noisy.warning("No HTTP, said by %s", "2001:db8::1")
        security_log.note("host_refused", address="2001:db8::1", socket=f"{number}")
    noisy.warning("another line")
    security_log.note("host_refused", address="2001:db8:0:2::2")
    assert log.getvalue().count("No HTTP") == 60
    assert log.getvalue().count('"2001:db8::1"') == 60
    assert log.getvalue().count("another line") == log.getvalue().count('"2001:db8:0:2::2"') == 1
    at(monkeypatch, 1_000_061)
    noisy.warning("a minute later")
    security_log.note("signed_in")
    later = log.getvalue().splitlines()[-4:]
    assert "No HTTP" in later[0]
    assert "940" in later[0]
    assert "a minute later" in later[1]
    assert json.loads(later[2])["address"] == "2001:db8::1"
    assert json.loads(later[2])["left_out"] == 940
    assert json.loads(later[3])["message"] == "signed_in"


def test_whoever_has_very_many_addresses_fills_no_disk_either(log: io.StringIO) -> None:
    for number in range(1_000):
        security_log.note("host_refused", address=f"2001:db8::{number:x}")
    security_log.note("host_refused", address="2001:db8:0:1::1")
    assert log.getvalue().count("2001:db8::") == 60
    assert log.getvalue().count("2001:db8:0:1::1") == 1


def test_what_was_left_out_of_a_library_s_lines_is_told_in_the_same_words(
    log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken_to = logging.getLogger("engineio.server")
    at(monkeypatch, 1_000_000)
    for _ in range(70):
        spoken_to.error("cannot read it")
    at(monkeypatch, 1_000_061)
    spoken_to.error("cannot read it")
    assert log.getvalue().count("a frame could not be read (cannot read it)") == 62
    assert "10" in log.getvalue().splitlines()[-2]
    assert "(a frame" not in log.getvalue()


def test_what_fails_again_and_again_hides_no_other_error_that_is_told_alike(log: io.StringIO) -> None:
    noisy = logging.getLogger("app.test")
    for error in [OSError("away")] * 100 + [KeyError("a bug of ours")]:
        try:
            raise error
        except (OSError, KeyError):
            noisy.exception("GET /room could not be answered")
    assert log.getvalue().count("OSError: away") == 60
    assert "a bug of ours" in log.getvalue()


@pytest.mark.parametrize(
    "message",
    [
        f"GET /room/{CODE} failed",
        f"http://test/room/{CODE}?x=1 not found",
        f'"/room/{CODE}"',
        f"back=/room/{CODE}#top",
        f"/?next=/room/{CODE}",
        f"/room/{CODE}/receipt.json",
        f"POST /mail/password/{CODE} failed",
        f"http://test/mail/unsubscribe/{CODE}?x",
    ],
)
def test_the_code_of_a_room_is_never_logged(log: io.StringIO, message: str) -> None:
    logging.getLogger("app.test").error("%s", message)
    try:
        int(message)
    except ValueError:
        logging.getLogger("app.test").exception("It failed")
    assert log.getvalue().count("It failed") == 1
    assert CODE not in log.getvalue()


def test_a_code_with_a_quotation_mark_behind_it_breaks_no_line(log: io.StringIO) -> None:
    logging.getLogger("app.test").error('asked for /room/%s" with /mail/password/%s\\"', CODE, CODE)
    assert CODE not in log.getvalue()
    if log.getvalue().startswith("{"):
        assert json.loads(log.getvalue())["message"] == 'asked for /room/…" with /mail/password/…\\"'


def test_whoever_opens_a_socket_writes_no_line_of_their_own(log: io.StringIO) -> None:
    """The library puts the session that it was asked for into its message, whatever that is."""
    logging.getLogger("engineio.server").error("Invalid session x)\n2026-11-26 ERROR app: \x1b[31mforged\u2028")
    assert len(log.getvalue().splitlines()) == 1
    assert "\x1b" not in log.getvalue()
    assert "forged" in log.getvalue()


def test_what_libraries_do_every_day_is_left_out(log: io.StringIO) -> None:
    for name in ("procrastinate.worker", "alembic.runtime", "uvicorn.error", "nicegui", "engineio.server", "app.test"):
        logging.getLogger(name).info("hello from %s", name)
    assert log.getvalue().count("hello") == 1
    assert "app.test" in log.getvalue()


async def test_a_statement_that_fails_is_logged_without_what_it_was_given(
    sam: Browser, broken: None, log: io.StringIO
) -> None:
    await sam.get(f"/room/{CODE}")
    assert "trades" in log.getvalue()
    assert CODE not in log.getvalue()
