"""A budget of something that comes again and again: so many a second, and some at once (a token bucket)."""

from time import monotonic

A_SECOND, AT_ONCE = 60.0, 300.0
"""What a page's socket may send, and how much at once: several times what typing and pressing makes."""


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
        """Seconds since more was spent than earned, until all of it is there again."""
        return monotonic() - self._since if self._since is not None else 0.0

    def take(self, count: int = 1) -> float:
        """Spend so many; returns the seconds to wait until they are earned."""
        now = monotonic()
        earned = min(self._at_once, self._left + (now - self._seen) * self._a_second)
        if earned == self._at_once:
            self._since = None
        self._left = earned - count
        self._seen = now
        if self._left >= 0:
            return 0.0
        self._since = self._since or now
        return -self._left / self._a_second
