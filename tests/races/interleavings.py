"""Which interleavings the race suite has really seen: told at the end of the run.

Where workers run the tests, the process that prints knows the conftest of `tests` alone; that one has this hook.
"""

from collections import Counter
from collections.abc import Callable
from typing import Any

SEEN = "interleavings"
"""The name under which a report carries them, by how often each was seen."""
Saw = Callable[[dict[str, int]], None]


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
