"""What rooms and dashboards read, held to one contract: the twin in memory and PostgreSQL answer alike."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.actions import Action, Outcome
from app.domain.kinds import Kind, Role, Status
from app.domain.moves import Accept, Join, Offer, Reject, RequestAmendment, SendMessage
from app.domain.trade import RECENTLY, Standing
from tests.conftest import TERMS, Market
from tests.rooms.books import Books
from tests.rooms.twin import Twin

ALL = tuple(Status)


@pytest.fixture(params=["twin", "postgresql"])
def books(request: pytest.FixtureRequest) -> Books:
    """Equal books, twice."""
    if request.param == "twin":
        twin = Twin()
        return Books(twin, twin, twin.person)
    market: Market = request.getfixturevalue("market")
    return Books(market.ledger, market.history, market.person)


def titles(standings: list[Standing]) -> list[str]:
    """What a page shows, in its order."""
    return [standing.trade.title for standing in standings]


async def chat(books: Books, messages: int) -> Outcome:
    """A deal in which Bea has said so much; returns the last of it."""
    said = await books.deal()
    for n in range(messages):
        said = await books.play(said.trade.id, SendMessage(f"message {n}"), await books.person("Bea"))
    return said


async def test_what_does_not_exist_is_none_or_empty(books: Books) -> None:
    assert await books.history.trade(1) is None
    assert await books.history.actions(1) == []
    assert await books.history.actions_since(1, 0) == []
    assert await books.history.activity(ALL, "", offset=0, limit=10) == []
    assert await books.history.count() == (0, 0)


async def test_a_trade_stands_where_its_newest_action_has_left_it(books: Books) -> None:
    created = await books.draft()
    assert await books.history.trade(created.trade.id) == Standing(created.trade, 1, created.action.at)
    said = await chat(books, 1)
    assert await books.history.trade(said.trade.id) == Standing(said.trade, 3, said.action.at)
    amended = await books.amend(said.trade.id, 7)
    assert await books.history.trade(said.trade.id) == Standing(amended.trade, 4, amended.action.at)
    assert (amended.trade.version, amended.trade.terms.quantity) == (2, 7)
    assert amended.trade.amended_at == amended.action.at
    rejected = await books.play(said.trade.id, Reject(2, "Too many"), await books.person("Bea"))
    assert await books.history.trade(said.trade.id) == Standing(rejected.trade, 5, rejected.action.at)
    assert rejected.trade.closed_at == rejected.action.at


async def test_actions_are_read_as_they_were_recorded(books: Books) -> None:
    joined = await books.deal()
    bea, key = await books.person("Bea"), joined.trade.id
    said = await books.play(key, SendMessage("Two lines\nof <b>text</b>"), bea)
    asked = await books.play(key, RequestAmendment("Fewer, please"), bea)
    amended = await books.amend(key, 3)
    accepted = await books.play(key, Accept(2), bea)
    actions = await books.history.actions(key)
    assert actions[1:] == [joined.action, said.action, asked.action, amended.action, accepted.action]
    created = actions[0]
    assert (created.kind, created.seq, created.version, created.actor) == (Kind.CREATED, 1, 1, joined.trade.seller)
    assert (created.terms, created.before) == (TERMS, None)
    assert (amended.action.before, amended.action.text) == (TERMS, "3 are left")


@pytest.mark.parametrize(
    ("before", "limit", "seqs"),
    [(None, 50, [1, 2, 3, 4, 5, 6]), (None, 2, [5, 6]), (5, 2, [3, 4]), (2, 50, [1]), (1, 50, [])],
)
async def test_actions_come_in_pages_from_the_newest(
    books: Books, before: int | None, limit: int, seqs: list[int]
) -> None:
    said = await chat(books, 4)
    found = await books.history.actions(said.trade.id, before=before, limit=limit)
    assert [action.seq for action in found] == seqs


@pytest.mark.parametrize(
    ("since", "limit", "seqs"), [(0, 500, [1, 2, 3, 4]), (2, 500, [3, 4]), (1, 2, [2, 3]), (4, 9, [])]
)
async def test_what_was_missed_comes_from_the_oldest_on(books: Books, since: int, limit: int, seqs: list[int]) -> None:
    said = await chat(books, 2)
    other = await books.draft("Pine shelf")
    found: list[Action] = await books.history.actions_since(said.trade.id, since, limit=limit)
    assert [action.seq for action in found] == seqs
    assert [action.seq for action in await books.history.actions_since(other.trade.id, 0)] == [1]


async def test_the_activity_is_the_newest_first_in_pages_by_status_and_by_title(books: Books) -> None:
    first = await books.deal("First table")
    await books.draft("Second table")
    third = await books.deal("Third CHAIR")
    bea = await books.person("Bea")
    await books.play(third.trade.id, Reject(1), bea)
    await books.play(first.trade.id, SendMessage("Hello"), bea)

    async def page(*statuses: Status, title: str = "", offset: int = 0, limit: int = 10) -> list[str]:
        return titles(await books.history.activity(statuses or ALL, title, offset=offset, limit=limit))

    assert await page() == ["First table", "Third CHAIR", "Second table"]
    assert await page(limit=2) == ["First table", "Third CHAIR"]
    assert await page(offset=1, limit=1) == ["Third CHAIR"]
    assert await page(offset=3) == []
    assert await page(Status.DRAFT, Status.REJECTED) == ["Third CHAIR", "Second table"]
    assert await page(Status.EXPIRED) == []
    assert await page(title="TABLE") == ["First table", "Second table"]
    assert await page(Status.REJECTED, title="chair") == ["Third CHAIR"]
    assert await page(title="_able") == []
    assert await page(title="%") == []
    assert await books.history.count() == (3, 3)


async def test_where_all_look_a_private_trade_stands_by_its_creation_and_then_its_close(books: Books) -> None:
    private = (await books.draft("Private", listed=False)).trade
    await books.draft("Listed")
    sam, bea = private.seller, await books.person("Bea")

    async def page(viewer: int | None = None) -> list[str]:
        own = viewer is not None
        return titles(await books.history.activity(ALL, "", offset=0, limit=9, viewer=viewer, own=own))

    for move in (Join(bea, private.code), SendMessage("Hello"), RequestAmendment("Less?")):
        await books.play(private.id, move, bea)
        assert await page() == ["Listed", "Private"]
        assert await page(sam.id) == ["Private", "Listed"]
    await books.play(private.id, Reject(1), bea)
    assert await page() == ["Private", "Listed"]


async def test_the_activity_tells_when_each_was(books: Books) -> None:
    said = await chat(books, 1)
    assert await books.history.activity(ALL, "", offset=0, limit=1) == [Standing(said.trade, 3, said.action.at)]


@pytest.mark.parametrize("where", ["twin", "postgresql"])
async def test_a_trade_that_closed_long_ago_counts_but_is_no_activity(
    where: str, request: pytest.FixtureRequest, market: Market
) -> None:
    """The two ways to have a past differ; what is read of it does not."""
    hour = timedelta(hours=1)
    if where == "twin":
        twin = Twin()
        books = Books(twin, twin, twin.person)
        for title, ago in (("gone", RECENTLY + hour), ("still here", RECENTLY - hour)):
            deal = await books.deal(title)
            await books.play(deal.trade.id, Reject(1), await books.person("Bea"))
            twin.age(deal.trade.id, ago)
    else:
        books = Books(market.ledger, market.history, market.person)
        await market.past(Status.REJECTED, "gone", ended=RECENTLY + hour)
        await market.past(Status.REJECTED, "still here", ended=RECENTLY - hour)
    assert titles(await books.history.activity(ALL, "", offset=0, limit=9)) == ["still here"]
    assert await books.history.count() == (2, 2)


async def test_milestones_are_each_side_s_first_and_latest_the_newest_versions_and_the_close(books: Books) -> None:
    said = await chat(books, 3)
    trade = said.trade
    for quantity in (2, 3, 4):
        move = Offer(trade.version, replace(trade.terms, quantity=quantity))
        trade = (await books.play(trade.id, move, await books.person("Bea"))).trade
    for quantity in (7, 8, 9):
        trade = (await books.amend(trade.id, quantity)).trade
        await books.play(trade.id, SendMessage("Well"), await books.person("Bea"))
    found = await books.history.milestones(trade, versions=2)
    assert [(action.version, action.kind) for action in found] == [
        (1, Kind.CREATED),
        (2, Kind.AMENDED),
        (4, Kind.AMENDED),
        (6, Kind.AMENDED),
        (7, Kind.AMENDED),
    ]
    newest = found[-1].offered
    assert newest is not None
    assert (newest.version, newest.by, newest.terms) == (7, Role.SELLER, trade.terms)
    await books.play(trade.id, Reject(7, "Too many"), await books.person("Bea"))
    closing = (await books.history.milestones(trade, versions=2))[-1]
    assert (closing.kind, closing.text, closing.offered) == (Kind.REJECTED, "Too many", None)
