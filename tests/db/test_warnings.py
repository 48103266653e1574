"""Whoever has something to answer is warned before the deadline: once for each, and not while they are there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.db import absences
from app.db.absences import SWEEP_VALUES
from app.domain.moves import Accept, Extend, Offer, RequestAmendment, SendMessage
from tests.conftest import TERMS, Deal, Market
from tests.db.conftest import Post

DEARER = Offer(1, replace(TERMS, quantity=6))


async def test_whoever_has_something_to_answer_is_warned_once_before_the_deadline(
    post: Post, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deal.play(DEARER, deal.seller)
    assert await post.told() == [(deal.buyer.id, "amended")]
    monkeypatch.setitem(SWEEP_VALUES, "before", timedelta(minutes=31))
    assert await post.told() == [(deal.buyer.id, "deadline")]
    assert await post.told() == []
    assert await post.told() == []


async def test_a_deadline_that_creeps_on_is_no_mail_a_minute(
    post: Post, deal: Deal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deal.play(DEARER, deal.seller)
    monkeypatch.setitem(SWEEP_VALUES, "before", timedelta(minutes=40))
    assert await post.told() == [(deal.buyer.id, "deadline")]
    told = (await deal.trade()).expires_at
    for minutes in (2, 4, 6):
        await deal.play(Extend(told + timedelta(minutes=minutes)), deal.seller)
        assert await post.told() == [], "a mail for each time that it moves"
    monkeypatch.setitem(SWEEP_VALUES, "before", timedelta(minutes=38))
    await deal.play(Extend(told + timedelta(minutes=8)), deal.seller)
    assert await post.told() == []
    await post.run("UPDATE read_marks SET mailed_deadline = mailed_deadline - interval '30 minutes'")
    assert await post.told() == [(deal.buyer.id, "deadline")], "it is another deadline by now, and near"
    assert await post.told() == []


async def test_a_warning_on_its_way_says_the_deadline_that_has_moved_a_little(post: Post, market: Market) -> None:
    deal = await market.deal("Soon", minutes=9)
    await deal.play(DEARER, deal.seller)
    told = (await deal.trade()).expires_at
    await deal.play(Extend(told + timedelta(minutes=5)), deal.seller)
    due = await post.absences.read(deal.id, deal.buyer.id, 3, warns=True)
    assert due is not None, "no sweep warns of it any more"
    assert due.deadline == told + timedelta(minutes=5)
    await deal.play(Extend(told + timedelta(minutes=30)), deal.seller)
    assert await post.absences.read(deal.id, deal.buyer.id, 3, warns=True) is None


async def test_a_mail_so_late_is_the_warning_too(post: Post, market: Market) -> None:
    deal = await market.deal("Soon", minutes=5)
    await post.see(deal, deal.seller)
    assert await post.told((deal.id, deal.buyer.id)) == []
    await deal.play(DEARER, deal.seller)
    assert await post.told() == [(deal.buyer.id, "deadline")]
    assert await post.told() == []


async def test_whoever_has_seen_the_offer_is_warned_unless_they_are_there(
    post: Post, market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = await market.deal("Soon", minutes=5)
    await deal.play(DEARER, deal.seller)
    for person in (deal.seller, deal.buyer):
        await post.see(deal, person)
    assert await post.told((deal.id, deal.buyer.id)) == []
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", absences.UNSEEN_FOR)
    assert await post.told() == [], "they were there a moment ago"
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", timedelta(0))
    assert await post.told((deal.id, deal.seller.id)) == [(deal.buyer.id, "deadline")]
    assert await post.told() == []


async def test_a_warning_is_for_who_still_has_to_answer_in_time(post: Post, market: Market) -> None:
    deal = await market.deal("Soon", minutes=5)
    await deal.play(DEARER, deal.seller)
    await post.see(deal, deal.buyer)
    assert await post.absences.read(deal.id, deal.buyer.id, 3, warns=True)
    assert await post.absences.read(deal.id, deal.seller.id, 3, warns=True) is None
    await deal.play(Accept(2), deal.buyer)
    assert await post.absences.read(deal.id, deal.buyer.id, 3, warns=True) is None


async def test_whoever_has_nothing_to_answer_is_not_warned(post: Post, market: Market) -> None:
    deal = await market.deal("Soon", minutes=5)
    buyer_is_here = (deal.id, deal.buyer.id)
    assert await post.told(buyer_is_here) == [(deal.seller.id, "joined")], "the seller's own offer stands"
    await deal.play(SendMessage("Hello"), deal.buyer)
    assert await post.told(buyer_is_here) == []


async def test_an_open_request_is_something_to_answer(post: Post, market: Market) -> None:
    deal = await market.deal("Soon", minutes=5)
    await deal.play(RequestAmendment("Cheaper"), deal.buyer)
    assert await post.told((deal.id, deal.buyer.id)) == [(deal.seller.id, "deadline")]
