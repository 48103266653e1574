"""Two moves that cross, one by one and in both orders: the first commit wins, and the other is judged anew."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from app.db.engine import connect
from app.domain.actions import Outcome
from app.domain.kinds import Kind, Status
from app.domain.moves import Accept, Expire, Extend, Move, Offer, Reject, See, Withdraw
from app.domain.refusals import Reason, Refusal
from app.domain.rules import TIME_TO_ANSWER
from tests.conftest import TERMS, Deal, Market
from tests.db.audit import broken_promises
from tests.races.interleavings import Saw

HERS, HIS = replace(TERMS, quantity=4), replace(TERMS, quantity=6)
MINUTE = timedelta(minutes=1)
LATER = "later"
"""A deadline a minute after the one that stands."""

# Who makes which move, twice, and what the second one comes to: a status, or why it is refused. Sam's offer stands.
Crossing = tuple[str, object, str, object, Status | Reason]
CROSSINGS: list[Crossing] = [
    ("buyer", Offer(1, HERS), "seller", Offer(1, HIS), Reason.STALE),
    ("seller", Offer(1, HIS), "buyer", Offer(1, HERS), Reason.STALE),
    ("buyer", Offer(1, HERS), "buyer", Offer(1, HIS), Reason.STALE),
    ("seller", Offer(1, HIS), "buyer", Accept(1), Reason.STALE),
    ("buyer", Accept(1), "seller", Offer(1, HIS), Reason.CLOSED),
    ("buyer", Offer(1, HERS), "buyer", Accept(1), Reason.STALE),
    ("buyer", Accept(1), "buyer", Offer(1, HERS), Reason.CLOSED),
    ("buyer", Accept(1), "buyer", Accept(1), Reason.CLOSED),
    ("seller", Withdraw(1), "buyer", Accept(1), Reason.CLOSED),
    ("buyer", Accept(1), "seller", Withdraw(1), Reason.CLOSED),
    ("buyer", Offer(1, HERS), "seller", Withdraw(1), Reason.STALE),
    ("seller", Withdraw(1), "buyer", Offer(1, HERS), Reason.CLOSED),
    ("buyer", Reject(1), "seller", Withdraw(1), Reason.CLOSED),
    ("seller", LATER, "buyer", Accept(1), Status.ACCEPTED),
    ("buyer", Accept(1), "seller", LATER, Reason.CLOSED),
    ("seller", LATER, "buyer", Offer(1, HERS), Status.IN_NEGOTIATION),
    ("buyer", Offer(1, HERS), "seller", LATER, Status.IN_NEGOTIATION),
    ("seller", LATER, "seller", LATER, Reason.INVALID),
    ("seller", LATER, "seller", Withdraw(1), Status.WITHDRAWN),
    ("buyer", See(1), "buyer", Accept(1), Status.ACCEPTED),
    ("buyer", See(1), "buyer", See(1), Reason.INVALID),
]


async def is_waiting(connection: psycopg.AsyncConnection, count: int) -> None:
    """Return once so many wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with asyncio.timeout(5):
        while (await (await connection.execute(waiting)).fetchone()) != (count,):  # noqa: ASYNC110 - the server's event
            await asyncio.sleep(0.005)


async def make(deal: Deal, by: str, move: object) -> tuple[Move, Outcome]:
    """The move as it is judged on the trade that both have on their screens."""
    if move is LATER:
        move = Extend((await deal.trade()).expires_at + MINUTE)
    real: Move = move  # type: ignore[assignment]
    return real, await deal.ask(real, deal.buyer if by == "buyer" else deal.seller)


@pytest.mark.parametrize("crossing", CROSSINGS, ids=str)
async def test_the_first_commit_wins_and_the_other_is_judged_anew(
    deal: Deal, url: str, saw: Saw, crossing: Crossing
) -> None:
    first_by, first, second_by, second, end = crossing
    ledger = deal.market.ledger
    one, (other, judged) = await make(deal, first_by, first), await make(deal, second_by, second)
    async with await connect(url) as holder, await connect(url) as watcher, asyncio.TaskGroup() as group:
        await holder.execute("BEGIN")
        await holder.execute("SELECT FROM trades WHERE id = %s FOR UPDATE", (deal.id,))
        winner = group.create_task(ledger.record(one[1]))
        await is_waiting(watcher, 1)
        loser = group.create_task(ledger.record(judged))
        await is_waiting(watcher, 2)
        await holder.execute("ROLLBACK")
    assert winner.result() is not None
    assert loser.result() is None
    saw({f"{one[0].kind} before {other.kind}": 1})
    person = deal.buyer if second_by == "buyer" else deal.seller
    if isinstance(end, Reason):
        with pytest.raises(Refusal) as caught:
            await deal.play(other, person)
        assert caught.value.reason is end
    else:
        assert (await deal.play(other, person)).trade.status is end
    async with deal.market.database.raw() as connection:
        assert await broken_promises(connection) == {}


@pytest.mark.parametrize("what", ["offer", "extend"])
async def test_at_the_deadline_it_is_in_time_or_nothing(market: Market, saw: Saw, what: str) -> None:
    """An offer and an extension a moment before the deadline, at it and after it, each against the expiry."""
    taken: dict[int, list[bool]] = {}
    for milliseconds in (-100, -20, -1, 0, 1):
        deals = [await market.deal(minutes=0.015) for _ in range(5)]
        meetings = (meet_the_deadline(deal, what, milliseconds / 1000, saw) for deal in deals)
        taken[milliseconds] = await asyncio.gather(*meetings)
    assert any(taken[-100] + taken[-20]), "none was in time"
    assert not all(taken[0] + taken[1]), "none met the expiry"
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}


async def meet_the_deadline(deal: Deal, what: str, late: float, saw: Saw) -> bool:
    """Make the move so late, and expire the trade at its deadline, at once; returns whether the move was in time."""
    trade, ledger = await deal.trade(), deal.market.ledger
    early = trade.expires_at - timedelta(milliseconds=1)
    move: Move = Offer(1, HERS) if what == "offer" else Extend(trade.expires_at + MINUTE)
    asked = await deal.ask(move, deal.buyer if what == "offer" else deal.seller, now=early)
    expiry = await deal.ask(Expire(), now=trade.expires_at)

    async def at(moment: float, outcome: Outcome) -> Outcome | None:
        left = (trade.expires_at - deal.market.database.clock.now()).total_seconds()
        await asyncio.sleep(max(0.0, left + moment))
        return await ledger.record(outcome)

    moved, expired = await asyncio.gather(at(late, asked), at(0.0, expiry))
    if not moved and not expired:  # the expiry came a moment early, by the measure of the database's clock
        await deal.wait_for_deadline()
        expired = await ledger.record(expiry)
    assert bool(moved) != bool(expired), "it is one of them"
    now = await deal.trade()
    if moved:
        assert moved.action.at < trade.expires_at
        later = moved.action.at + TIME_TO_ANSWER if what == "offer" else trade.expires_at + MINUTE
        assert now.expires_at == later
        assert now.status is Status.IN_NEGOTIATION
    if expired:
        assert expired.action.at >= trade.expires_at == now.expires_at
    first, second = (move.kind, Kind.EXPIRED) if moved else (Kind.EXPIRED, move.kind)
    saw({f"{first} before {second}": 1})
    return bool(moved)
