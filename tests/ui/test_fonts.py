"""Scripts that this machine has no font for are told of once, at the start, to whoever runs the server.

The program that looks for them is the real one, in a process of its own; what it finds are fewer fonts.
"""

import time
from dataclasses import replace

import pytest

from app import serving
from app.ui.http import fonts
from tests.e2e.server import running
from tests.ui import scanty_workshop
from tests.ui.scanty_workshop import WITHOUT, ScantyWorkshop

TOLD = "No font here has all of these scripts, which receipts as PDF show as code points: "


@pytest.mark.parametrize(
    ("without", "named"),
    [
        ("", []),
        (WITHOUT, ["Thai"]),
        ("fontpkg_hind_siliguri,fontpkg_noto_sans_khmer", ["Bengali", "Khmer"]),
    ],
)
async def test_scripts_without_a_font_are_named_once_in_the_log(
    without: str, named: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", serving.__name__)
    await serving._name_scripts_without_font(ScantyWorkshop(without))
    assert caplog.messages == [TOLD + ", ".join(named)] * bool(named)


def test_a_server_that_starts_looks_for_them(url: str) -> None:
    with running(program=scanty_workshop.__file__, DATABASE_URL=url, DEMO=None, WORKER="false") as server:
        deadline = time.monotonic() + 20
        while f"{TOLD}Thai\n" not in server.log:
            assert time.monotonic() < deadline, server.log
            time.sleep(0.05)


def test_a_script_of_which_one_letter_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = replace(fonts.choose("a"), missing={"Ω", "金"})
    monkeypatch.setattr(fonts, "choose", lambda _: choice)
    assert fonts.scripts_without_font() == ["Greek"]
