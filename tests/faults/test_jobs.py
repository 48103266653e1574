"""Expiry jobs that run twice, early, late, or for a trade that is no more: the real worker, the real queue."""

from datetime import UTC, datetime, timedelta

from app.db.engine import connect
from app.db.queue import Queue
from app.domain import rules
from app.domain.kinds import Role
from app.domain.moves import Accept
from tests.bench.town import Deal, town
from tests.faults.talk import Said, nothing_is_lost, status_of
from tests.faults.traderoom import Traderoom, rows, until

SOON = 4.0
"""Seconds to the deadline."""
_JOBS = "SELECT status::text, args ->> 'trade_id' FROM procrastinate_jobs WHERE task_name = 'expire_trade'"


async def test_a_job_that_runs_twice_early_late_or_for_nothing_expires_each_trade_once_at_its_deadline(
    application: Traderoom, url: str, owner_url: str
) -> None:
    async with town(url) as there:
        twice, early, late, far = await there.rooms(4, SOON / 60)
        people = [await application.enter(deal.buyer, deal.path) for deal in (twice, early, late, far)]
        done = await there.deal(twice.seller, twice.buyer)
        asked = rules.apply(done.trade, Accept(1), by=Role.BUYER, now=there.database.clock.now())
        assert await there.ledger.record(asked)
    postpone = "UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE id = %s RETURNING id"
    assert await rows(owner_url, postpone, await _job_of(url, late))
    hasten = "UPDATE procrastinate_jobs SET scheduled_at = now() WHERE id = %s RETURNING id"
    assert await rows(owner_url, hasten, await _job_of(url, early))
    now = datetime.now(UTC)
    for _ in range(5):
        await _defer(url, twice.trade.id, twice.trade.expires_at)
        await _defer(url, early.trade.id, now)
        await _defer(url, done.trade.id, now)
        await _defer(url, 1_000_000_000, now)
    await until(
        lambda: _early_ones_wait(url, early),
        what="the trade's own job waits for the deadline, the others that came early have ended",
    )
    assert [status_of(person.page) for person in people] == ["In negotiation"] * 4
    for person in (people[0], people[1], people[3]):
        await person.until(lambda page: status_of(page) == "Expired")
    await people[2].until(lambda page: status_of(page) == "Expired")  # its job is late: the look for overdue trades
    await _defer(url, late.trade.id, now - timedelta(hours=1))

    expired = await rows(
        owner_url,
        "SELECT t.id, count(*), min(a.at - t.expires_at) >= interval '0' FROM trade_actions a"
        " JOIN trades t ON t.id = a.trade_id WHERE a.kind = 'expired' GROUP BY t.id ORDER BY t.id",
    )
    assert expired == [(number, 1, True) for number in sorted(deal.trade.id for deal in (twice, early, late, far))]
    await until(lambda: _none_is_left(url), what="every job is done and gone")
    await nothing_is_lost(owner_url, Said())
    assert "Traceback" not in application.said()


async def _defer(url: str, trade_id: int, at: datetime) -> None:
    async with await connect(url) as connection:
        await Queue(url).defer_expiry(trade_id, at, connection)


async def _job_of(url: str, deal: Deal) -> int:
    [(job,)] = await rows(url, "SELECT expiry_job_id FROM trades WHERE id = %s", deal.trade.id)
    return int(job)


async def _early_ones_wait(url: str, early: Deal) -> bool:
    left = f"{_JOBS} AND args ->> 'trade_id' = %s"
    waiting = await rows(url, f"{left} AND attempts > 0 AND status = 'todo'", str(early.trade.id))
    return len(waiting) == len(await rows(url, left, str(early.trade.id))) == 1


async def _none_is_left(url: str) -> bool:
    return not await rows(url, _JOBS)
