"""How often somebody may do something, by the limits library's moving window."""

from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from time import monotonic

from limits import RateLimitItem, parse
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from app import security_log
from app.domain.refusals import Reason, Refusal

_A_MINUTE = 60
"""In seconds."""


class Limits:
    """Rates by name, such as ``sign_in`` → ``60/minute``; counted per key (an address, a user's id)."""

    def __init__(self, rates: dict[str, str]) -> None:
        self._rates: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in rates.items()}
        self._window = MovingWindowRateLimiter(RecentUses())
        self._trying: Counter[tuple[str, ...]] = Counter()

    def check(self, name: str, key: object) -> None:
        """Count one use. Raises `Refusal` when the rate is used up; waiting helps."""
        if not self._window.hit(self._rates[name], name, str(key)):
            raise self._too_often(name, str(key))

    @contextmanager
    def trying(self, name: str, *key: str) -> Iterator[None]:
        """Count what is tried in the block only where it ends in a refusal; what is being tried at the same time
        counts meanwhile. Raises `Refusal` when the rate is used up."""
        rate, whose = self._rates[name], (name, *key)
        self._trying[whose] += 1
        try:
            if not self._window.test(rate, *whose, cost=self._trying[whose]):
                raise self._too_often(name)
            try:
                yield
            except Refusal as refusal:
                if refusal.reason is Reason.TOO_OFTEN:
                    raise  # nothing was tried: very many others were before
                self._window.hit(rate, *whose)
                raise
        finally:
            self._trying[whose] -= 1
            if not self._trying[whose]:
                del self._trying[whose]

    def _too_often(self, name: str, by: str | None = None) -> Refusal:
        security_log.note("limited", limit=name, by=by)
        wait = "an hour" if self._rates[name].get_expiry() > _A_MINUTE else "a minute"
        return Refusal(Reason.TOO_OFTEN, f"That was very often in a short time. Please wait {wait} and try again.")


class RecentUses(Storage, MovingWindowSupport):
    """The library's storage for a moving window, in memory.

    Its own looks through all keys at every use to forget old ones (limits 5.8); here a use costs the same however many
    keys there are, because keys stand in the order of their last use and the oldest are forgotten one by one.
    """

    STORAGE_SCHEME = ["traderoom+memory"]  # noqa: RUF012 - the library's own form

    def __init__(self) -> None:
        super().__init__("traderoom+memory://")
        self._uses: dict[str, tuple[deque[float], int]] = {}

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` uses, unless there would be more than `limit` within `expiry` seconds."""
        now = monotonic()
        uses, _ = self._uses.pop(key, (deque[float](), expiry))
        while uses and uses[0] <= now - expiry:
            uses.popleft()
        fits = len(uses) + amount <= limit
        if fits:
            uses.extend([now] * amount)
        if uses:
            self._uses[key] = (uses, expiry)
        self._forget(now)
        return fits

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:  # noqa: ARG002 - the library's
        """When the window began, and how many uses are in it."""
        now = monotonic()
        uses, _ = self._uses.get(key, (deque[float](), expiry))
        within = [use for use in uses if use > now - expiry]
        return within[0] if within else now, len(within)

    def clear(self, key: str) -> None:
        """Forget the uses of a key."""
        self._uses.pop(key, None)

    def reset(self) -> int:
        """Forget everything; returns how many keys there were."""
        keys = len(self._uses)
        self._uses.clear()
        return keys

    def check(self) -> bool:
        """Memory is always there."""
        return True

    @property
    def base_exceptions(self) -> type[Exception]:
        """What the library wraps when asked to."""
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Counters belong to fixed windows, which are not kept here."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """No counter is kept."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """No counter is kept."""
        raise NotImplementedError

    def _forget(self, now: float) -> None:
        """Two of the oldest keys at most, which is more than one use can add."""
        for key in list(islice(self._uses, 2)):
            uses, expiry = self._uses[key]
            if uses[-1] <= now - expiry:
                del self._uses[key]
