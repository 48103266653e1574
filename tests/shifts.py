"""How a run is shared out among workers: what stays together, one after the other, and what begins first and last."""

from typing import Any

from xdist.scheduler import LoadScopeScheduling

_FAULTS = "tests/faults/"
_EARLY = (
    "tests/bench/test_bench.py",
    _FAULTS,
    "tests/faults/test_a_minute.py",
    "tests/e2e/test_stories.py",
)
"""They wait more than they work, and the first two mind who works beside them. Then comes the rest by its name, a file
at a time."""
_BY_THE_CLOCK = {
    "tests/db/test_clock.py",
    "tests/db/test_deadlines.py",
    "tests/db/test_feed.py",
    "tests/db/test_queue.py",
    "tests/rooms/test_ticker.py",
    "tests/security/test_bodies.py",
    "tests/security/test_connections.py",
    "tests/security/test_passwords.py",
    "tests/security/test_sockets.py",
}
"""In these files tests mind fractions of a second, or compare them: one worker runs them all, when the others come to
their end. Which tests those are, in whatever file, says the mark `by_the_clock`."""


def shift_of(nodeid: str) -> str:
    """What this test stays together with."""
    path = nodeid.partition("::")[0]
    if path in _BY_THE_CLOCK:
        return "by the clock"
    return _FAULTS if path.startswith(_FAULTS) and path not in _EARLY else path


def place_of(shift: str) -> tuple[int, str]:
    """Where in the run it begins."""
    if shift in _EARLY:
        return _EARLY.index(shift), shift
    return len(_EARLY) + (shift == "by the clock"), shift


class Shifts(LoadScopeScheduling):  # type: ignore[misc] # xdist has no types
    """Gives whoever has nothing more to do the next shift."""

    def _split_scope(self, nodeid: str) -> str:
        return shift_of(nodeid)

    def _assign_work_unit(self, node: Any) -> None:
        self.workqueue.move_to_end(min(self.workqueue, key=place_of), last=False)
        super()._assign_work_unit(node)
