"""A PostgreSQL of its own that can be stopped, killed and started again under a running server."""

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import make_url

from app.db import embedded
from app.db.schema import RUNS_AS, migrate

_PATIENCE = 60.0


class Postgres:
    """One server with one migrated database, on the disk and with fsync on. `url` is the app's, `owner` the owner's."""

    def __init__(self, directory: Path, running: embedded.EmbeddedServer) -> None:
        self.directory = directory
        self.owner = running.url
        self.url = make_url(running.url).set(username=RUNS_AS).render_as_string(hide_password=False)
        self._running = running

    async def stop(self) -> None:
        """Stop it as a package's update does (fast): everybody is thrown out at once."""
        await asyncio.to_thread(self._running.stop)

    async def kill(self) -> None:
        """Kill it with everything that it has not written yet; it will have to recover."""
        os.kill(self._running.pid, signal.SIGKILL)
        await asyncio.to_thread(self._running.stop)  # nothing is left to stop: its lock is given back

    async def start(self) -> None:
        """Start it again; processes of a killed one may hold its memory for a moment."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            try:
                self._running = await asyncio.to_thread(embedded.start, self.directory / "data")
            except embedded.EmbeddedError:
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
            else:
                return

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """It is away for a while, and back in the end whatever happened."""
        await self.stop()
        try:
            yield
        finally:
            await self.start()

    @asynccontextmanager
    async def killed(self) -> AsyncIterator[None]:
        """Kill it."""
        await self.kill()
        try:
            yield
        finally:
            await self.start()


def new_directory() -> Path:
    """An empty one, which PostgreSQL may enter: it runs as another user when the tests run as root."""
    directory = Path(tempfile.mkdtemp(prefix="traderoom-faults-"))
    directory.chmod(0o755)
    return directory


@asynccontextmanager
async def postgres() -> AsyncIterator[Postgres]:
    """A running one; it and its files go at the end."""
    directory = new_directory()
    running = await asyncio.to_thread(embedded.start, directory / "data")
    server = Postgres(directory, running)
    try:
        await asyncio.to_thread(migrate, server.owner, runs_as=RUNS_AS)
        yield server
    finally:
        await server.stop()
        shutil.rmtree(directory)
