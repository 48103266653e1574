"""The database's clock decides, under the row's lock: no move at or after the deadline, no expiry before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import psycopg
import pytest

from app.db.engine import Database, connect
from app.domain.actions import Outcome
from app.domain.kinds import Kind, Status
from app.domain.moves import Accept, Expire, Join, Move, Offer, RequestAmendment, SendMessage
from app.domain.refusals import Refusal
from tests.conftest import Deal, Market
from tests.db.audit import broken_promises
from tests.db.test_ledger import DEARER, OPEN_MOVES, mover, word

SHORT = 0.02
"""Minutes: 1.2 seconds, long enough to join on a busy machine."""


async def early(deal: Deal, move: Move) -> Outcome:
    """What the rules said of a move when there was a minute left."""
    by = mover(deal, move)
    return await deal.ask(move, by, now=(await deal.trade()).expires_at - timedelta(minutes=1))


@pytest.mark.parametrize("move", OPEN_MOVES, ids=word)
async def test_a_move_after_the_deadline_is_not_recorded_though_the_rules_saw_an_earlier_clock(
    market: Market, move: Move
) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    standing = await deal.standing()
    assert await market.ledger.record(await early(deal, move)) is None
    assert await deal.standing() == standing


@pytest.mark.parametrize("move", ["join", "amend"])
async def test_a_draft_is_bound_by_its_deadline_too(market: Market, move: str) -> None:
    deal = await market.past(Status.DRAFT)
    asked = await early(deal, Join(deal.buyer, deal.code) if move == "join" else Offer(1, DEARER))
    assert await market.ledger.record(asked) is None
    assert (await deal.trade()).status is Status.DRAFT


async def test_messages_are_recorded_after_the_deadline_before_and_after_the_job_ran(market: Market) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    await deal.play(SendMessage("Too late?"), deal.buyer)
    await deal.play(Expire())
    await deal.play(SendMessage("Too late."), deal.seller)


@pytest.mark.parametrize("status", [Status.DRAFT, Status.IN_NEGOTIATION])
async def test_an_overdue_trade_expires_once(market: Market, status: Status) -> None:
    deal = await market.past(status)
    asked = await deal.ask(Expire())
    closed = await market.ledger.record(asked)
    assert closed is not None
    assert (closed.trade.status, closed.action.kind, closed.action.actor) == (Status.EXPIRED, Kind.EXPIRED, None)
    assert closed.trade.closed_at == closed.action.at >= closed.trade.expires_at
    assert await deal.trade() == closed.trade
    assert await market.ledger.record(asked) is None


async def test_an_expiry_before_the_deadline_is_not_recorded_though_the_rules_saw_a_later_clock(deal: Deal) -> None:
    standing = await deal.standing()
    asked = await deal.ask(Expire(), now=standing.trade.expires_at + timedelta(hours=1))
    assert await deal.market.ledger.record(asked) is None
    assert await deal.standing() == standing


@asynccontextmanager
async def holding_the_row(url: str, deal: Deal, *, changing: bool) -> AsyncIterator[None]:
    """Hold the trade's row lock, as a slow move does; `changing` also writes to the row."""
    statement = "UPDATE trades SET active_at = active_at WHERE id = %s" if changing else (
        "SELECT FROM trades WHERE id = %s FOR UPDATE"
    )  # fmt: skip
    async with await connect(url) as connection, connection.transaction():
        await connection.execute(statement, (deal.id,))
        yield


async def is_waiting(connection: psycopg.AsyncConnection, count: int = 1) -> None:
    """Return once so many wait for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while (await (await connection.execute(waiting)).fetchone()) != (count,):  # noqa: ASYNC110 - the server's event
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("changing", [False, True], ids=["holder reads", "holder writes"])
async def test_moves_that_wait_for_the_lock_past_the_deadline_are_not_recorded(
    market: Market, url: str, changing: bool
) -> None:
    deal = await market.deal(minutes=SHORT)
    asked = [await deal.ask(move, mover(deal, move)) for move in OPEN_MOVES]
    async with market.database.raw() as watching:
        async with holding_the_row(url, deal, changing=changing):
            waiting = [asyncio.create_task(market.ledger.record(outcome)) for outcome in asked]
            await is_waiting(watching, len(asked))
            assert market.database.clock.now() < asked[0].trade.expires_at, "this machine is too slow for the test"
            await deal.wait_for_deadline()
        assert await asyncio.gather(*waiting) == [None] * len(asked)
    assert (await deal.standing()).seq == 2


async def test_an_expiry_that_begins_before_the_deadline_and_waits_past_it_is_recorded_at_the_true_time(
    market: Market, url: str
) -> None:
    deal = await market.deal(minutes=SHORT)
    expires_at = (await deal.trade()).expires_at
    asked = await deal.ask(Expire(), now=expires_at)
    async with market.database.raw() as watching:
        async with holding_the_row(url, deal, changing=True):
            waiting = asyncio.create_task(market.ledger.record(asked))
            await is_waiting(watching)
            await deal.wait_for_deadline()
        closed = await waiting
    assert closed is not None
    assert closed.action.at >= expires_at


async def test_moves_in_a_stream_stop_at_the_deadline_and_the_expiry_follows(market: Market) -> None:
    """The movers' clock is an hour early and the expiry's an hour late, and both try all the time."""
    deal = await market.deal(minutes=SHORT)
    expires_at = (await deal.trade()).expires_at
    recorded: list[Outcome] = []

    async def stream(move: Move, *, clock: timedelta) -> None:
        with suppress(Refusal):  # in the end the rules, too, know that it is over
            while True:
                asked = await deal.ask(move, mover(deal, move), now=expires_at + clock)
                if outcome := await market.ledger.record(asked):
                    recorded.append(outcome)

    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(stream(RequestAmendment("Less?"), clock=timedelta(hours=-1)))
            group.create_task(stream(Expire(), clock=timedelta(hours=1)))
    *requests, expired = sorted(recorded, key=lambda outcome: outcome.action.seq)
    assert len(requests) > 20
    assert {outcome.action.kind for outcome in requests} == {Kind.AMENDMENT_REQUESTED}
    assert requests[-1].action.at < expires_at <= expired.action.at
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}


async def test_accept_and_expire_on_the_deadline_s_edge_give_one_outcome(database: Database, market: Market) -> None:
    """Twenty trades, each accepted and expired by many at the very moment of its deadline."""
    deals = await asyncio.gather(*(market.deal(f"Oak {n}", minutes=SHORT) for n in range(20)))

    async def settle(deal: Deal) -> list[Outcome]:
        expires_at = (await deal.trade()).expires_at
        accept = await deal.ask(Accept(1), deal.buyer)
        expire = await deal.ask(Expire(), now=expires_at)
        recorded: list[Outcome] = []
        left = (expires_at - database.clock.now()).total_seconds()
        await asyncio.sleep(left - 0.01)
        while not recorded:
            both = await asyncio.gather(market.ledger.record(accept), market.ledger.record(expire))
            recorded += [outcome for outcome in both if outcome]
        return recorded

    outcomes = await asyncio.gather(*(settle(deal) for deal in deals))
    assert [len(recorded) for recorded in outcomes] == [1] * len(deals)
    async with database.raw() as connection:
        assert await broken_promises(connection) == {}
