"""Turns: of what all share, each client has few at a time; what else it asks for waits behind its own.

In front of a queue that serves in the order of arrival this takes the clients in turn: however much one asks for, few
of it stand before anybody else.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from weakref import WeakValueDictionary

Turn = Callable[[], AbstractAsyncContextManager[None]]
"""One client's: `async with turn():` waits for it, and has it in the block."""


class Turns:
    """Lets each client do `of_one` things at a time, in the order in which they were asked for."""

    def __init__(self, of_one: int) -> None:
        self._of_one = of_one
        self._lines: WeakValueDictionary[Hashable, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def of(self, client: Hashable) -> AsyncIterator[None]:
        """Wait for the client's turn, and have it in the block."""
        async with self._lines.setdefault(client, asyncio.Semaphore(self._of_one)):  # gone with the last who needs it
            yield
