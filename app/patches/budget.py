"""A budget of something that comes again and again: so many a second, and some at once (a token bucket)."""

from time import monotonic


class Budget:
    """`a_second` are earned each second, up to `at_once`."""

    def __init__(self, a_second: float, at_once: float) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._left = at_once
        self._seen = monotonic()
        self._since: float | None = None

    @property
    def overdrawn(self) -> float:
        """Seconds for which more was spent than earned, without a pause."""
        return monotonic() - self._since if self._since is not None else 0.0

    def take(self) -> float:
        """Spend one; returns the seconds to wait until it is earned."""
        now = monotonic()
        self._left = min(self._at_once, self._left + (now - self._seen) * self._a_second) - 1
        self._seen = now
        if self._left >= 0:
            self._since = None
            return 0.0
        self._since = self._since or now
        return -self._left / self._a_second
