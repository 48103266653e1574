"""How a run is shared out among workers: what stays together, one after the other, and what has to begin early."""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

_EARLY = (
    "tests/bench/test_bench.py",
    "tests/faults/test_a_minute.py",
    "tests/e2e/test_stories.py",
)
"""The longest first. The rest follows by its name, a file at a time."""


def shift_of(nodeid: str) -> str:
    """What this test stays together with: its file."""
    return nodeid.partition("::")[0]


def place_of(shift: str) -> tuple[int, str]:
    """Where in the run it begins."""
    return (_EARLY.index(shift) if shift in _EARLY else len(_EARLY)), shift


class Shifts(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives whoever has nothing more to do the next shift."""

    def _split_scope(self, nodeid: str) -> str:
        return shift_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=place_of), last=False)
        super()._assign_work_unit(node)
