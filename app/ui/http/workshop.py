"""Work that takes the processor for long, each piece in a process of its own, a few at a time.

A process rather than a thread: it can be ended, its memory is free again afterwards (typst keeps 100 MB of what it has
set), it can be told to give way, and what breaks in it breaks nothing here.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import AsyncIterable, AsyncIterator, Hashable, Iterator
from pathlib import Path

from app.capacity import CapacityLimiter

log = logging.getLogger(__name__)

_KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH")
"""Of the environment: what programs need. Our settings, which hold secrets, are not among it."""


class WorkshopError(Exception):
    """The work was not done; the text is for people. `retry_after` is in seconds, None where waiting is no help."""

    def __init__(self, text: str, status: int, retry_after: int | None) -> None:
        super().__init__(text)
        self.status = status
        self.retry_after = retry_after


class Workshop:
    """Runs modules of ours as programs: `at_once` at a time, `waiting` more in a queue, one for each customer.

    Nobody waits for longer than `patience` seconds, and no piece of work takes longer.
    """

    def __init__(self, *, at_once: int = 1, waiting: int = 20, patience: float = 60) -> None:
        self._places = CapacityLimiter(at_once, each=1, patience=patience)
        self._most = at_once + waiting
        self._patience = patience
        self._customers: set[Hashable] = set()

    @contextlib.asynccontextmanager
    async def place(self, customer: Hashable) -> AsyncIterator[None]:
        """Wait for a place, and have it in the block, for what the customer wants to have made, piece by piece.

        Raises `WorkshopError`.
        """
        with self._in_line(customer):
            try:
                async with self._places.place(customer):
                    yield
            except TimeoutError:
                raise _busy() from None

    @contextlib.contextmanager
    def _in_line(self, customer: Hashable) -> Iterator[None]:
        if customer in self._customers:
            raise WorkshopError(
                "The one that you asked for before is still being made. Please wait a moment and try again.", 429, 5
            )
        if len(self._customers) >= self._most:
            raise _busy()
        self._customers.add(customer)
        try:
            yield
        finally:
            self._customers.discard(customer)

    async def make(self, module: str, *arguments: str, material: AsyncIterable[bytes] | bytes = b"") -> bytes:
        """What the module writes when it has read `material`; for whoever has a place.

        Raises `TimeoutError` when it takes too long, `WorkshopError` when it fails, and what its material raises.
        """
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            module,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=_environment(),
        )
        try:
            async with asyncio.timeout(self._patience):
                await _hand_over(process, material)
                made, complaint = await process.communicate()
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):  # it ended just now
                    process.kill()
                await process.wait()
        if process.returncode:
            # The last line begins with the error's name; the rest may hold what people wrote.
            name = complaint.decode(errors="replace").strip().rpartition("\n")[2].partition(":")[0]
            log.error("%s ended with status %s: %s", module, process.returncode, name[:100])
            raise WorkshopError("That could not be made here.", 503, None)
        return made


async def _hand_over(process: asyncio.subprocess.Process, material: AsyncIterable[bytes] | bytes) -> None:
    """As fast as it is read; what is not wanted any more stays where it is."""
    stdin = process.stdin
    if stdin is None:
        raise RuntimeError("the process has no standard input")
    with contextlib.suppress(ConnectionError):
        if isinstance(material, bytes):
            stdin.write(material)
        else:
            async for part in material:
                stdin.write(part)
                await stdin.drain()
        await stdin.drain()
    stdin.close()


def _busy() -> WorkshopError:
    return WorkshopError("Many people are asking for one right now. Please try again in a few seconds.", 503, 10)


def _environment() -> dict[str, str]:
    """One processor for each, and the modules that we have ourselves, wherever they came from."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(place or str(Path.cwd()) for place in sys.path)
    return kept | {"PYTHONPATH": path, "RAYON_NUM_THREADS": "1"}
