"""A limit of how many do something at once: in the order in which they came, and nobody waits for ever."""

import asyncio


class CapacityLimiter:
    """`async with limiter:` takes one of `count` places.

    Raises `TimeoutError` when none is free within `patience` seconds.
    """

    def __init__(self, count: int, *, patience: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._patience = patience

    async def __aenter__(self) -> None:
        if self._free.locked():
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        else:
            await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._free.release()
