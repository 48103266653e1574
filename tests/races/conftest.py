"""The race suite says at the end which interleavings it has really seen."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

SEEN = "interleavings"
"""The name under which a report carries them, by how often each was seen."""
Saw = Callable[[dict[str, int]], None]


@pytest.fixture
def saw(record_property: Callable[[str, object], None]) -> Saw:
    """Where a test says what was recorded before what else, which had been judged on the same trade."""
    return lambda met: record_property(SEEN, dict(met))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Tell them, the most frequent first."""
    met: Counter[str] = Counter()
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties:
            if name == SEEN and report.when == "call":
                met.update(value)
    if met:
        terminalreporter.section("interleavings that were seen in the races")
        for pair, count in met.most_common():
            terminalreporter.line(f"{count:6,}  {pair}")
