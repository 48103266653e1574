"""What people have set for pip and Python elsewhere does not reach the environment that `make` makes."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
KEPT_OUT = (
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN", "PIP_NO_DEPS", "PIP_REQUIRE_HASHES"),
    *("PIP_CONSTRAINT", "PIP_NO_BINARY", "PIP_ONLY_BINARY", "PIP_PRE", "PIP_IGNORE_INSTALLED", "PIP_EDITABLE"),
    *("PIP_REQUIREMENT", "PYTHONPATH", "PYTHONHOME"),
)
STAYS = ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_PROXY", "PIP_CERT", "HTTPS_PROXY")
"""How to get to packages, which differs from one network to the next."""


@pytest.fixture(scope="module")
def seen() -> dict[str, str]:
    """The environment that a recipe sees, for somebody who has set all of these."""
    theirs = dict.fromkeys(("PIP_USER", *KEPT_OUT, *STAYS), "theirs")
    made = subprocess.run(
        ["make", "--no-print-directory", "--eval", "shown: ; @env -0", "shown"],
        cwd=ROOT,
        env=os.environ | theirs,
        capture_output=True,
        check=True,
    )
    return dict(line.split("=", 1) for line in made.stdout.decode().split("\0") if line)


def test_nothing_is_installed_for_a_person_rather_than_into_the_environment(seen: dict[str, str]) -> None:
    assert seen["PIP_USER"] == "0"


@pytest.mark.parametrize("name", KEPT_OUT)
def test_what_would_change_what_is_installed_or_where_is_kept_out(seen: dict[str, str], name: str) -> None:
    assert name not in seen


@pytest.mark.parametrize("name", STAYS)
def test_where_packages_come_from_stays_as_a_person_has_set_it(seen: dict[str, str], name: str) -> None:
    assert seen[name] == "theirs"
