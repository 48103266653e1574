"""One task ticks all clocks.

Each dial is ticked once a second at its own deadline's fraction of a second: the load spreads over the second by
itself, and 0:00 shows exactly at the deadline.
"""

import asyncio
import heapq
import logging
from collections.abc import Callable
from datetime import datetime
from itertools import count

from nicegui import binding

from app.domain.countdown import read
from app.domain.trade import Trade

log = logging.getLogger(__name__)
_IDLE = 3600.0
_STEP = 0.008
"""Seconds by which ticks may be late, so that those of many dials share one waking."""


class Dial:
    """A trade's clock face. `reading` is bindable; it changes once a second while somebody watches."""

    reading = binding.BindableProperty()

    def __init__(self, trade: Trade, now: Callable[[], datetime]) -> None:
        self.trade = trade
        self.watchers = 0
        self.on_tick: Callable[[], None] | None = None
        self._now = now
        self.reading = read(trade, now())

    def follow(self, trade: Trade) -> None:
        """Show another state of the trade: a closed one stops the clock."""
        if trade != self.trade:
            self.trade = trade
            self.tick()

    def tick(self) -> None:
        """Read the clock again."""
        self.reading = read(self.trade, self._now())
        if self.on_tick is not None:
            self.on_tick()

    def seconds_to_next(self) -> float:
        """Seconds until the face changes: the fraction of a second that is left of the time to the deadline."""
        left = (self.trade.expires_at - self._now()).total_seconds()
        return left % 1.0 or 1.0


class Ticker:
    """Keeps one dial per watched trade and ticks it. `now` is the database's clock."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._dials: dict[int, Dial] = {}
        self._due: list[tuple[float, int, Dial]] = []
        self._order = count()
        self._woken = asyncio.Event()

    def watch(self, trade: Trade) -> Dial:
        """The dial of a trade, ticking from now on; give it back with `unwatch`."""
        dial = self._dials.get(trade.id)
        if dial is None:
            dial = self._dials[trade.id] = Dial(trade, self._now)
            self._schedule(dial)
        dial.watchers += 1
        return dial

    def unwatch(self, dial: Dial) -> None:
        """Stop the dial when nobody else watches it."""
        dial.watchers -= 1
        if dial.watchers == 0 and self._dials.get(dial.trade.id) is dial:
            del self._dials[dial.trade.id]

    def follow(self, trade: Trade) -> None:
        """Let the trade's dial, if there is one, show its new state."""
        if dial := self._dials.get(trade.id):
            dial.follow(trade)

    async def run(self) -> None:
        """Tick until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            wait = self._due[0][0] - loop.time() if self._due else _IDLE
            if wait > 0:
                self._woken.clear()
                try:
                    async with asyncio.timeout(wait + _STEP):
                        await self._woken.wait()
                except TimeoutError:
                    pass
                continue
            _, _, dial = heapq.heappop(self._due)
            if dial.watchers == 0:
                continue
            try:
                dial.tick()
            except Exception:
                log.exception("ticker: the clock of trade %s could not be shown", dial.trade.id)
            self._schedule(dial)

    def _schedule(self, dial: Dial) -> None:
        due = asyncio.get_running_loop().time() + dial.seconds_to_next()
        heapq.heappush(self._due, (due, next(self._order), dial))
        self._woken.set()
