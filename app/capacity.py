"""A limit of how many do something at once: each client in turn, and nobody waits for ever."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

Place = Callable[[], AbstractAsyncContextManager[None]]
"""One client's: `async with place():` waits for it, and has it in the block."""


class CrowdedError(TimeoutError):
    """No place came free in time."""


class CapacityLimiter:
    """`async with limiter.place(client):` takes one of `count` places, of which one client has `each` at most;
    `count` is infinite where only the clients' shares are bounded.

    Of those who wait, each client's first comes in turn: whoever asks for very much waits behind themself, and a
    newcomer behind one request of each of the others. Raises `CrowdedError` when no place is free within `patience`
    seconds, if there is a patience.
    """

    def __init__(self, count: float, *, each: int, patience: float | None = None) -> None:
        self._free = count
        self._each = each
        self._patience = patience
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def place(self, client: Hashable) -> AsyncIterator[None]:
        """A place for this client."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self._call_next()
        try:
            if not turn.done():
                await self._wait(turn)
            yield
        finally:
            if not turn.cancelled():
                self._leave(client)

    async def _wait(self, turn: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except TimeoutError:
            raise CrowdedError from None

    def _leave(self, client: Hashable) -> None:
        self._free += 1
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        if client in self._waiting:  # who has just had a place comes last
            self._waiting[client] = self._waiting.pop(client)
        self._call_next()

    def _call_next(self) -> None:
        """Give what is free to those whose turn it is; `_waiting` has the clients in the order of their turns."""
        while self._free:
            client = next((one for one in self._waiting if self._held[one] < self._each), None)
            if client is None:
                return
            line = self._waiting.pop(client)
            turn = line.popleft()
            if line:
                self._waiting[client] = line
            if not turn.done():  # else somebody has given up
                self._free -= 1
                self._held[client] += 1
                turn.set_result(None)
