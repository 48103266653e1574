"""Deadlines that move take their jobs with them, and a job that was overtaken does no harm."""

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.ledger import Ledger
from app.db.queue import EXPIRE_TRADE, Worker
from app.domain.kinds import Status
from app.domain.moves import Extend, Offer
from app.domain.rules import TIME_TO_ANSWER
from app.service.viewer import Viewer
from tests.conftest import TERMS, Deal, Market
from tests.db.audit import broken_promises
from tests.test_jobs import Shift, shift

__all__ = ["shift"]

DEARER = replace(TERMS, quantity=6)


async def due_now(shift: Shift, trade_id: int) -> None:
    """Let the trade's job be due, whatever the trade's deadline."""
    await shift.rows(
        "UPDATE procrastinate_jobs SET scheduled_at = now() - interval '1 second'"
        " WHERE task_name = %s AND (args->>'trade_id')::int = %s",
        EXPIRE_TRADE,
        trade_id,
    )


async def test_an_offer_that_moves_the_deadline_moves_the_job_and_one_that_does_not_leaves_it(
    shift: Shift, market: Market
) -> None:
    early, late = await market.deal(minutes=30), await market.deal(minutes=1)
    before = await shift.rows("SELECT id FROM procrastinate_jobs ORDER BY id")
    for deal in (early, late):
        await deal.play(Offer(1, DEARER), deal.buyer)
    first, second = await early.trade(), await late.trade()
    assert second.expires_at == second.amended_at + TIME_TO_ANSWER
    assert await shift.expiries() == [(early.id, "todo", first.expires_at), (late.id, "todo", second.expires_at)]
    after = await shift.rows("SELECT id FROM procrastinate_jobs ORDER BY id")
    assert (after[0] == before[0], after[1] == before[1]) == (True, False)
    assert await shift.rows("SELECT expiry_job_id FROM trades ORDER BY id") == after


async def test_an_extension_moves_the_job(shift: Shift, market: Market) -> None:
    deal = await market.draft(minutes=0.02)
    until = market.database.clock.now() + timedelta(minutes=5)
    await deal.play(Extend(until), deal.seller)
    assert await shift.expiries() == [(deal.id, "todo", until)]
    await asyncio.sleep(1.3)
    await shift.work()
    assert (await deal.trade()).status is Status.DRAFT


async def test_a_job_that_is_not_the_trade_s_any_more_ends(shift: Shift, market: Market) -> None:
    """It was running already when the deadline moved, so that nothing could take it back."""
    deal = await market.deal(minutes=30)
    until = (await deal.trade()).expires_at + timedelta(minutes=5)
    await shift.rows("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", EXPIRE_TRADE)
    await deal.play(Extend(until), deal.seller)
    await shift.rows("UPDATE procrastinate_jobs SET status = 'todo' WHERE status = 'doing'")
    assert len(await shift.expiries()) == 2
    await due_now(shift, deal.id)
    await shift.work()
    assert await shift.expiries() == [(deal.id, "todo", until)]
    assert (await deal.trade()).status is Status.IN_NEGOTIATION


async def test_an_expiry_that_was_overtaken_is_told_the_deadline_in_force(shift: Shift, market: Market) -> None:
    """Memory says that the time is over; the database, that the deadline has moved meanwhile."""
    deal = await market.deal(minutes=0.01)
    seller = Viewer(deal.seller, 0)
    room = await shift.negotiation.enter(seller, deal.id)
    until = market.database.clock.now() + timedelta(minutes=5)
    await Ledger(market.database, shift.queue, "elsewhere").record(await deal.ask(Extend(until), deal.seller))
    await asyncio.sleep(0.7)
    assert room.trade.expires_at < market.database.clock.now()
    assert await shift.negotiation.expire(deal.id) == until
    assert (await deal.trade()).status is Status.IN_NEGOTIATION


async def test_a_clock_that_is_ahead_hears_the_deadline_too(
    shift: Shift, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rules say yes and its ledger says no, again and again: that is no failure, and no end of the job."""
    deal = await market.deal(minutes=30)
    now = market.database.clock.now
    monkeypatch.setattr(shift.recorder, "_now", lambda: now() + timedelta(hours=1))
    assert await shift.negotiation.expire(deal.id) == (await deal.trade()).expires_at


@pytest.mark.parametrize("what", ["offer", "extend"])
async def test_late_moves_meet_a_working_worker_and_every_open_trade_keeps_one_job(
    shift: Shift, market: Market, url: str, what: str
) -> None:
    """Some offers and extensions come before the deadline, some after it, and some find the job running already."""
    deals = [await market.deal(f"Oak {n}", minutes=0.03) for n in range(12)]
    worker = asyncio.create_task(Worker(shift.queue, url).run())

    async def put_off(deal: Deal, late: float) -> bool:
        trade = await deal.trade()
        move = Offer(1, DEARER) if what == "offer" else Extend(trade.expires_at + timedelta(minutes=1))
        asked = await deal.ask(move, deal.seller, now=trade.expires_at - timedelta(seconds=1))
        left = (trade.expires_at - market.database.clock.now()).total_seconds()
        await asyncio.sleep(max(0.0, left + late))
        return await market.ledger.record(asked) is not None

    made = await asyncio.gather(*(put_off(deal, (n - 8) / 400) for n, deal in enumerate(deals)))
    async with asyncio.timeout(10):
        while len(await shift.expiries()) > sum(made):  # noqa: ASYNC110 - the database's event
            await asyncio.sleep(0.05)
    worker.cancel()
    with suppress(asyncio.CancelledError):
        await worker
    assert any(made)
    assert not all(made)
    for deal, was_made in zip(deals, made, strict=True):
        assert (await deal.trade()).status is (Status.IN_NEGOTIATION if was_made else Status.EXPIRED)
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}
