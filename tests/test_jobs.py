"""What time does to trades, run by a real worker: once, not early, whatever became of the trade or of its job."""

import asyncio
import sys
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app import jobs
from app.db.queue import EXPIRE_TRADE, Queue
from app.domain.kinds import Kind, Status
from app.domain.moves import Accept
from app.rooms.dashboard import Dashboard
from app.rooms.lobby import Lobby
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.negotiation import Negotiation
from app.service.recorder import Recorder
from app.service.trades import Trades
from tests.conftest import TERMS, Deal, Market
from tests.db.outage import cut

ROOT = Path(__file__).parents[1]
DEARER = replace(TERMS, quantity=6)


class Shift:
    """A worker's process: the queue with the tasks registered in it."""

    def __init__(self, market: Market, queue: Queue) -> None:
        self.market, self.queue = market, queue
        now, presence = market.database.clock.now, Presence()
        lobby = Lobby(market.history, Ticker(now), presence, Dashboard(market.history, presence))
        limits = Limits({})
        self.recorder = Recorder(market.ledger, market.history, lobby, now)
        negotiation = self.negotiation = Negotiation(self.recorder, market.history, lobby, limits)
        dashboard = Dashboard(market.history, presence)
        trades = Trades(market.ledger, market.history, lobby, dashboard, limits, most_open=9)
        jobs.register(queue, negotiation, trades, Accounts(market.accounts, limits))

    async def work(self) -> None:
        """Run everything that is due, and stop."""
        await self.queue.app.run_worker_async(
            wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )

    async def run(self, task: str, **arguments: Any) -> None:
        """Run one task now."""
        await self.queue.app.tasks[task](**arguments)

    async def expiries(self) -> list[tuple[int, str, datetime]]:
        """The expiry jobs that the table holds: trade, status and due time."""
        statement = (
            "SELECT (args->>'trade_id')::int, status::text, scheduled_at FROM procrastinate_jobs"
            " WHERE task_name = %s ORDER BY id"
        )
        return await self.rows(statement, EXPIRE_TRADE)

    async def rows(self, statement: str, *parameters: Any) -> list[Any]:
        """What a statement returns, if anything."""
        async with self.market.database.raw() as connection:
            cursor = await connection.execute(statement.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []


@pytest.fixture
async def shift(market: Market, queue: Queue) -> Shift:
    """A worker to be."""
    return Shift(market, queue)


async def kinds(deal: Deal) -> list[Kind]:
    """What has happened in a trade."""
    return [action.kind for action in await deal.market.history.actions(deal.id)]


async def test_the_job_that_was_made_with_the_trade_expires_it_and_is_gone(shift: Shift, market: Market) -> None:
    deal = await market.draft(minutes=0.01)
    trade = await deal.trade()
    assert await shift.expiries() == [(deal.id, "todo", trade.expires_at)]
    await deal.wait_for_deadline()
    await shift.work()
    assert await kinds(deal) == [Kind.CREATED, Kind.EXPIRED]
    assert await shift.expiries() == []


async def test_a_job_that_runs_twice_expires_once(shift: Shift, market: Market) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    await asyncio.gather(*(shift.negotiation.expire(deal.id) for _ in range(3)))
    await shift.negotiation.expire(deal.id)
    assert (await kinds(deal)).count(Kind.EXPIRED) == 1


async def test_a_job_that_comes_late_finds_the_outcome_and_leaves_it(shift: Shift, market: Market) -> None:
    for status in (Status.ACCEPTED, Status.REJECTED, Status.EXPIRED):
        deal = await market.past(status)
        standing = await deal.standing()
        await shift.negotiation.expire(deal.id)
        assert await deal.standing() == standing


async def test_a_job_that_comes_early_waits_for_the_deadline(shift: Shift, market: Market) -> None:
    """A worker whose clock is ahead, or somebody who moved the job."""
    deal = await market.draft(minutes=0.02)
    trade = await deal.trade()
    await shift.rows("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = %s", EXPIRE_TRADE)
    await shift.work()
    assert (await deal.trade()).status is Status.DRAFT
    ((_, status, due),) = await shift.expiries()
    assert (status, abs(due - trade.expires_at) < timedelta(milliseconds=1)) == ("todo", True)
    await deal.wait_for_deadline()
    await shift.work()
    assert (await deal.trade()).status is Status.EXPIRED
    assert await shift.expiries() == []


async def test_a_job_for_a_trade_that_vanished_does_nothing_and_is_gone(shift: Shift) -> None:
    task = shift.queue.app.configure_task(EXPIRE_TRADE)
    await task.defer_async(trade_id=12345)
    await shift.work()
    assert await shift.expiries() == []


async def test_an_outcome_takes_the_job_along(shift: Shift, deal: Deal) -> None:
    assert len(await shift.expiries()) == 1
    await deal.play(Accept(1), deal.buyer)
    assert await shift.expiries() == []


async def test_a_database_that_fails_is_asked_again(
    shift: Shift, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = await market.draft(minutes=0.005)
    await deal.wait_for_deadline()

    async def fail(_: object) -> None:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(market.ledger, "record", fail)
        await shift.work()
    ((_, status, due),) = await shift.expiries()
    assert (status, due > market.database.clock.now()) == ("todo", True)
    await shift.rows("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = %s", EXPIRE_TRADE)
    await shift.work()
    assert (await deal.trade()).status is Status.EXPIRED


async def test_the_sweep_expires_what_a_lost_job_left_open(shift: Shift, market: Market) -> None:
    deal = await market.draft(minutes=0.005)
    await shift.rows("DELETE FROM procrastinate_jobs WHERE task_name = %s", EXPIRE_TRADE)
    never_had_one = await market.past(Status.DRAFT)
    in_time = await market.deal()
    await deal.wait_for_deadline()
    await shift.work()
    await shift.run("sweep", timestamp=0)
    assert (await kinds(deal)).count(Kind.EXPIRED) == 1
    assert (await never_had_one.trade()).status is Status.EXPIRED
    assert (await in_time.trade()).status is Status.IN_NEGOTIATION
    await shift.run("sweep", timestamp=0)
    assert (await kinds(deal)).count(Kind.EXPIRED) == 1


async def test_the_sweep_reaches_more_than_one_reading_s_worth(
    shift: Shift, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(market.history, "overdue", partial(market.history.overdue, limit=2))
    overdue = [await market.past(Status.IN_NEGOTIATION, f"Oak {n}") for n in range(5)]
    for _ in range(3):
        await shift.run("sweep", timestamp=0)
    assert {(await deal.trade()).status for deal in overdue} == {Status.EXPIRED}


async def test_one_trade_that_cannot_be_expired_does_not_stop_the_sweep(
    shift: Shift, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = [await market.past(Status.IN_NEGOTIATION, f"Oak {n}") for n in range(3)]
    record = market.ledger.record

    async def stumble(outcome: Any, request: Any) -> Any:
        if outcome.trade.id == second.id:
            raise OSError("this row is broken")
        return await record(outcome, request)

    monkeypatch.setattr(market.ledger, "record", stumble)
    for _ in range(2):
        with suppress(OSError):  # it may tell so, after the others
            await shift.run("sweep", timestamp=0)
    assert [(await deal.trade()).status for deal in (first, third)] == [Status.EXPIRED] * 2


async def test_a_look_expires_within_five_seconds_what_a_killed_worker_keeps(shift: Shift, market: Market) -> None:
    deal = await market.draft(minutes=0.01)
    stranger = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.db.stuck_worker", market.database.url, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert stranger.stdout is not None
    assert await stranger.stdout.readline() == f"{deal.id}\n".encode()
    stranger.kill()
    await stranger.communicate()
    look = asyncio.create_task(jobs.look_for_overdue(shift.negotiation))
    async with asyncio.timeout(10):
        while (await deal.trade()).status is not Status.EXPIRED:  # noqa: ASYNC110 - the database's event
            await asyncio.sleep(0.05)
    trade = await deal.trade()
    assert trade.closed_at is not None
    assert trade.closed_at - trade.expires_at < timedelta(seconds=5)
    assert not look.done()
    look.cancel()
    assert [job[1] for job in await shift.expiries()] == ["doing"], "the worker's own job is still its own"


async def test_the_look_goes_on_when_the_database_was_away_and_leaves_to_jobs_what_is_due_just_now(
    shift: Shift, market: Market, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "_LOOK", 0.05)
    monkeypatch.setattr(jobs, "_LATE", 0.5)
    look = asyncio.create_task(jobs.look_for_overdue(shift.negotiation))
    for _ in range(3):
        await cut(url)
        await asyncio.sleep(0.05)
    deal = await market.draft(minutes=0.005)
    await deal.wait_for_deadline()
    assert (await deal.trade()).status is Status.DRAFT
    async with asyncio.timeout(5):
        while (await deal.trade()).status is not Status.EXPIRED:  # noqa: ASYNC110 - the database's event
            await asyncio.sleep(0.05)
    assert not look.done()
    look.cancel()


async def test_the_periodic_tasks_are_deferred_by_every_worker(shift: Shift) -> None:
    periodic = shift.queue.app.periodic_registry.periodic_tasks
    assert {task.task.name: task.cron for task in periodic.values()} == {"sweep": "* * * * *", "clean_up": "17 * * * *"}


async def test_the_clean_up_forgets_what_nobody_needs(shift: Shift, market: Market) -> None:
    sam = await market.person("Sam")
    await market.accounts.create_session(sam.id, b"x" * 32)
    await market.accounts.create_session(sam.id, b"y" * 32)
    await shift.rows("UPDATE sessions SET seen_at = now() - interval '1 year' WHERE token_hash = %s", b"x" * 32)
    await shift.run("clean_up", timestamp=0)
    assert len(await shift.rows("SELECT 1 FROM sessions")) == 1
