"""What CONTRIBUTING says of adding a move is true of the tree: its files, its example, and that there is room."""

import re
from pathlib import Path

import pytest

from app.ui.room.acts import ACTS, Act
from tests.test_limits_of_files import LONGEST

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text().split("## Add a move, step by step")[1]
STEPS = re.split(r"\n(?=\d+\. )", GUIDE.split("\n### ")[0])[1:]
MIGRATION = "migrations/versions/offers_1.sql"
"""What brought the example: in the place of the file that the next move brings."""
A_MOVE = 12
"""Lines that a move takes in one file; the row in the table of kinds is the longest."""


def files_of(step: str) -> list[Path]:
    """The files that a step has somebody touch."""
    named = re.findall(r"\*\*`([\w/.]+)`", step)
    return [ROOT / name for name in named or [MIGRATION]]


TOUCHED = list(dict.fromkeys(path for step in STEPS for path in files_of(step)))


def test_a_move_touches_at_most_eleven_files() -> None:
    assert [path for path in TOUCHED if not path.is_file()] == []
    assert len(TOUCHED) == 11, "and the guide says so"


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step[:2])
def test_the_example_is_the_code(step: str) -> None:
    """Line by line, but for comments: what somebody copies has to work."""
    code = {line.strip().strip('"') for path in files_of(step) for line in path.read_text().splitlines()}
    for block in re.findall(r"```\w+\n(.*?)```", step, re.DOTALL):
        lines = [re.sub(r"\s*#.*", "", line).strip().strip('"') for line in block.splitlines()]
        assert [line for line in lines if line not in {*code, ""}] == []


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.text)
def test_every_act_stands_in_the_changelog(act: Act) -> None:
    assert f"*{act.text}*" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("path", TOUCHED, ids=lambda path: path.name)
def test_there_is_room_for_another_move(path: Path) -> None:
    """Or whoever adds one has to split a file first, which the guide does not say."""
    if path.suffix == ".py":
        assert len(path.read_text().splitlines()) + A_MOVE <= LONGEST
