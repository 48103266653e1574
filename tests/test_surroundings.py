"""What a command finds around it: streams that are closed, and a system whose text is not UTF-8."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.server import MAIN

KEPT = Path(__file__).parent / "proof" / "kept"
VERIFY = f"exec '{sys.executable}' '{MAIN}' verify '{KEPT / 'accepted_1.json'}' --key '{KEPT / 'key'}'"
NOTHING = VERIFY.replace("accepted_1", "none")


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (f"{VERIFY} >&-", 0),
        (f"{VERIFY} >&- 2>&-", 0),
        (f"{NOTHING} 2>&-", 2),
        (f"{NOTHING} <&- >&- 2>&-", 2),
        (f"LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 {VERIFY}", 0),
    ],
)
def test_a_verdict_is_the_same(command: str, status: int) -> None:
    ended = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=False, cwd=MAIN.parent)
    assert ended.returncode == status, ended.stderr.decode()
    assert ended.stderr == b""
