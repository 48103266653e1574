"""The one writer: what it records is what the reader gives back, and what is no longer true is not recorded."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import log2

import psycopg
import pytest

from app.db.engine import Database, connect
from app.db.history import History
from app.db.ledger import _CODE_ALPHABET, Ledger, new_code
from app.db.queue import Queue
from app.db.statements import CHANNEL
from app.domain.actions import Action, Outcome
from app.domain.kinds import Kind, Role, Status
from app.domain.moves import (
    Accept,
    Expire,
    Extend,
    Join,
    Move,
    Offer,
    Reject,
    RequestAmendment,
    See,
    SendMessage,
    Withdraw,
)
from app.domain.terms import MAX_MINUTES, MAX_PRICE, MAX_QUANTITY, Terms
from app.domain.text import MAX_TEXT
from app.domain.trade import Person
from tests.conftest import TERMS, Deal, Market
from tests.db.audit import broken_promises

DEARER = Terms(Decimal("1100.50"), 4, "Oak, oiled twice.")
ODD = "50 % of \\ 'quotes' \"and\" {braces} $1 %s :name <b>🙂</b>\n\tشكرا"
FAR = datetime.now(UTC) + timedelta(days=30)
OPEN_MOVES = (Offer(1, DEARER), RequestAmendment("Less, please."), Accept(1), Reject(1, "No."))


def word(move: Move) -> str:
    """A move's name, for the names of tests."""
    return type(move).__name__


def mover(deal: Deal, move: Move) -> Person | None:
    """Whose move it is."""
    if isinstance(move, Expire):
        return None
    return deal.seller if isinstance(move, Offer | Withdraw | Extend) else deal.buyer


async def jobs(database: Database) -> list[tuple[int, str, str, dict[str, int], object]]:
    """All of the queue's jobs: id, task, status, arguments, and when they are due."""
    async with database.raw() as connection:
        cursor = await connection.execute(
            "SELECT id, task_name, status::text, args, scheduled_at FROM procrastinate_jobs ORDER BY id"
        )
        return await cursor.fetchall()


async def test_a_new_trade_reads_back_as_it_was_created(market: Market, history: History) -> None:
    seller = await market.person("Sam")
    created = await market.ledger.create(seller, ODD[:40], Terms(Decimal("0.01"), 1, ODD), "Béa", 45)
    standing = await history.trade(created.trade.id)
    assert standing is not None
    assert standing.trade == created.trade
    assert (standing.seq, standing.active_at) == (1, created.action.at)
    assert await history.actions(created.trade.id) == [created.action]
    assert await history.by_code(created.trade.code) == standing
    [version] = await history.versions(created.trade.id)
    assert (version.number, version.terms, version.before, version.actor) == (1, created.trade.terms, None, seller)


@pytest.mark.parametrize("minutes", [1, 30, MAX_MINUTES])
async def test_the_deadline_is_exactly_the_minutes_after_the_creation(market: Market, minutes: int) -> None:
    """A year is the limit to the microsecond; a clock that is read twice oversteps it now and then."""
    seller = await market.person("Sam")
    for _ in range(80):
        trade = (await market.ledger.create(seller, "Oak", TERMS, "", minutes)).trade
        assert trade.expires_at - trade.created_at == timedelta(minutes=minutes)


async def test_the_largest_figures_and_texts_are_kept_to_the_last_digit(market: Market) -> None:
    terms = Terms(MAX_PRICE, MAX_QUANTITY, "ü" * MAX_TEXT)
    deal = await market.deal(terms=terms)
    assert (await deal.trade()).terms == terms
    await deal.play(SendMessage("🙂" * MAX_TEXT), deal.buyer)
    await deal.play(Offer(1, Terms(Decimal("0.01"), 1, ""), "ü" * MAX_TEXT), deal.seller)
    assert (await market.history.actions(deal.id))[-1].before == terms


@pytest.mark.parametrize("end", [Accept(3), Reject(3, ODD), Reject(3), Withdraw(3, ODD), Expire()], ids=word)
async def test_every_move_is_read_back_as_it_was_recorded(market: Market, history: History, end: Move) -> None:
    deal = await market.draft(minutes=30 if not isinstance(end, Expire) else 0.02)
    last_offer = (Offer(2, DEARER, ODD), deal.seller)
    moves: list[tuple[Move, Person | None]] = [
        (SendMessage("I am early."), deal.seller),
        (Offer(1, replace(TERMS, quantity=6)), deal.seller),
        (Join(deal.buyer, deal.code), deal.buyer),
        (SendMessage(ODD), deal.buyer),
        (RequestAmendment(ODD), deal.buyer),
        last_offer,
        (See(3), deal.buyer),
        (Extend((await deal.trade()).expires_at + timedelta(hours=1)), deal.seller),
        (end, mover(deal, end)),
        (SendMessage("Thank you."), deal.buyer),
    ]
    if isinstance(end, Expire):  # an offer to somebody, or an extension, would make it a long wait
        moves = [*moves[:2], last_offer, *moves[2:5], *moves[8:]]
    recorded: list[Action] = await history.actions(deal.id)
    active_at = recorded[0].at
    for seq, (move, by) in enumerate(moves, start=2):
        if isinstance(move, Expire):
            await deal.wait_for_deadline()
        before = await deal.trade()
        outcome = await deal.play(move, by)
        recorded.append(outcome.action)
        standing = await deal.standing()
        assert (outcome.before, outcome.action.seq) == (before, seq)
        assert (standing.trade, standing.seq) == (outcome.trade, seq)
        active_at = active_at if isinstance(move, See) else outcome.action.at
        assert standing.active_at == active_at
        assert (await history.actions(deal.id))[-1] == outcome.action
    assert await history.actions(deal.id) == recorded
    assert [(v.number, v.terms, v.reason) for v in await history.versions(deal.id)] == [
        (3, DEARER, ODD),
        (2, replace(TERMS, quantity=6), ""),
        (1, TERMS, ""),
    ]
    async with market.database.raw() as connection:
        assert await broken_promises(connection) == {}


def test_a_code_has_130_random_bits_in_an_alphabet_that_survives_being_read_aloud() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert len(set(_CODE_ALPHABET)) == len(_CODE_ALPHABET)
    assert not set("ilou") & set(_CODE_ALPHABET)
    assert _CODE_ALPHABET.islower()
    assert all(set(code) <= set(_CODE_ALPHABET) for code in codes)
    assert min(len(code) for code in codes) * log2(len(_CODE_ALPHABET)) >= 128
    assert {c for code in codes for c in code} == set(_CODE_ALPHABET)


@pytest.mark.parametrize("move", [Accept(1), Offer(1, DEARER)], ids=word)
async def test_a_move_on_older_terms_is_not_recorded(deal: Deal, ledger: Ledger, move: Move) -> None:
    asked = await deal.ask(move, mover(deal, move))
    await deal.play(Offer(1, replace(TERMS, quantity=1)), deal.seller)
    standing = await deal.standing()
    assert await ledger.record(asked) is None
    assert await deal.standing() == standing


@pytest.mark.parametrize("close", [Accept(1), Reject(1)], ids=word)
async def test_a_closed_trade_takes_messages_and_nothing_else(deal: Deal, ledger: Ledger, close: Move) -> None:
    asked = [await deal.ask(move, mover(deal, move)) for move in OPEN_MOVES]
    asked.append(await deal.ask(Expire(), now=(await deal.trade()).expires_at))
    await deal.play(close, deal.buyer)
    standing = await deal.standing()
    assert [await ledger.record(outcome) for outcome in asked] == [None] * len(asked)
    assert await deal.standing() == standing
    assert (await deal.play(SendMessage("Thanks."), deal.seller)).action.seq == 4


async def test_the_seat_is_taken_once(market: Market, ledger: Ledger) -> None:
    deal, cid = await market.draft(), await market.person("Cid")
    late = await deal.ask(Join(cid, deal.code), cid)
    await deal.play(Join(deal.buyer, deal.code), deal.buyer)
    assert await ledger.record(late) is None
    assert (await deal.trade()).buyer == deal.buyer


@pytest.mark.parametrize("move", [*OPEN_MOVES, SendMessage("Hello?")], ids=word)
async def test_an_outsider_s_move_is_not_recorded_even_if_the_rules_were_asked_wrongly(
    deal: Deal, market: Market, move: Move
) -> None:
    eve = await market.person("Eve")
    outcome = await deal.ask(move, mover(deal, move))
    forged = replace(outcome, action=replace(outcome.action, actor=eve))
    assert await market.ledger.record(forged) is None
    assert (await deal.standing()).seq == 2


@pytest.mark.parametrize("move", [*OPEN_MOVES[1:], Withdraw(1), Extend(FAR), See(1)], ids=word)
async def test_the_other_party_s_move_is_not_recorded_either(deal: Deal, ledger: Ledger, move: Move) -> None:
    outcome = await deal.ask(move, mover(deal, move))
    other = deal.buyer if mover(deal, move) == deal.seller else deal.seller
    role = Role.BUYER if other == deal.buyer else Role.SELLER
    assert await ledger.record(replace(outcome, action=replace(outcome.action, actor=other, role=role))) is None


async def test_an_unknown_trade_s_move_is_not_recorded(deal: Deal, ledger: Ledger) -> None:
    outcome = await deal.ask(SendMessage("Hello?"), deal.buyer)
    assert await ledger.record(replace(outcome, before=replace(outcome.before, id=10**9))) is None


async def test_creating_defers_exactly_one_job_at_the_deadline(market: Market, database: Database) -> None:
    trade = await (await market.draft()).trade()
    [(job_id, task, status, arguments, due)] = await jobs(database)
    assert (task, status, arguments, due) == ("expire_trade", "todo", {"trade_id": trade.id}, trade.expires_at)
    async with database.raw() as connection:
        row = await (await connection.execute("SELECT expiry_job_id FROM trades")).fetchone()
    assert row == (job_id,)


async def test_a_trade_whose_job_cannot_be_deferred_is_not_created(
    market: Market, url: str, database: Database
) -> None:
    class Broken(Queue):
        async def defer_expiry(self, *_: object) -> int:
            raise psycopg.OperationalError("no queue today")

    with pytest.raises(psycopg.OperationalError, match="no queue today"):
        await Ledger(database, Broken(url), "here").create(await market.person("Sam"), "Oak", TERMS, "", 30)
    assert await market.history.count() == (0, 0)
    assert await jobs(database) == []


@pytest.mark.parametrize("close", [Accept(1), Reject(1, "No.")], ids=word)
async def test_closing_cancels_the_job(deal: Deal, market: Market, database: Database, close: Move) -> None:
    other = await market.draft("Pine shelf")
    await deal.play(close, deal.buyer)
    assert [arguments for *_, arguments, _ in await jobs(database)] == [{"trade_id": other.id}]


async def test_closing_works_when_the_job_is_gone(deal: Deal, database: Database) -> None:
    async with database.raw() as connection:
        await connection.execute("DELETE FROM procrastinate_jobs")
    assert (await deal.play(Accept(1), deal.buyer)).trade.status is Status.ACCEPTED


async def test_a_close_that_is_rolled_back_leaves_the_trade_open_and_its_job_waiting(
    deal: Deal, url: str, database: Database
) -> None:
    class Broken(Queue):
        async def cancel_expiry(self, job_id: int, connection: psycopg.AsyncConnection) -> None:
            await super().cancel_expiry(job_id, connection)
            raise psycopg.OperationalError("the lights went out")

    before, waiting = await deal.standing(), await jobs(database)
    with pytest.raises(psycopg.OperationalError, match="lights"):
        await Ledger(database, Broken(url), "here").record(await deal.ask(Accept(1), deal.buyer))
    assert await deal.standing() == before
    assert await jobs(database) == waiting
    assert (await deal.play(Accept(1), deal.buyer)).trade.status is Status.ACCEPTED


async def test_each_recorded_move_is_announced_with_its_place_and_origin(
    market: Market, url: str, database: Database
) -> None:
    async with await connect(url) as listening:
        await listening.execute(f"LISTEN {CHANNEL}")
        deal = await market.deal()
        stale = await deal.ask(Accept(1), deal.buyer)
        await Ledger(database, Queue(url), "there").record(await deal.ask(Offer(1, DEARER), deal.seller))
        assert await market.ledger.record(stale) is None
        await deal.play(Accept(2), deal.buyer)
        heard = [notice.payload async for notice in listening.notifies(timeout=2, stop_after=4)]
    assert heard == [f"{deal.id} 1 here", f"{deal.id} 2 here", f"{deal.id} 3 there", f"{deal.id} 4 here"]


Forgery = Callable[[Outcome], Outcome]
FORGERIES: dict[str, tuple[Move, Forgery]] = {
    "accept a draft": (Accept(1), lambda o: replace(o, before=replace(o.before, status=Status.DRAFT))),
    "accept after the outcome": (Accept(1), lambda o: replace(o, before=replace(o.before, status=Status.ACCEPTED))),
    "a version ahead of time": (Accept(1), lambda o: replace(o, before=replace(o.before, version=2))),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_move_from_a_state_the_trade_is_not_in_is_not_recorded(deal: Deal, ledger: Ledger, name: str) -> None:
    move, forge = FORGERIES[name]
    assert await ledger.record(forge(await deal.ask(move, deal.buyer))) is None
    assert (await deal.trade()).status is Status.IN_NEGOTIATION


async def test_a_cancelled_move_leaves_the_connection_usable(deal: Deal, database: Database) -> None:
    outcome = await deal.ask(SendMessage("Hello?"), deal.buyer)
    assert outcome.action.kind is Kind.MESSAGE_SENT
    for _ in range(30):  # thrice the pool
        task = asyncio.create_task(deal.market.ledger.record(outcome))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with database.raw() as connection:
        assert await broken_promises(connection) == {}
    await deal.play(Accept(1), deal.buyer)
