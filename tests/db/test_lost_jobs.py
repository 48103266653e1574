"""Jobs are lost with no worker: not with one that was killed, and no worker is lost over a heartbeat."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from procrastinate.exceptions import ConnectorException

from app.db.queue import Queue, retry_stalled
from tests.db.outage import outage
from tests.db.server import Server
from tests.db.test_queue import Crew, crew

__all__ = ["crew"]
ROOT = Path(__file__).parents[2]


async def test_a_heartbeat_that_fails_while_the_database_is_away_ends_no_worker(
    crew: Crew, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    manager = crew.queue.app.job_manager
    worker = await manager.register_worker()
    async with outage(server, crew.database.url):
        await manager.update_heartbeat(worker)
        with pytest.raises(ConnectorException):
            await manager.unregister_worker(worker)
    await manager.update_heartbeat(worker)
    assert caplog.text.count("a heartbeat failed") == 1


async def test_a_job_of_a_killed_worker_is_put_back_and_runs(crew: Crew) -> None:
    await crew.defer(1)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.db.stuck_worker", crew.database.url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"1\n"
    process.kill()
    await process.communicate()
    assert await crew.statuses() == ["doing"]
    assert await retry_stalled(crew.queue.app, timedelta(seconds=60)) == 0, "a short silence is nothing"
    assert await retry_stalled(crew.queue.app, timedelta(0)) == 1
    async with crew.working():
        await crew.has_run(1)
        await crew.is_left()


async def test_a_job_of_a_worker_that_others_have_struck_off_is_put_back_too(crew: Crew) -> None:
    """Procrastinate's workers delete a silent worker's row when they start; its job then belongs to nobody."""
    await stall(crew, 1)
    assert await retry_stalled(crew.queue.app, timedelta(seconds=60)) == 1
    async with crew.working():
        await crew.has_run(1)


async def test_processes_that_sweep_at_once_put_each_job_back_once(crew: Crew, url: str) -> None:
    for number in range(10):
        await stall(crew, number)
    other = Queue(url)
    await other.open()
    await asyncio.gather(*(retry_stalled(app, timedelta(seconds=60)) for app in (crew.queue.app, other.app) * 3))
    await other.close()
    assert await crew.statuses() == ["todo"] * 10


async def stall(crew: Crew, number: int) -> None:
    """A job that a worker took before it vanished."""
    job, _ = await crew.defer(number)
    async with crew.database.raw() as connection:
        await connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", (job,))
