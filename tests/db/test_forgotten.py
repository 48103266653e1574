"""The one thing that is ever deleted: offers that expired a month ago and that nobody ever joined."""

from datetime import timedelta

import psycopg
import pytest

from app.db.engine import Database, connect
from app.db.history import History
from app.db.ledger import Ledger, new_code
from app.db.queue import Queue
from app.domain.kinds import Status
from app.domain.moves import Expire, Join, Offer, ReleaseSeat, SendMessage, Withdraw
from tests.conftest import Deal, Market
from tests.db.audit import broken_promises
from tests.db.test_feed import Listener, until
from tests.db.test_ledger import DEARER

MONTH = timedelta(days=30)
TABLES = ("trades", "trade_actions", "trade_versions", "messages")
_BACK = """
    UPDATE trades SET created_at = created_at - {0}, amended_at = amended_at - {0}, active_at = active_at - {0},
        closed_at = closed_at - {0}, expires_at = expires_at - {0} WHERE id = {1}
"""


async def age(deal: Deal, owner_url: str, by: timedelta) -> None:
    """Move a trade into the past, as only its owner can, and only without the triggers."""
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        await connection.execute("ALTER TABLE trades DISABLE TRIGGER ALL")
        await connection.execute(_BACK.format(f"interval '{by.total_seconds()} seconds'", deal.id).encode())
        await connection.execute("ALTER TABLE trades ENABLE TRIGGER ALL")


async def expire(deal: Deal, owner_url: str, ago: timedelta) -> Deal:
    """Let the trade expire, `ago`."""
    await age(deal, owner_url, timedelta(minutes=31))
    await deal.play(Expire())
    await age(deal, owner_url, ago)
    return deal


async def forgotten(market: Market, owner_url: str, title: str = "Forgotten") -> Deal:
    """An offer that is cleared: with two versions and a message, expired more than a month ago."""
    deal = await market.draft(title)
    await deal.play(Offer(1, DEARER), deal.seller)
    await deal.play(SendMessage("Anybody?"), deal.seller)
    return await expire(deal, owner_url, MONTH + timedelta(minutes=1))


async def counted(database: Database, deal: Deal) -> list[int]:
    """How many rows each table has of a trade."""
    counts = []
    async with database.raw() as connection:
        for table in TABLES:
            key = "id" if table == "trades" else "trade_id"
            row = await (
                await connection.execute(f"SELECT count(*) FROM {table} WHERE {key} = %s".encode(), (deal.id,))
            ).fetchone()
            assert row is not None
            counts.append(row[0])
    return counts


async def test_a_draft_that_was_withdrawn_before_anybody_joined_is_cleared_too(market: Market, owner_url: str) -> None:
    gone = await market.draft("Withdrawn")
    await gone.play(Withdraw(1, "Sold"), gone.seller)
    await age(gone, owner_url, MONTH - timedelta(minutes=1))
    assert await market.ledger.clear_drafts() == 0
    await age(gone, owner_url, timedelta(minutes=2))
    assert await market.ledger.clear_drafts() == 1
    assert await counted(market.database, gone) == [0, 0, 0, 0]


async def test_what_is_forgotten_is_cleared_with_all_that_belongs_to_it(
    market: Market, history: History, owner_url: str
) -> None:
    gone, kept = await forgotten(market, owner_url), await market.deal("In the room")
    assert await counted(market.database, gone) == [1, 4, 2, 1]
    assert await market.ledger.clear_drafts() == 1
    assert await counted(market.database, gone) == [0, 0, 0, 0]
    assert await history.trade(gone.id) is None
    assert await history.by_code(gone.code) is None
    assert await counted(market.database, kept) == [1, 2, 1, 0]
    assert await market.ledger.clear_drafts() == 0
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}


async def test_a_minute_less_than_a_month_is_not_long_enough(market: Market, owner_url: str) -> None:
    deal = await expire(await market.draft(), owner_url, MONTH - timedelta(minutes=1))
    assert await market.ledger.clear_drafts() == 0
    assert await counted(market.database, deal) == [1, 2, 1, 0]
    await age(deal, owner_url, timedelta(minutes=2))
    assert await market.ledger.clear_drafts() == 1


async def test_what_was_joined_and_released_stays(market: Market, owner_url: str) -> None:
    deal = await market.deal()
    await deal.play(ReleaseSeat(new_code()), deal.seller)
    await expire(deal, owner_url, 3 * MONTH)
    assert (await deal.trade()).buyer is None
    assert await market.ledger.clear_drafts() == 0
    assert await counted(market.database, deal) == [1, 4, 1, 0]


@pytest.mark.parametrize("status", Status)
async def test_every_other_status_stays(market: Market, status: Status) -> None:
    """An open one whose job was lost counts as open; an expired one had a buyer."""
    deal = await market.past(status, ended=3 * MONTH)
    before = await counted(market.database, deal)
    assert await market.ledger.clear_drafts() == 0
    assert await counted(market.database, deal) == before


async def test_open_offers_stay_however_old_they_are(market: Market, owner_url: str) -> None:
    old = await market.draft("A year long", minutes=525_600)
    await age(old, owner_url, 2 * MONTH)
    assert await market.ledger.clear_drafts() == 0
    await old.play(Join(old.buyer, old.code))
    assert (await old.trade()).status is Status.IN_NEGOTIATION


async def test_the_second_of_two_processes_finds_nothing_left(market: Market, url: str, owner_url: str) -> None:
    deals = [await forgotten(market, owner_url, f"Forgotten {n}") for n in range(3)]
    there = Database(url)
    await there.open()
    try:
        counts = [await market.ledger.clear_drafts(), await Ledger(there, Queue(url), "there").clear_drafts()]
    finally:
        await there.close()
    assert counts == [3, 0]
    assert [await counted(market.database, deal) for deal in deals] == [[0] * 4] * 3


@pytest.mark.parametrize("table", TABLES)
async def test_the_app_s_role_cannot_delete_by_itself(market: Market, owner_url: str, table: str) -> None:
    """Where it is the owner too, what is forgotten may go by the triggers, and nothing else."""
    deal, kept = await forgotten(market, owner_url), await market.deal("In the room")
    await kept.play(SendMessage("Hello"), kept.seller)
    refused = (psycopg.errors.InsufficientPrivilege, psycopg.errors.RestrictViolation)
    async with market.database.raw() as connection:
        with pytest.raises(refused):
            await connection.execute(f"DELETE FROM {table}".encode())
    assert await counted(market.database, deal) == [1, 4, 2, 1]


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("which", ["open", "joined", "young"])
async def test_the_owner_s_deleting_of_anything_else_is_refused(
    market: Market, owner_url: str, table: str, which: str
) -> None:
    deal = await (market.deal() if which == "joined" else market.draft())
    await deal.play(SendMessage("Hello"), deal.seller)
    if which != "open":
        await expire(deal, owner_url, MONTH + timedelta(days=1) if which == "joined" else timedelta(days=1))
    before, key = await counted(market.database, deal), "id" if table == "trades" else "trade_id"
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation, match=f"{table} is append-only"):
            await connection.execute(f"DELETE FROM {table} WHERE {key} = %s".encode(), (deal.id,))
    assert await counted(market.database, deal) == before


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_is_ever_emptied(market: Market, owner_url: str, table: str) -> None:
    await forgotten(market, owner_url)
    async with await psycopg.AsyncConnection.connect(owner_url) as connection:
        with pytest.raises(psycopg.errors.RestrictViolation):
            await connection.execute(f"TRUNCATE {table} CASCADE".encode())


async def test_nobody_but_the_app_may_call_it(url: str, owner_url: str) -> None:
    if url == owner_url:
        pytest.skip("this server is used as its owner")
    async with await connect(owner_url) as connection:
        rows = await connection.execute(
            "SELECT has_function_privilege('public', 'traderoom_clear_drafts()', 'EXECUTE'), prosecdef, proconfig::text"
            " FROM pg_proc WHERE proname = 'traderoom_clear_drafts'"
        )
        may, as_owner, config = (await rows.fetchall())[0]
    assert (may, as_owner) == (False, True)
    assert "search_path=public, pg_temp" in config


async def test_other_processes_hear_that_something_was_cleared(market: Market, url: str, owner_url: str) -> None:
    await forgotten(market, owner_url)
    there = Database(url)
    await there.open()
    try:
        async with Listener(there, "there").running() as listener:
            assert await market.ledger.clear_drafts() == 1
            await until(lambda: listener.resumptions == 1)
            await market.ledger.clear_drafts()
            deal = await market.draft("The next one")
            await until(lambda: bool(listener.news))
    finally:
        await there.close()
    assert (listener.resumptions, listener.news) == (1, [(deal.id, 1, False)])


async def test_a_code_of_a_cleared_offer_is_as_good_as_unknown(
    market: Market, history: History, owner_url: str
) -> None:
    gone = await forgotten(market, owner_url)
    outcome = await gone.ask(SendMessage("Still there?"), gone.seller)
    await market.ledger.clear_drafts()
    assert await market.ledger.record(outcome) is None
    assert await history.by_code(gone.code) is None
