"""How often somebody may do something, by the limits library's moving window."""

from limits import RateLimitItem, parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import MovingWindowRateLimiter

from app.domain.refusals import Reason, Refusal


class Limits:
    """Rates by name, such as ``sign_in`` → ``60/minute``; counted per key (an address, a user's id)."""

    def __init__(self, rates: dict[str, str]) -> None:
        self._rates: dict[str, RateLimitItem] = {name: parse(rate) for name, rate in rates.items()}
        self._window = MovingWindowRateLimiter(MemoryStorage())

    async def check(self, name: str, key: object) -> None:
        """Count one use. Raises `Refusal` when the rate is used up; waiting helps."""
        if not await self._window.hit(self._rates[name], name, str(key)):
            raise Refusal(Reason.TOO_OFTEN, "That was very often in a short time. Please wait a minute and try again.")
