"""What nobody waits for is done a moment later, once for all that has asked for it meanwhile."""

import asyncio
from collections.abc import Callable


class Later:
    """`later()` has `do` called after so many seconds, unless that is to happen anyway; `now` does it at once."""

    def __init__(self, seconds: float, do: Callable[[], None]) -> None:
        self._seconds = seconds
        self._do = do
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self) -> None:
        """Do it a moment later."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(self._seconds, self.now)

    def now(self) -> None:
        """Do it now, and not once more later."""
        self.forget()
        self._do()

    def forget(self) -> None:
        """Do not do it any more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
