"""Who is due to be told by mail: once for an absence, once before the deadline, once about the outcome."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from app.db import absences
from app.db.absences import SWEEP, SWEEP_VALUES, Absences
from app.db.queue import MAIL_NEWS, Queue
from app.domain.moves import Accept, Expire, Extend, Offer, Reject, ReleaseSeat, RequestAmendment, See, SendMessage
from tests.conftest import TERMS, Deal, Market
from tests.db.conftest import Post

DEARER = Offer(1, replace(TERMS, quantity=6), "")


@pytest.mark.parametrize(
    ("move", "by", "about"),
    [
        (SendMessage("Hello"), "seller", "message_sent"),
        (SendMessage("Hello"), "buyer", "message_sent"),
        (DEARER, "seller", "amended"),
        (DEARER, "buyer", "amended"),
        (RequestAmendment("Cheaper"), "buyer", "amendment_requested"),
        (Accept(1), "buyer", "accepted"),
        (Reject(1), "buyer", "rejected"),
    ],
)
async def test_the_other_side_is_told_of_what_matters(post: Post, deal: Deal, move: Any, by: str, about: str) -> None:
    actor, other = (deal.seller, deal.buyer) if by == "seller" else (deal.buyer, deal.seller)
    await deal.play(move, actor)
    assert await post.told() == [(other.id, about)]
    assert await post.told() == []


async def test_the_seller_is_told_that_somebody_joined(post: Post, market: Market) -> None:
    deal = await market.deal("Another table")
    assert await post.told() == [(deal.seller.id, "joined")]


async def test_what_is_no_news_is_nobody_s_mail(post: Post, deal: Deal) -> None:
    await deal.play(Extend(deal_deadline(await deal.trade())), deal.seller)
    await deal.play(See(1), deal.buyer)
    assert await post.told() == []


def deal_deadline(trade: Any) -> Any:
    """An hour more."""
    return trade.expires_at + timedelta(hours=1)


async def test_whoever_lost_the_seat_is_told_nothing(post: Post, deal: Deal) -> None:
    await deal.play(SendMessage("Hello"), deal.seller)
    await deal.play(ReleaseSeat("x" * 26), deal.seller)
    assert await post.told() == []


async def test_nobody_is_told_before_two_minutes_have_passed(
    post: Post, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", absences.UNSEEN_FOR)
    await deal.play(SendMessage("Hello"), deal.seller)
    assert await post.told() == []
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", timedelta(0))
    assert await post.told() == [(deal.buyer.id, "message_sent")]


@pytest.mark.parametrize("why", ["seen", "acted", "unsubscribed", "no address", "not confirmed"])
async def test_nobody_is_told_who_has_seen_it_or_wants_no_mail(post: Post, deal: Deal, why: str) -> None:
    await deal.play(SendMessage("Hello"), deal.seller)
    match why:
        case "seen":
            await post.see(deal, deal.buyer)
        case "acted":
            await deal.play(SendMessage("Hello yourself"), deal.buyer)
            await post.see(deal, deal.seller)
        case "unsubscribed":
            await post.run("UPDATE addresses SET subscribed = false")
        case "no address":
            await post.run("DELETE FROM addresses")
        case _:
            await post.run("UPDATE addresses SET wanted = address, wanted_at = now(), address = NULL")
    assert await post.told() == []


async def test_one_absence_is_one_mail_until_they_have_been_there(post: Post, deal: Deal) -> None:
    for text in ("One", "Two"):
        await deal.play(SendMessage(text), deal.seller)
    assert await post.told() == [(deal.buyer.id, "message_sent")]
    await deal.play(DEARER, deal.seller)
    assert await post.told() == []
    await post.see(deal, deal.buyer)
    assert await post.told() == []
    await deal.play(SendMessage("Three"), deal.seller)
    assert await post.told() == [(deal.buyer.id, "message_sent")]


async def test_the_weightiest_is_what_a_mail_is_about(post: Post, deal: Deal) -> None:
    await deal.play(SendMessage("Look"), deal.seller)
    await deal.play(DEARER, deal.seller)
    await deal.play(SendMessage("Please"), deal.seller)
    assert await post.told() == [(deal.buyer.id, "amended")]


async def test_the_outcome_is_told_also_to_who_was_told_before(post: Post, deal: Deal) -> None:
    await deal.play(SendMessage("Hello"), deal.buyer)
    assert await post.told() == [(deal.seller.id, "message_sent")]
    await deal.play(Accept(1), deal.buyer)
    assert await post.told() == [(deal.seller.id, "accepted")]
    await deal.play(SendMessage("Thank you"), deal.buyer)
    assert await post.told() == []


async def test_an_expiry_is_told_to_both(post: Post, market: Market) -> None:
    deal = await market.deal("Short", minutes=0.005)
    for person in (deal.seller, deal.buyer):
        await post.see(deal, person)
    await deal.wait_for_deadline()
    await deal.play(Expire())
    assert sorted(await post.told()) == sorted([(deal.seller.id, "expired"), (deal.buyer.id, "expired")])


async def test_an_outcome_that_is_new_waits_and_takes_the_place_of_what_led_to_it(
    post: Post, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deal.play(SendMessage("Hello"), deal.buyer)
    await deal.play(Accept(1), deal.buyer)
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", timedelta(minutes=2))
    assert await post.told() == []
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", timedelta(0))
    assert await post.told() == [(deal.seller.id, "accepted")]


async def test_two_processes_that_sweep_at_once_tell_once(post: Post, market: Market, queue: Queue) -> None:
    deals = [await market.deal(f"Table {number}") for number in range(5)]
    others = [Absences(market.database, queue) for _ in range(4)]
    counts = await asyncio.gather(*(one.sweep() for one in others))
    assert sum(counts) == len(deals)
    rows = await post.run("SELECT count(*) FROM procrastinate_jobs WHERE task_name = %s", MAIL_NEWS)
    assert rows[0][0] == len(deals)


async def test_more_than_fit_into_one_transaction_are_told_in_several(
    post: Post, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await market.deal(f"Table {number}")
    monkeypatch.setitem(SWEEP_VALUES, "at_once", 2)
    assert len(await post.told()) == 5


async def test_what_is_read_for_a_mail_is_what_stands_then(post: Post, deal: Deal) -> None:
    await deal.play(SendMessage("Hello"), deal.seller)
    seq = (await deal.standing()).seq
    found = await post.absences.read(deal.id, deal.buyer.id, seq)
    assert found is not None
    assert (found.name, found.other, found.title, found.code) == ("Bea", "Sam", "Oak table", deal.code)
    assert (found.address, found.time_zone) == (f"person-{deal.buyer.id}@example.com", "UTC")
    await post.see(deal, deal.buyer)
    assert await post.absences.read(deal.id, deal.buyer.id, seq) is None
    assert await post.absences.read(deal.id, 0, seq) is None


async def test_a_sweep_costs_the_same_however_many_trades_rest(post: Post, deal: Deal, owner_url: str) -> None:
    """Measured by what PostgreSQL reads: 20,000 trades in which nothing happens make no difference."""

    async def cost() -> int:
        async with post.market.database.transaction() as connection:
            values = {**SWEEP_VALUES, "here": [], "who": []}
            question = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {SWEEP}"
            row = await (await connection.execute(question.encode(), values)).fetchone()
        assert row is not None
        plan = row[0][0]["Plan"]
        return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])

    await deal.play(SendMessage("Hello"), deal.seller)
    await post.told()
    few = await cost()
    await post.run(_MANY, deal.id)
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as owner:
        await owner.execute("VACUUM ANALYZE trades")
    many = await cost()
    assert many < few * 2 + 20, (few, many)


_MANY = """
    INSERT INTO trades (code, title, seller_id, buyer_id, price, quantity, status, head, created_at, amended_at,
                        active_at, expires_at)
    SELECT md5(n::text), title, seller_id, buyer_id, price, quantity, status, head, at, at, at,
           at + interval '300 days'
    FROM trades, generate_series(1, 20000) AS n,
         LATERAL (SELECT now() - interval '2 days' - n * interval '10 seconds' AS at) AS past
    WHERE trades.id = %s
"""
