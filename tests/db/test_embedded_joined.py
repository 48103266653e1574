"""The embedded PostgreSQL of another process, joined: while it starts, while it runs, and where it does not answer."""

import os
import signal
from pathlib import Path

import pytest

from app.db import embedded
from app.db.embedded import EmbeddedError
from tests.db.test_embedded import App, add_row, is_gone, place, wait_until

__all__ = ["place"]


def test_joining_shares_the_server_and_leaves_it_running(place: Path) -> None:
    assert embedded.join(place / "data") is None
    assert not (place / "data").exists()
    app = App(place / "data")
    wait_until(lambda: embedded._is_locked(place / "data/postgres/lock"))
    joined = embedded.join(place / "data")  # waits while it starts
    assert joined
    assert joined.pid == app.said()["pid"]
    assert not joined.owned
    joined.stop()
    assert add_row(joined) == 2
    app.end()
    assert is_gone(joined.pid)
    assert embedded.join(place / "data") is None


def test_joining_a_server_that_never_answers_says_so(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with embedded.start(place / "data") as server:
        monkeypatch.setattr(embedded, "_JOIN_SECONDS", 0.2)
        os.kill(server.pid, signal.SIGSTOP)
        try:
            with pytest.raises(EmbeddedError, match="that another Traderoom runs does not answer"):
                embedded.join(place / "data")
        finally:
            os.kill(server.pid, signal.SIGCONT)
