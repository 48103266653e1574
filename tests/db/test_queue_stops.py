"""A worker that is told to stop does so, whatever happens in that moment; one that stops by itself says so calmly."""

import asyncio
import gc
from contextlib import suppress
from time import monotonic

import psycopg
import pytest
from sqlalchemy import make_url

from app.db.engine import Database
from app.db.queue import Queue, Worker
from tests.db.outage import outage
from tests.db.server import Server
from tests.db.test_feed import until

_HELD = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"


@pytest.mark.parametrize("turns", range(5))
async def test_who_waits_for_jobs_can_be_told_to_stop_while_one_is_put_back(queue: Queue, turns: int) -> None:
    nap = asyncio.create_task(queue.nap(60))
    await asyncio.sleep(0.01)
    queue._connector.put_back.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    is_over = nap.done()
    nap.cancel()
    await asyncio.wait([nap])
    assert nap.cancelled() or is_over


async def test_an_outage_when_the_next_minute_s_work_is_due_leaves_no_traceback(
    queue: Queue, database: Database, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """Here it is each second's. The worker ends over it, and is started again."""
    ran: list[int] = []

    @queue.app.periodic(cron="* * * * * */1")
    @queue.app.task
    async def sweep(timestamp: int) -> None:
        ran.append(timestamp)

    working = asyncio.create_task(Worker(queue, database.url).run())
    await until(lambda: ran != [])
    async with outage(server, database.url):
        await until(lambda: "stopped, starting it again" in caplog.text, within=15)
    so_far = len(ran)
    await until(lambda: len(ran) > so_far, within=15)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    assert "Traceback" not in caplog.text


async def test_a_job_that_ends_in_an_outage_leaves_no_traceback(
    queue: Queue, database: Database, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """That it has ended cannot be recorded, and nobody asks its task how that went."""
    runs, may_end = asyncio.Event(), asyncio.Event()

    @queue.app.task
    async def last() -> None:
        runs.set()
        await may_end.wait()

    await last.defer_async()
    working = asyncio.create_task(Worker(queue, database.url).run())
    await runs.wait()
    async with outage(server, database.url):
        may_end.set()
        await until(lambda: "stopped, starting it again" in caplog.text, within=15)
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    gc.collect()
    assert "Traceback" not in caplog.text


async def test_a_queue_that_gets_no_connection_says_why_within_seconds(
    database: Database, server: Server, url: str
) -> None:
    """The last free connections went to the pool beside it, and the queue waited half a minute, and told nothing."""
    async with database.raw() as connection:
        row = await (await connection.execute(_HELD.encode())).fetchone()
    assert row is not None
    server.run(f"ALTER DATABASE {make_url(url).database} CONNECTION LIMIT {row[0]}")
    began = monotonic()
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        await Queue(url).open()
    assert monotonic() - began < 10
