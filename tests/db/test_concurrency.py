"""Many at once on one trade: the row's lock gives them an order, and one of them the last word."""

import asyncio
from collections import Counter
from dataclasses import replace

import psycopg
import pytest

from app.db.engine import Database, connect
from app.db.history import History
from app.db.ledger import Ledger
from app.db.queue import Queue
from app.db.statements import STATEMENTS, _statement
from app.domain.actions import Outcome
from app.domain.kinds import KINDS, OPEN, Kind, Status
from app.domain.moves import Accept, Expire, Join, Offer, Reject, RequestAmendment, SendMessage
from tests.conftest import Deal, Market
from tests.db.audit import broken_promises
from tests.db.test_ledger import DEARER


async def recorded(ledger: Ledger, asked: list[Outcome]) -> list[Outcome]:
    """Record them all at once; returns those that were recorded, in the order of their seq."""
    results = await asyncio.gather(*(ledger.record(outcome) for outcome in asked))
    return sorted((outcome for outcome in results if outcome), key=lambda outcome: outcome.action.seq)


async def test_accept_reject_amend_and_expire_at_once_give_one_outcome(market: Market, database: Database) -> None:
    winners: Counter[tuple[Kind, ...]] = Counter()
    for n in range(12):
        deal = await market.deal(f"Oak {n}")
        asked = [
            await deal.ask(Accept(1), deal.buyer),
            await deal.ask(Reject(1), deal.buyer),
            await deal.ask(Offer(1, DEARER), deal.seller),
            await deal.ask(Expire(), now=(await deal.trade()).expires_at),
        ]
        kept = await recorded(market.ledger, asked[n % 4 :] + asked[: n % 4])
        kinds = tuple(outcome.action.kind for outcome in kept)
        # An amendment may come first; then whatever was judged on version 1 is stale, and has to be judged anew.
        assert kinds in {(Kind.ACCEPTED,), (Kind.REJECTED,), (Kind.AMENDED,)}
        assert await deal.trade() == kept[-1].trade
        winners[kinds] += 1
    assert len(winners) > 1, "always the same winner: the moves did not meet"
    async with database.raw() as connection:
        assert await broken_promises(connection) == {}


async def test_a_double_click_accepts_once(deal: Deal, market: Market) -> None:
    click = await deal.ask(Accept(1), deal.buyer)
    [accepted] = await recorded(market.ledger, [click] * 8)
    assert await deal.trade() == accepted.trade
    assert (await deal.standing()).seq == 3


async def test_two_tabs_that_amend_the_same_version_make_one_new_version(deal: Deal, market: Market) -> None:
    tab = await deal.ask(Offer(1, DEARER), deal.seller)
    [amended] = await recorded(market.ledger, [tab] * 8)
    assert (await deal.trade()) == amended.trade
    assert len(await market.history.versions(deal.id)) == 2


async def test_of_many_who_join_at_once_one_gets_the_seat(market: Market) -> None:
    deal = await market.draft()
    people = [await market.person(f"Buyer {n}") for n in range(8)]
    [joined] = await recorded(market.ledger, [await deal.ask(Join(person, deal.code), person) for person in people])
    trade = await deal.trade()
    assert trade == joined.trade
    assert trade.buyer in people


async def test_twenty_messages_at_once_are_all_kept_without_a_gap(deal: Deal, market: Market, history: History) -> None:
    asked = [await deal.ask(SendMessage(f"message {n}"), deal.seller if n % 2 else deal.buyer) for n in range(20)]
    kept = await recorded(market.ledger, asked)
    assert [outcome.action.seq for outcome in kept] == list(range(3, 23))
    assert await history.actions_since(deal.id, 2) == [outcome.action for outcome in kept]
    assert sorted(outcome.action.text for outcome in kept) == sorted(outcome.action.text for outcome in asked)
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}


async def test_more_moves_than_connections_wait_their_turn(market: Market) -> None:
    deals = await asyncio.gather(*(market.deal(f"Oak {n}") for n in range(30)))
    asked = await asyncio.gather(*(deal.ask(SendMessage("Hi"), deal.buyer) for deal in deals for _ in range(5)))
    assert len(await recorded(market.ledger, list(asked))) == 150


async def test_a_message_does_not_wait_for_another_trade_s_lock(market: Market, url: str) -> None:
    slow, other = await market.deal("Oak"), await market.deal("Pine")
    async with await connect(url) as connection, connection.transaction():
        await connection.execute("SELECT FROM trades WHERE id = %s FOR UPDATE", (slow.id,))
        async with asyncio.timeout(2):
            await other.play(SendMessage("Quick"), other.buyer)


async def test_a_move_gives_up_on_a_lock_that_is_held_for_long(deal: Deal, market: Market, url: str) -> None:
    """The bound is five seconds; a tenth of one here, to spare the wait."""
    impatient = Database(url, pool_size=1)
    await impatient.open()
    async with await connect(url) as connection, connection.transaction():
        await connection.execute("SELECT FROM trades WHERE id = %s FOR UPDATE", (deal.id,))
        async with impatient.raw() as raw:
            bound = await (await raw.execute("SHOW lock_timeout")).fetchone()
            assert bound == ("5s",)
            await raw.execute("SET lock_timeout = '100ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            await Ledger(impatient, Queue(url), "there").record(await deal.ask(RequestAmendment("?"), deal.buyer))
    await impatient.close()
    assert (await deal.trade()).status is Status.IN_NEGOTIATION
    await deal.play(Accept(1), deal.buyer)


async def test_what_changes_nothing_keeps_to_its_statuses_under_the_lock_too(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of what changes no trade only that is compared: the status that it was judged in."""
    monkeypatch.setitem(KINDS, Kind.MESSAGE_SENT, replace(KINDS[Kind.MESSAGE_SENT], during=frozenset(OPEN)))
    monkeypatch.setitem(STATEMENTS, Kind.MESSAGE_SENT, _statement(Kind.MESSAGE_SENT))
    deal = await market.deal()
    asked = [await deal.ask(SendMessage("Wait!"), deal.seller) for _ in range(2)]
    assert await market.ledger.record(asked[0]) is not None
    await deal.play(Accept(1), deal.buyer)
    assert await market.ledger.record(asked[1]) is None
