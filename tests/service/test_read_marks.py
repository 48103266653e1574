"""How far each party has seen a trade: kept by parties alone, never going back, and gone with the account."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.db.accounts import AccountStore
from app.db.addresses import AddressStore
from app.db.ledger import new_code
from app.db.queue import Queue
from app.db.read_marks import MOST_COUNTED, ReadMarkStore
from app.domain.chain import utc_text
from app.domain.kinds import Kind, Status
from app.domain.moves import Offer, ReleaseSeat, See, SendMessage
from app.domain.refusals import Reason
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.privacy import Privacy
from app.service.read_marks import ReadMarks
from app.service.viewer import Viewer
from tests.conftest import TERMS, Deal, Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, Office, who


@pytest.fixture
def store(market: Market) -> ReadMarkStore:
    """Where the marks are kept."""
    return ReadMarkStore(market.database)


@pytest.fixture
def marks(store: ReadMarkStore, office: Office) -> ReadMarks:
    """The use cases."""
    return ReadMarks(store, office.lobby)


@pytest.fixture
async def deal(market: Market) -> Deal:
    """A trade in negotiation, in which Bea has said three things."""
    deal = await market.deal()
    for word in ("One", "Two", "Three"):
        await deal.play(SendMessage(word), deal.buyer)
    return deal


async def test_a_mark_tells_how_far_and_when(marks: ReadMarks, deal: Deal, market: Market, sam: Viewer) -> None:
    before = market.database.clock.now()
    assert await marks.of_trade(sam, deal.id) == {}
    await marks.see(sam, deal.id, 4)
    (kept,) = (await marks.of_trade(sam, deal.id)).items()
    assert (kept[0], kept[1].seen_seq, kept[1].mailed_seq) == (sam.person.id, 4, 0)
    assert kept[1].seen_at is not None
    assert abs((kept[1].seen_at - before).total_seconds()) < 5


async def test_a_mark_never_goes_back_nor_past_what_there_is(marks: ReadMarks, deal: Deal, sam: Viewer) -> None:
    await asyncio.gather(*(marks.see(sam, deal.id, seq) for seq in (3, 1, 5, 2, 4) * 8))
    before = (await marks.of_trade(sam, deal.id))[sam.person.id]
    assert before.seen_seq == 5
    await marks.see(sam, deal.id, 999)
    after = (await marks.of_trade(sam, deal.id))[sam.person.id]
    assert after.seen_seq == 5
    assert after.seen_at
    assert before.seen_at
    assert after.seen_at > before.seen_at


async def test_parties_alone_keep_and_read_marks(
    marks: ReadMarks, office: Office, deal: Deal, sam: Viewer, eve: Viewer
) -> None:
    await marks.see(sam, deal.id, 5)
    async with office.refuses(Reason.NOT_YOURS):
        await marks.see(eve, deal.id, 1)
    async with office.refuses(Reason.NOT_YOURS):
        await marks.see(sam, 10**9, 1)
    assert await marks.of_trade(eve, deal.id) == {}
    assert await marks.news(eve, [deal.id]) == {}
    assert set(await marks.of_trade(sam, deal.id)) == {sam.person.id}


async def test_who_lost_the_seat_keeps_no_mark_any_more(
    marks: ReadMarks, office: Office, market: Market, bea: Viewer
) -> None:
    deal = await market.deal()
    await deal.play(ReleaseSeat(new_code()), deal.seller)
    async with office.refuses(Reason.NOT_YOURS):
        await marks.see(bea, deal.id, 3)
    assert await marks.news(bea, [deal.id]) == {}


async def test_news_are_what_others_did_since_and_the_newest_action(
    marks: ReadMarks, deal: Deal, market: Market, sam: Viewer, bea: Viewer
) -> None:
    quiet = await market.past(Status.EXPIRED)
    news = await marks.news(sam, [deal.id, quiet.id])
    assert (news[deal.id].unread, news[deal.id].newest.text, news[deal.id].newest.seq) == (4, "Three", 5)
    assert (news[quiet.id].newest.kind, news[quiet.id].newest.actor) == (Kind.EXPIRED, None)
    await marks.see(sam, deal.id, 4)
    assert (await marks.news(sam, [deal.id]))[deal.id].unread == 1
    mine = (await marks.news(bea, [deal.id]))[deal.id]
    assert (mine.unread, mine.newest.actor) == (0, deal.buyer)


async def test_who_has_acted_has_seen_what_came_before(marks: ReadMarks, deal: Deal, sam: Viewer) -> None:
    await deal.play(SendMessage("Four"), deal.seller)
    assert (await marks.news(sam, [deal.id]))[deal.id].unread == 0
    await deal.play(SendMessage("Five"), deal.buyer)
    assert (await marks.news(sam, [deal.id]))[deal.id].unread == 1


async def test_what_is_silent_is_no_news_and_no_act(marks: ReadMarks, deal: Deal, sam: Viewer, bea: Viewer) -> None:
    await marks.see(sam, deal.id, 5)
    await deal.play(See(1), deal.buyer)
    news = (await marks.news(sam, [deal.id]))[deal.id]
    assert (news.unread, news.newest.text) == (0, "Three")
    assert (await marks.news(bea, [deal.id]))[deal.id].unread == 0
    await deal.play(SendMessage("Four"), deal.seller)
    await deal.play(Offer(1, replace(TERMS, quantity=4)), deal.buyer)
    await deal.play(SendMessage("Five"), deal.buyer)
    await deal.play(See(2), deal.seller)
    assert (await marks.news(sam, [deal.id]))[deal.id].unread == 2


async def test_news_are_counted_no_further_than_a_bound(marks: ReadMarks, deal: Deal, sam: Viewer) -> None:
    for n in range(MOST_COUNTED):
        await deal.play(SendMessage(f"Word {n}"), deal.buyer)
    assert (await marks.news(sam, [deal.id]))[deal.id].unread == MOST_COUNTED


async def test_a_mark_is_exported_and_goes_with_the_account(
    marks: ReadMarks, office: Office, people: Accounts, market: Market, queue: Queue
) -> None:
    store = ReadMarkStore(market.database)
    token = await people.sign_up("Ann of the marks", PASSWORD, address=HERE)
    ann = await who(people, token)
    deal = await market.draft(by="Ann of the marks")
    privacy = Privacy(
        store=AccountStore(market.database),
        addresses=AddressStore(market.database, queue),
        history=market.history,
        marks=store,
        accounts=people,
        negotiation=office.negotiation,
        lobby=office.lobby,
        limits=Limits(PLENTY),
        now=market.database.clock.now,
    )
    await marks.see(ann, deal.id, 1)
    warned = datetime(2026, 11, 26, 12, tzinfo=UTC)
    async with market.database.raw() as connection:
        await connection.execute("UPDATE read_marks SET mailed_deadline = %s WHERE trade_id = %s", (warned, deal.id))
    (trade,) = json.loads("".join([piece async for piece in await privacy.export(ann)]))["trades"]
    assert (trade["seen_by_you"]["up_to"], trade["seen_by_you"]["mailed_up_to"]) == (1, 0)
    assert trade["seen_by_you"]["last_there"].endswith("Z")
    assert trade["seen_by_you"]["warned_of_deadline"] == utc_text(warned)
    await privacy.delete_account(ann, PASSWORD)
    assert await store.of_person(ann.person.id) == {}
    async with office.refuses(Reason.NOT_YOURS):  # a page that was still open leaves afterwards
        await marks.see(ann, deal.id, 1)
