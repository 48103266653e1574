"""What nobody waits for is done a moment later, once for all that has asked for it meanwhile."""

import asyncio
from collections.abc import Callable


class Later:
    """`later(do)` calls `do` after so many seconds, unless something is waiting already.

    It holds nothing in between: whoever has it and is part of `do` is free when it is let go.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waiting: asyncio.TimerHandle | None = None

    def __call__(self, do: Callable[[], object]) -> None:
        """Do it a moment later."""
        if self._waiting is None:
            self._waiting = asyncio.get_running_loop().call_later(self._seconds, self._now, do)

    def forget(self) -> None:
        """Do not do it any more."""
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _now(self, do: Callable[[], object]) -> None:
        self._waiting = None
        do()
