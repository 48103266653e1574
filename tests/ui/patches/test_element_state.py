"""The lean collections do for an element what NiceGUI's own do, for less; fails when the internals move."""

import gc
import json
import subprocess
import sys
import weakref
from typing import Any

import pytest
from nicegui import Client, ui
from nicegui.page import page

from app.patches import try_to_apply
from tests.bench.process import ROOT
from tests.ui.deeds_on_elements import DEEDS, outcomes


@pytest.fixture(scope="module")
def theirs() -> dict[str, Any]:
    """What NiceGUI's own collections do."""
    command = [sys.executable, "-m", "tests.ui.deeds_on_elements"]
    told: dict[str, Any] = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    return told


@pytest.fixture(scope="module")
def ours() -> dict[str, Any]:
    """What ours do."""
    assert not try_to_apply("element_state")
    return outcomes()


@pytest.mark.parametrize("kind", ["div", "button"])
@pytest.mark.parametrize("deed", DEEDS)
def test_browsers_are_told_the_same(ours: dict[str, Any], theirs: dict[str, Any], deed: str, kind: str) -> None:
    each = f"{deed}: {kind}"
    assert ours[each] == theirs[each]
    assert (ours[each] is None) == (deed == "nothing")


def test_an_element_costs_less_than_half(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours["bytes"] < theirs["bytes"] * 0.5


def test_an_element_is_free_without_the_garbage_collector() -> None:
    assert not try_to_apply("element_state")
    gc.collect()
    gc.disable()
    try:
        with Client(page("/")) as client:
            element = ui.element("div").classes("one").style("color: red").props("flat")
            held = weakref.ref(element)
            element.delete()
            client.outbox.updates.clear()
            del element
            assert held() is None
    finally:
        gc.enable()
