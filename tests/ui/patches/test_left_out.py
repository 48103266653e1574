"""What cannot be put in place, for whatever reason, is left out in one line, or the start is refused in one."""

import logging
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nicegui import helpers
from starlette import requests

from app import patches
from app.patches import PatchError, packets, put_in_place, template, try_to_apply
from app.patches.socket_guard import SocketGuard


@pytest.fixture(autouse=True)
def _as_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is in place yet, and the versions are those that were tested."""
    monkeypatch.setattr(patches, "_in_place", set())
    monkeypatch.setattr(patches, "untested", lambda _: "")
    monkeypatch.setattr(template, "_done", set())


def start() -> dict[str, str]:
    """Put all in place that there is, in front of no handlers."""
    return put_in_place(cast("SocketGuard", SimpleNamespace(apply=lambda: None)))


def test_a_file_that_is_called_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_NAME", "page.html")
    for name in ("purifier", "styles"):
        assert "page.html" in try_to_apply(name)


def test_a_function_that_is_none_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helpers, "expects_arguments", 5)
    assert try_to_apply("signatures") == "nicegui.helpers:expects_arguments(func) is no function any more"
    monkeypatch.setattr(requests, "cookie_parser", 5)
    with pytest.raises(PatchError, match=r"cookie_parser.* is no function any more"):
        start()


@pytest.mark.parametrize("error", [TypeError("of several\nlines"), KeyError("disconnect"), ValueError()], ids=repr)
def test_the_start_goes_on_whatever_a_patch_stumbles_over(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble() -> Any:
        raise error

    monkeypatch.setattr(patches, "SPEED", ("packets",))
    monkeypatch.setattr(packets, "apply", stumble)
    with caplog.at_level(logging.WARNING, patches.__name__):
        left_out = start()
    assert list(left_out) == ["packets"]
    (line,) = caplog.messages
    assert line.startswith("the patch 'packets' is left out: ")
    assert "\n" not in line
    assert type(error).__name__ in line
