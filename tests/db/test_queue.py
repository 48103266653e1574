"""Jobs run when they are due, whatever happens to the worker or to the database."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from app.db.engine import Database, connect
from app.db.queue import EXPIRE_TRADE, Queue, Worker
from tests.db.outage import cut, outage
from tests.db.server import Server
from tests.db.test_feed import until

ROOT = Path(__file__).parents[2]
PROMPT = timedelta(milliseconds=250)
MILLISECOND = timedelta(milliseconds=1)
SILENT = 9.0
"""Seconds after which a worker that hears nothing from its database says so."""


class Crew:
    """A worker of this process, and what it ran: each job's number and, on the database's clock, the time."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self.database = database
        self.queue = queue
        self.worker = Worker(queue, database.url)
        self.ran: list[tuple[int, datetime]] = []
        self.body: Callable[[int], Awaitable[None]] | None = None

        @queue.app.task(name=EXPIRE_TRADE)
        async def expire_trade(trade_id: int) -> None:
            self.ran.append((trade_id, database.clock.now()))
            if self.body:
                await self.body(trade_id)

    async def defer(self, number: int, *, after: float = 0) -> tuple[int, datetime]:
        """A job due so many seconds from now; returns its id and when it is due."""
        due = self.database.clock.now() + timedelta(seconds=after)
        async with self.database.transaction() as connection:
            return await self.queue.defer_expiry(number, due, connection), due

    async def has_run(self, *numbers: int, within: float = 5) -> None:
        """Wait until these have run, and nothing else."""
        await until(lambda: [number for number, _ in self.ran] == list(numbers), within=within)

    async def statuses(self) -> list[str]:
        """The statuses of the jobs that the table still holds."""
        async with self.database.raw() as connection:
            cursor = await connection.execute("SELECT status::text FROM procrastinate_jobs ORDER BY id")
            return [row[0] for row in await cursor.fetchall()]

    async def is_left(self, *statuses: str) -> None:
        """Wait until the table holds jobs of exactly these statuses."""
        async with asyncio.timeout(5):
            while await self.statuses() != list(statuses):  # noqa: ASYNC110 - the database's event
                await asyncio.sleep(0.01)

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Run the worker; it must not end by itself."""
        task = asyncio.create_task(self.worker.run())
        try:
            yield
            assert not task.done(), "the worker has ended"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def crew(database: Database, queue: Queue) -> Crew:
    """A worker to be."""
    return Crew(database, queue)


@pytest.mark.by_the_clock
async def test_jobs_run_within_a_quarter_of_a_second_of_being_due_and_never_before(crew: Crew) -> None:
    """Twenty, within two seconds; polling alone, every five, would be seconds late for most of them.

    Half of them on time and none very late is what a machine of unknown load can promise; `make bench` has the figures.
    """
    due = {n: (await crew.defer(n, after=0.5 + n / 10))[1] for n in range(20)}
    async with crew.working():
        await crew.has_run(*range(20))
    late = sorted(at - due[number] for number, at in crew.ran)
    assert late[0] > -MILLISECOND
    assert late[9] < PROMPT
    assert late[19] < 4 * PROMPT


@pytest.mark.by_the_clock
async def test_a_job_that_is_put_back_by_some_milliseconds_runs_then(crew: Crew) -> None:
    """Nothing notifies of it, and the poke has gone to sleep for half a minute: there was no other job."""
    put_back: list[datetime] = []

    async def too_early(_: int) -> None:
        if not put_back:
            put_back.append(crew.database.clock.now() + timedelta(seconds=0.4))
            await asyncio.sleep(0.1)  # the poke looks, and finds nothing to wait for
            raise RuntimeError

    class _Then(BaseRetryStrategy):
        def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
            return RetryDecision(retry_at=put_back[0])

    crew.queue.app.tasks[EXPIRE_TRADE].retry_strategy = _Then()
    crew.body = too_early
    await crew.defer(1)
    async with crew.working():
        await crew.has_run(1, 1)
    late = crew.ran[1][1] - put_back[0]
    assert -MILLISECOND < late < 2 * PROMPT


@pytest.mark.by_the_clock
async def test_jobs_due_at_one_moment_all_run_at_once(crew: Crew) -> None:
    due = crew.database.clock.now() + timedelta(seconds=0.5)
    async with crew.database.transaction() as connection:
        for number in range(30):  # thrice as many as run at the same time
            await crew.queue.defer_expiry(number, due, connection)
    async with crew.working():
        await until(lambda: len(crew.ran) == 30)
    assert max(at for _, at in crew.ran) - due < 4 * PROMPT


async def test_fetching_reads_no_job_that_is_not_due(crew: Crew, owner_url: str) -> None:
    waiting, read = 100_000, "SELECT idx_tup_read FROM pg_stat_user_indexes WHERE relname = 'procrastinate_jobs'"
    async with crew.database.raw() as connection:
        for first in range(0, waiting, 10_000):  # no statement may take too long
            await connection.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) SELECT 'default',"
                " 'expire_trade', '{}', now() + n * interval '1 minute' FROM generate_series(%s::int, %s::int) AS n",
                (first + 1, first + 10_000),
            )
        async with await connect(owner_url) as owner:
            await owner.execute("ANALYZE procrastinate_jobs")

        async def fetch() -> int:
            before = await total()
            assert await (
                await connection.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, 1)")
            ).fetchone() == (None,)
            return await total() - before

        async def total() -> int:
            await connection.execute("SELECT pg_stat_force_next_flush()")
            return sum(row[0] for row in await (await connection.execute(read.encode())).fetchall())

        read_each = [await fetch() for _ in range(8)]  # with a plan of its own each time, then with a general one
        assert max(read_each) < 10, read_each


async def test_a_job_that_was_due_before_the_worker_started_runs_when_it_does(crew: Crew) -> None:
    await crew.defer(1, after=-3600)
    async with crew.working():
        await crew.has_run(1, within=2)


async def test_finished_jobs_are_deleted_and_failed_ones_kept(crew: Crew) -> None:
    async def fail(number: int) -> None:
        if number == 2:
            raise RuntimeError("this one fails")

    crew.body = fail
    for number in (1, 2, 3):
        await crew.defer(number)
    async with crew.working():
        await until(lambda: len(crew.ran) == 3)
        await crew.is_left("failed")
    assert await crew.statuses() == ["failed"]


async def test_a_cancelled_job_never_runs_and_leaves_no_row(crew: Crew) -> None:
    job, _ = await crew.defer(1, after=0.3)
    await crew.defer(2, after=0.4)
    async with crew.working():
        async with crew.database.transaction() as connection:
            await crew.queue.cancel_expiry(job, connection)
        await crew.has_run(2)
        await crew.is_left()


async def test_cancelling_a_job_that_runs_or_is_gone_does_no_harm(crew: Crew) -> None:
    running, finish = asyncio.Event(), asyncio.Event()

    async def slow(_: int) -> None:
        running.set()
        await finish.wait()

    crew.body = slow
    job, _ = await crew.defer(1)
    async with crew.working():
        await running.wait()
        async with crew.database.transaction() as connection:
            await crew.queue.cancel_expiry(job, connection)
        assert await crew.statuses() == ["doing"]
        finish.set()
        await crew.is_left()
        async with crew.database.transaction() as connection:
            await crew.queue.cancel_expiry(job, connection)
    assert len(crew.ran) == 1


async def test_the_worker_comes_back_after_its_connections_are_cut(crew: Crew) -> None:
    await crew.defer(1)
    async with crew.working():
        await crew.has_run(1)
        await cut(crew.database.url)
        await crew.database.renew()
        await crew.defer(2)
        await crew.has_run(1, 2)
        assert crew.worker.working


@pytest.mark.by_the_clock
async def test_a_job_that_falls_due_right_after_a_cut_is_prompt(crew: Crew) -> None:
    _, due = await crew.defer(1, after=1.5)
    async with crew.working():
        await asyncio.sleep(0.3)
        await cut(crew.database.url)
        await crew.has_run(1)
    assert crew.ran[0][1] - due < 2 * PROMPT


# A pool that waits twice as long after each try makes its fifth one after fifteen seconds, and its sixth after 31.
@pytest.mark.parametrize("seconds", [1.5, 17.0])
async def test_the_worker_comes_back_after_the_database_was_away(
    seconds: float, crew: Crew, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    await crew.defer(1)
    async with crew.working():
        await crew.has_run(1)
        async with outage(server, crew.database.url):
            await asyncio.sleep(seconds)
            assert crew.worker.working == (seconds < SILENT), "however often it was started again"
        await crew.database.renew()
        await crew.defer(2)
        await crew.has_run(1, 2, within=8)
        assert crew.worker.working
    told = [caplog.text.count(f"queue: {what}") for what in ("listening failed", "the poke failed", "the worker of")]
    assert any(told), "whichever notices it first"
    assert max(told[:2]) <= 1, "once for an outage"


async def test_a_worker_that_is_stopped_lets_a_running_job_finish(crew: Crew) -> None:
    finished: list[int] = []

    async def slow(number: int) -> None:
        await asyncio.sleep(0.3)
        finished.append(number)

    crew.body = slow
    await crew.defer(1)
    async with crew.working():
        await crew.has_run(1)
        assert crew.worker.working
    assert finished == [1]
    assert not crew.worker.working
    assert await crew.statuses() == []


async def test_a_worker_that_can_take_no_job_more_works(crew: Crew) -> None:
    """Ten mails at a server that is silent: the worker asks for no job meanwhile, and is none the worse for it."""

    async def wait(_: int) -> None:
        await asyncio.sleep(SILENT + 1)

    crew.body = wait
    for number in range(10):
        await crew.defer(number)
    async with crew.working():
        await until(lambda: len(crew.ran) == 10)
        await asyncio.sleep(SILENT + 0.5)
        assert crew.worker.working


async def test_a_worker_that_fails_for_a_reason_that_nobody_knows_is_started_again(
    crew: Crew, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    work = crew.queue.app.run_worker_async

    async def fail_once(**how: object) -> None:
        monkeypatch.undo()
        raise LookupError("what nobody has thought of")

    monkeypatch.setattr(crew.queue.app, "run_worker_async", fail_once)
    await crew.defer(1)
    async with crew.working():
        await crew.has_run(1)
    assert crew.queue.app.run_worker_async == work
    assert "what nobody has thought of" in caplog.text
    assert "Traceback" in caplog.text
