"""engine.io waits for each packet in a task of its own; Python's own `wait_for` needs none from 3.12 on.

Brings: 4 µs instead of 12 for each packet. Without it: slower, nothing else.
"""

import asyncio
from collections.abc import Awaitable
from types import SimpleNamespace
from typing import TypeVar

from engineio import async_socket

T = TypeVar("T")
TOUCHES = ("engineio.async_socket:asyncio", "engineio.async_socket:AsyncSocket.poll -> wait_for")


def apply() -> None:
    """Put it in the place of asyncio's, there only."""
    async_socket.asyncio = SimpleNamespace(**{**vars(asyncio), "wait_for": wait_for})


async def wait_for(awaited: Awaitable[T], timeout: float | None) -> T:  # noqa: ASYNC109 - asyncio's signature
    """asyncio's, as Python has it from 3.12 on: without a task to wait in."""
    async with asyncio.timeout(timeout):
        return await awaited
