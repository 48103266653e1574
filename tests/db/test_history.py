"""The one reader: pages, orders and searches."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.db.history import History
from app.domain.kinds import OPEN, Kind, Status
from app.domain.moves import Accept, Join, Offer, Reject, SendMessage
from app.domain.trade import RECENTLY, Standing
from tests.conftest import TERMS, Deal, Market

ALL = tuple(Status)
CLOSED = tuple(status for status in Status if status.final)


def titles(standings: list[Standing]) -> list[str]:
    """What a page shows, in its order."""
    return [standing.trade.title for standing in standings]


@pytest.fixture
async def chat(deal: Deal) -> Deal:
    """A deal with seq 1 to 12: created, joined, and ten messages."""
    for n in range(3, 13):
        await deal.play(SendMessage(f"message {n}"), deal.buyer)
    return deal


async def seqs(chat: Deal, *, before: int | None = None, limit: int = 50) -> list[int]:
    """The seqs of one page of the chat's actions."""
    return [action.seq for action in await chat.market.history.actions(chat.id, before=before, limit=limit)]


async def test_actions_come_in_pages_from_the_newest_each_oldest_first(chat: Deal) -> None:
    assert await seqs(chat) == list(range(1, 13))
    assert await seqs(chat, limit=5) == [8, 9, 10, 11, 12]
    assert await seqs(chat, before=8, limit=5) == [3, 4, 5, 6, 7]
    assert await seqs(chat, before=3, limit=5) == [1, 2]
    assert await seqs(chat, before=1) == []


async def test_what_was_missed_is_read_from_the_oldest_on(chat: Deal) -> None:
    history = chat.market.history
    assert [action.seq for action in await history.actions_since(chat.id, 9)] == [10, 11, 12]
    assert [action.seq for action in await history.actions_since(chat.id, 2, limit=3)] == [3, 4, 5]
    assert await history.actions_since(chat.id, 12) == []
    assert await history.actions_since(chat.id, 0) == await history.actions(chat.id)


async def test_actions_are_those_of_one_trade_only(chat: Deal, market: Market) -> None:
    other = await market.deal("Pine shelf", by="Ann")
    await other.play(SendMessage("Of pine."), other.seller)
    assert [action.text for action in await market.history.actions(other.id)] == ["", "", "Of pine."]
    assert "Of pine." not in [action.text for action in await market.history.actions(chat.id)]


async def test_versions_come_in_pages_from_the_newest_each_with_the_terms_before_it(deal: Deal) -> None:
    history = deal.market.history
    for version in range(1, 6):
        await deal.play(Offer(version, replace(TERMS, quantity=100 + version), f"reason {version}"), deal.seller)
    versions = await history.versions(deal.id)
    assert [version.number for version in versions] == [6, 5, 4, 3, 2, 1]
    assert [version.terms.quantity for version in versions] == [105, 104, 103, 102, 101, 5]
    assert [version.before for version in versions] == [*(version.terms for version in versions[1:]), None]
    assert [version.reason for version in versions] == [*(f"reason {n}" for n in (5, 4, 3, 2, 1)), ""]
    assert {version.actor for version in versions} == {deal.seller}
    assert await history.versions(deal.id, limit=2) == versions[:2]
    assert await history.versions(deal.id, before=5, limit=2) == versions[2:4]
    assert await history.versions(deal.id, before=2) == versions[5:]
    amendments = [action for action in await history.actions(deal.id) if action.kind is Kind.AMENDED]
    assert [action.at for action in amendments] == [version.at for version in reversed(versions[:-1])]


async def test_what_does_not_exist_is_none_or_empty(history: History) -> None:
    assert await history.trade(1) is None
    assert await history.by_code("0" * 26) is None
    assert await history.actions(1) == []
    assert await history.actions_since(1, 0) == []
    assert await history.versions(1) == []
    assert await history.overdue() == []
    assert await history.count() == (0, 0)
    assert await history.trades_of(1, ALL, offset=0, limit=10) == []
    assert await history.activity(ALL, "", offset=0, limit=10) == []


async def test_a_code_is_found_as_it_is_stored_and_not_by_a_part_of_it(deal: Deal, history: History) -> None:
    standing = await deal.standing()
    assert await history.by_code(standing.trade.code) == standing
    assert await history.by_code(standing.trade.code[:-1]) is None
    assert await history.by_code(standing.trade.code.upper()) is None


async def test_a_person_s_trades_are_the_open_ones_by_deadline_and_then_the_closed_ones_latest_first(
    market: Market, history: History
) -> None:
    accepted = await market.deal("accepted first")
    await market.past(Status.REJECTED, "rejected long ago", ended=timedelta(days=30))
    await market.draft("ends last", minutes=90)
    await market.deal("ends first", minutes=30, by="Ann")
    await market.draft("ends second", minutes=60)
    await market.deal("Ann's own", by="Ann")
    rejected = await market.deal("rejected last")
    await accepted.play(Accept(1), accepted.buyer)
    await rejected.play(Reject(1), rejected.buyer)
    sam, bea, ann = accepted.seller, accepted.buyer, await market.person("Ann")

    assert titles(await history.trades_of(sam.id, ALL, offset=0, limit=10)) == [
        "ends second", "ends last", "rejected last", "accepted first", "rejected long ago",
    ]  # fmt: skip
    assert titles(await history.trades_of(bea.id, OPEN, offset=0, limit=10)) == ["ends first", "Ann's own"]
    assert titles(await history.trades_of(ann.id, OPEN, offset=0, limit=10)) == ["ends first", "Ann's own"]
    assert titles(await history.trades_of(sam.id, CLOSED, offset=1, limit=1)) == ["accepted first"]
    assert titles(await history.trades_of(sam.id, [Status.ACCEPTED], offset=0, limit=10)) == ["accepted first"]
    pages = [await history.trades_of(sam.id, ALL, offset=offset, limit=2) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [s for page in pages for s in page] == await history.trades_of(sam.id, ALL, offset=0, limit=10)


async def test_an_invited_person_has_no_part_in_a_draft_yet(market: Market, history: History) -> None:
    deal = await market.draft(invited="Bea")
    assert await history.trades_of(deal.buyer.id, ALL, offset=0, limit=10) == []
    await deal.play(Join(deal.buyer, deal.code), deal.buyer)
    assert len(await history.trades_of(deal.buyer.id, ALL, offset=0, limit=10)) == 1


async def test_the_activity_shows_the_newest_happening_first_and_filters_by_status(
    market: Market, history: History
) -> None:
    first, second, third = [await market.deal(title) for title in ("first", "second", "third")]
    await second.play(Reject(1), second.buyer)
    await first.play(SendMessage("Still there?"), first.seller)
    await market.draft("fourth")

    async def page(*statuses: Status, offset: int = 0, limit: int = 10) -> list[str]:
        return titles(await history.activity(statuses or ALL, "", offset=offset, limit=limit))

    assert await page() == ["fourth", "first", "second", "third"]
    assert await page(limit=2) == ["fourth", "first"]
    assert await page(offset=2, limit=2) == ["second", "third"]
    assert await page(Status.IN_NEGOTIATION) == ["first", "third"]
    assert await page(Status.DRAFT, Status.REJECTED) == ["fourth", "second"]
    assert await page(Status.ACCEPTED) == []
    assert (await history.count())[0] == 4
    assert (await third.standing()) in await history.activity(ALL, "", offset=0, limit=10)


ODD_TITLES = [
    "100 % oak",
    "100 oak",
    "snake_case",
    "snakeXcase",
    r"back\slash",
    "backslash",
    "for/ward",
    "Äpfel",
    "'; --",
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("%", ["100 % oak"]),
        ("_", ["snake_case"]),
        ("\\", [r"back\slash"]),
        ("/", ["for/ward"]),
        ("OAK", ["100 oak", "100 % oak"]),
        ("äPFEL", ["Äpfel"]),
        ("'; --", ["'; --"]),
        ("0 % O", ["100 % oak"]),
        ("\\_", []),
        ("oak%", []),
    ],
)
async def test_a_search_takes_every_character_literally_in_any_case(
    market: Market, history: History, typed: str, found: list[str]
) -> None:
    for title in ODD_TITLES:
        await market.draft(title)
    assert titles(await history.activity(ALL, typed, offset=0, limit=20)) == found


async def test_a_trade_that_closed_long_ago_has_left_the_activity_but_not_the_count(
    market: Market, history: History
) -> None:
    hour = timedelta(hours=1)
    await market.past(Status.EXPIRED, "a week and an hour", ended=RECENTLY + hour)
    await market.past(Status.EXPIRED, "a week but an hour", ended=RECENTLY - hour)
    await market.past(Status.ACCEPTED, "long accepted", ended=RECENTLY + hour)
    await market.past(Status.IN_NEGOTIATION, "long overdue, and open", ended=RECENTLY + hour)
    assert titles(await history.activity(ALL, "", offset=0, limit=10)) == [
        "a week but an hour", "long overdue, and open",
    ]  # fmt: skip
    assert (await history.count())[0] == 4


async def test_a_late_message_does_not_bring_a_long_closed_trade_back_to_the_activity(
    market: Market, history: History
) -> None:
    deal = await market.past(Status.ACCEPTED, ended=RECENTLY + timedelta(hours=1))
    await deal.play(SendMessage("Do you remember?"), deal.buyer)
    assert await history.activity(ALL, "", offset=0, limit=10) == []


async def test_overdue_are_the_open_trades_past_their_deadline(market: Market, history: History) -> None:
    late = await market.past(Status.IN_NEGOTIATION, ended=timedelta(seconds=1))
    draft = await market.past(Status.DRAFT)
    await market.past(Status.EXPIRED)
    await market.past(Status.ACCEPTED)
    await market.deal()
    assert set(await history.overdue()) == {late.id, draft.id}
    assert len(await history.overdue(limit=1)) == 1
