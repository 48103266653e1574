"""A limit of how many do something at once: in the order in which they came, and nobody waits for ever."""

import asyncio


class CrowdedError(TimeoutError):
    """No place came free in time."""


class CapacityLimiter:
    """`async with limiter:` takes one of `count` places.

    Raises `CrowdedError` when none is free within `patience` seconds.
    """

    def __init__(self, count: int, *, patience: float) -> None:
        self._free = asyncio.Semaphore(count)
        self._patience = patience

    async def __aenter__(self) -> None:
        if not self._free.locked():
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._free.acquire()
        except TimeoutError:
            raise CrowdedError from None

    async def __aexit__(self, *_: object) -> None:
        self._free.release()
