"""A question that is asked again before it is answered: only the last one counts, and one is put at a time."""

from collections.abc import Awaitable, Callable
from weakref import WeakMethod


class Latest:
    """`await latest()` runs `ask`, which reads for itself what is asked for.

    Called while it runs, it runs once more afterwards, however often it was called; `outdated` says so meanwhile. `ask`
    is a method of whoever has this, which is not held: it goes with its page.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        self._ask = WeakMethod(ask)
        self._running = False
        self.outdated = False

    async def __call__(self) -> None:
        """Ask; returns at once where somebody else is asking already."""
        self.outdated = True
        if self._running:
            return
        self._running = True
        try:
            while self.outdated:
                self.outdated = False
                if ask := self._ask():
                    await ask()
        finally:
            self._running = False
