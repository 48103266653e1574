"""A request that has a name is recorded once, however often and from wherever it is asked."""

import asyncio
from collections import Counter
from uuid import UUID, uuid4

import psycopg
import pytest

from app.db.engine import Database, connect
from app.db.history import History
from app.db.ledger import Ledger, RecordedBeforeError
from app.db.queue import Queue
from app.db.statements import CHANNEL
from app.domain.kinds import Kind, Status
from app.domain.moves import Accept, Join, Move, Offer, Reject, RequestAmendment, SendMessage
from tests.conftest import TERMS, Deal, Market
from tests.db.audit import broken_promises
from tests.db.test_ledger import DEARER, mover, word

NAMED = (SendMessage("Hello"), Offer(1, DEARER), RequestAmendment("Less, please."), Accept(1), Reject(1, "No."))
_TABLES = ("trades", "trade_actions", "trade_versions", "messages", "procrastinate_jobs")


async def everything(database: Database) -> dict[str, list[tuple[str]]]:
    """All that is stored of trades and their jobs."""
    async with database.raw() as connection:
        return {
            table: await (await connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1".encode())).fetchall()
            for table in _TABLES
        }


async def assert_promises(database: Database) -> None:
    """The audit finds nothing wrong."""
    async with database.raw() as connection:
        assert await broken_promises(connection) == {}


async def create(market: Market, ledger: Ledger, name: UUID, by: str = "Sam") -> int:
    """A new trade by a named request; its id."""
    seller = await market.person(by)
    return (await ledger.create(seller, "Oak table", TERMS, "", 30, request=name)).trade.id


@pytest.mark.parametrize("move", NAMED, ids=word)
async def test_a_named_move_is_recorded_once_and_found_again(
    deal: Deal, market: Market, history: History, move: Move
) -> None:
    name, who = uuid4(), mover(deal, move)
    assert who is not None
    recorded = await market.ledger.record(await deal.ask(move, who), name)
    assert recorded is not None
    before = await everything(market.database)
    with pytest.raises(RecordedBeforeError):
        await market.ledger.record(await deal.ask(SendMessage("Under the same name"), who), name)
    assert await everything(market.database) == before
    assert await history.requested(who.id, name) == (deal.id, recorded.action)
    await deal.play(SendMessage("Still going"), deal.seller)
    assert (await deal.standing()).seq == 4
    await assert_promises(market.database)


@pytest.mark.parametrize("move", NAMED[1:], ids=word)
async def test_a_named_move_that_comes_too_late_leaves_nothing(
    deal: Deal, market: Market, history: History, move: Move
) -> None:
    """Judged on what stood before, the second is refused by the guards or by the name, but never recorded."""
    name, who = uuid4(), mover(deal, move)
    asked = await deal.ask(move, who)
    assert await market.ledger.record(asked, name)
    before = await everything(market.database)
    try:
        assert await market.ledger.record(asked, name) is None
    except RecordedBeforeError:
        assert word(move) == "RequestAmendment", "the guards come first where the trade is another one"
    assert await everything(market.database) == before
    await assert_promises(market.database)


async def test_a_named_trade_is_created_once_with_one_job(market: Market, history: History, ledger: Ledger) -> None:
    name = uuid4()
    trade_id = await create(market, ledger, name)
    before = await everything(market.database)
    with pytest.raises(RecordedBeforeError):
        await create(market, ledger, name)
    assert await everything(market.database) == before
    found = await history.requested((await market.person("Sam")).id, name)
    assert found is not None
    assert (found[0], found[1].kind, found[1].seq) == (trade_id, Kind.CREATED, 1)
    await assert_promises(market.database)


async def test_another_person_may_use_the_same_name(deal: Deal, market: Market, history: History) -> None:
    name = uuid4()
    for who in (deal.seller, deal.buyer):
        recorded = await market.ledger.record(await deal.ask(SendMessage(f"From {who.name}"), who), name)
        assert recorded is not None
        assert await history.requested(who.id, name) == (deal.id, recorded.action)
    await create(market, market.ledger, name, by="Eve")
    await assert_promises(market.database)


async def test_a_name_is_the_person_s_own_across_trades(deal: Deal, market: Market, history: History) -> None:
    name, other = uuid4(), await market.deal("Pine table")
    first = await market.ledger.record(await deal.ask(SendMessage("Here"), deal.seller), name)
    assert first is not None
    with pytest.raises(RecordedBeforeError):
        await market.ledger.record(await other.ask(SendMessage("There"), other.seller), name)
    assert await history.requested(deal.seller.id, name) == (deal.id, first.action)
    assert (await other.standing()).seq == 2


async def test_a_request_that_nobody_made_is_not_found(deal: Deal, market: Market, history: History) -> None:
    name = uuid4()
    await market.ledger.record(await deal.ask(SendMessage("Hello"), deal.buyer), name)
    assert await history.requested(deal.buyer.id, uuid4()) is None
    assert await history.requested(deal.seller.id, name) is None
    assert await history.requested(0, name) is None


async def test_what_has_no_name_is_recorded_each_time(deal: Deal, market: Market) -> None:
    for _ in range(3):
        assert await market.ledger.record(await deal.ask(SendMessage("Again"), deal.buyer))
    assert (await deal.standing()).seq == 5


@pytest.mark.parametrize("move", [NAMED[0], NAMED[1], NAMED[3]], ids=word)
async def test_of_twenty_at_once_from_several_pools_one_is_recorded(
    deal: Deal, market: Market, url: str, move: Move
) -> None:
    name, who = uuid4(), mover(deal, move)
    asked = await deal.ask(move, who)
    pools = [Database(url, pool_size=3) for _ in range(3)]
    queues = [Queue(url) for _ in pools]
    try:
        for pool in pools:
            await pool.open()
        for queue in queues:
            await queue.open()
        ledgers = [
            Ledger(pool, queue, f"process {n}") for n, (pool, queue) in enumerate(zip(pools, queues, strict=True))
        ]
        results = await asyncio.gather(*(ledgers[n % 3].record(asked, name) for n in range(20)), return_exceptions=True)
    finally:
        for queue, pool in zip(queues, pools, strict=True):
            await queue.close()
            await pool.close()
    kept = [one for one in results if one is not None and not isinstance(one, BaseException)]
    failed = Counter(type(one) for one in results if isinstance(one, BaseException))
    assert len(kept) == 1
    assert set(failed) <= {RecordedBeforeError}
    assert failed.total() == 19 or not isinstance(move, SendMessage)
    assert (await deal.standing()).seq == 3
    assert (await deal.trade()).status is (Status.ACCEPTED if isinstance(move, Accept) else Status.IN_NEGOTIATION)
    await assert_promises(market.database)


async def test_of_twenty_creations_at_once_one_makes_a_trade(market: Market, url: str) -> None:
    name = uuid4()
    await market.person("Sam")
    pools = [Database(url, pool_size=3) for _ in range(2)]
    queue = Queue(url)
    await queue.open()
    for pool in pools:
        await pool.open()
    try:
        ledgers = [Ledger(pool, queue, "there") for pool in pools]
        results = await asyncio.gather(
            *(create(market, ledgers[n % 2], name) for n in range(20)), return_exceptions=True
        )
    finally:
        await queue.close()
        for pool in pools:
            await pool.close()
    assert len([one for one in results if isinstance(one, int)]) == 1
    assert len([one for one in results if isinstance(one, RecordedBeforeError)]) == 19
    stored = await everything(market.database)
    assert [len(stored[table]) for table in _TABLES] == [1, 1, 1, 0, 1]
    await assert_promises(market.database)


async def test_nobody_hears_of_what_was_recorded_before(deal: Deal, market: Market, url: str) -> None:
    name = uuid4()
    async with await connect(url) as connection:
        await connection.execute(f"LISTEN {CHANNEL}".encode())
        assert await market.ledger.record(await deal.ask(SendMessage("Once"), deal.buyer), name)
        for _ in range(3):
            with pytest.raises(RecordedBeforeError):
                await market.ledger.record(await deal.ask(SendMessage("Once"), deal.buyer), name)
            with pytest.raises(RecordedBeforeError):
                await market.ledger.create(deal.buyer, "Oak", TERMS, "", 30, request=name)
        await deal.play(SendMessage("The last word"), deal.seller)
        heard = [notice.payload async for notice in connection.notifies(timeout=3, stop_after=2)]
    assert heard == [f"{deal.id} 3 here", f"{deal.id} 4 here"]


async def test_the_buyer_s_first_step_into_a_room_has_no_name(market: Market, history: History) -> None:
    deal = await market.draft()
    await deal.play(Join(deal.buyer, deal.code))
    async with market.database.raw() as connection:
        rows = await (await connection.execute("SELECT request_id FROM trade_actions")).fetchall()
    assert rows == [(None,), (None,)]


async def test_the_database_itself_keeps_a_person_s_names_apart(deal: Deal, market: Market, owner_url: str) -> None:
    name = uuid4()
    await market.ledger.record(await deal.ask(SendMessage("Once"), deal.buyer), name)
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        with pytest.raises(psycopg.errors.UniqueViolation, match="trade_actions_request_idx"):
            await connection.execute(
                "INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, deadline, hash, request_id)"
                " SELECT trade_id, seq + 1, kind, actor_id, role, at, deadline, hash, request_id"
                " FROM trade_actions WHERE request_id = %s",
                (name,),
            )
