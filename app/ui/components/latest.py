"""A question that is asked again before it is answered: only the last one counts, and one is put at a time."""

from collections.abc import Awaitable, Callable
from weakref import WeakMethod

from app.capacity import Place


class Latest:
    """`await latest()` runs `ask`, which reads for itself what is asked for, in a `place` of the person's.

    Called while it runs, it runs once more afterwards, however often it was called; `outdated` says so meanwhile. `ask`
    is a method of whoever has this, which is not held: it goes with its page.
    """

    def __init__(self, ask: Callable[[], Awaitable[None]], place: Place) -> None:
        self._ask = WeakMethod(ask)
        self._place = place
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
                async with self._place():
                    self.outdated = False
                    if ask := self._ask():
                        await ask()
        finally:
            self._running = False
