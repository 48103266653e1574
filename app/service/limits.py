"""How often somebody may do something, by the limits library's moving window."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from app import security_log
from app.domain.refusals import Reason, Refusal


class Limits:
    """Rates by name, such as ``sign_in`` → ``60/minute``; counted per key (an address, a user's id)."""

    def __init__(self, rates: dict[str, str]) -> None:
        self._rates: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in rates.items()}
        self._window = MovingWindowRateLimiter(MemoryStorage())
        self._trying: Counter[tuple[str, ...]] = Counter()

    async def check(self, name: str, key: object) -> None:
        """Count one use. Raises `Refusal` when the rate is used up; waiting helps."""
        if not await self._window.hit(self._rates[name], name, str(key)):
            raise _too_often(name)

    @asynccontextmanager
    async def trying(self, name: str, *key: str) -> AsyncIterator[None]:
        """Count what is tried in the block only where it ends in a refusal; what is being tried at the same time
        counts meanwhile. Raises `Refusal` when the rate is used up."""
        rate, its = self._rates[name], (name, *key)
        self._trying[its] += 1
        try:
            if not await self._window.test(rate, *its, cost=self._trying[its]):
                raise _too_often(name)
            try:
                yield
            except Refusal:
                await self._window.hit(rate, *its)
                raise
        finally:
            self._trying[its] -= 1
            if not self._trying[its]:
                del self._trying[its]


def _too_often(name: str) -> Refusal:
    security_log.note("limited", limit=name)
    return Refusal(Reason.TOO_OFTEN, "That was very often in a short time. Please wait a minute and try again.")
