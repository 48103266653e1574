"""Asked again because the answer was lost: the same name and the same content is done once and answered as done."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from app.db.queue import Queue
from app.domain.actions import Outcome
from app.domain.kinds import Kind, Status
from app.domain.refusals import Reason
from app.domain.trade import Trade
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.service.conftest import Office, make_office, typed

Ask = Callable[[Office, Deal, UUID], Awaitable[Any]]


async def send(office: Office, deal: Deal, name: UUID) -> object:
    """The buyer says something."""
    return await office.negotiation.send(await office.viewer("Bea"), deal.id, "Hello", request=name)


async def amend(office: Office, deal: Deal, name: UUID) -> object:
    """The seller changes the terms."""
    return await office.negotiation.offer(await office.viewer("Sam"), deal.id, 1, request=name, **typed())


async def request(office: Office, deal: Deal, name: UUID) -> object:
    """The buyer asks for other terms."""
    return await office.negotiation.request_amendment(await office.viewer("Bea"), deal.id, "Less?", request=name)


async def accept(office: Office, deal: Deal, name: UUID) -> object:
    """The buyer accepts."""
    return await office.negotiation.accept(await office.viewer("Bea"), deal.id, 1, request=name)


async def reject(office: Office, deal: Deal, name: UUID) -> object:
    """The buyer declines."""
    return await office.negotiation.reject(await office.viewer("Bea"), deal.id, 1, "No.", request=name)


async def withdraw(office: Office, deal: Deal, name: UUID) -> object:
    """The seller takes the offer back."""
    return await office.negotiation.withdraw(await office.viewer("Sam"), deal.id, 1, "Sold.", request=name)


async def extend(office: Office, deal: Deal, name: UUID) -> object:
    """The seller puts the deadline off, to the same time however often it is asked."""
    until = (await deal.trade()).created_at + timedelta(hours=2)
    return await office.negotiation.extend(await office.viewer("Sam"), deal.id, until, request=name)


MOVES: dict[str, Ask] = {move.__name__: move for move in (send, amend, request, accept, reject, withdraw, extend)}
every_move = pytest.mark.parametrize("ask", MOVES.values(), ids=MOVES)


def offer(**changes: str) -> dict[str, Any]:
    """A new offer, as typed."""
    fields = {"title": "Oak table", "description": "Oiled.", "price": "1000", "quantity": "5"}
    return {**fields, "buyer": "", "minutes": "30", **changes}


async def kinds(office: Office, deal: Deal) -> list[Kind]:
    """What has happened in a trade."""
    return [action.kind for action in await office.market.history.actions(deal.id)]


@every_move
@pytest.mark.parametrize("room_is_open", [False, True], ids=["empty room", "open room"])
async def test_what_is_asked_again_is_done_once_and_answered_alike(
    office: Office, deal: Deal, ask: Ask, room_is_open: bool
) -> None:
    if room_is_open:
        await office.lobby.enter(deal.id)
    name = uuid4()
    first = await ask(office, deal, name)
    before = await office.rows()
    for _ in range(2):
        assert await ask(office, deal, name) == first
    assert await office.rows() == before
    assert len(await kinds(office, deal)) == 3


@every_move
async def test_what_is_asked_again_after_the_close_is_answered_as_done(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal, ask: Ask
) -> None:
    name = uuid4()
    first = await ask(office, deal, name)
    if not (await deal.trade()).status.final:
        await office.negotiation.reject(bea, deal.id, (await deal.trade()).version, "")
    await office.negotiation.send(sam, deal.id, "A pity")
    again = await ask(office, deal, name)
    # A message comes back as it was recorded; a decision shows the trade as it stands now.
    assert again == (await deal.trade() if isinstance(first, Trade) else first)
    closings = {Kind.ACCEPTED, Kind.REJECTED, Kind.WITHDRAWN}
    assert len([kind for kind in await kinds(office, deal) if kind in closings]) == 1


@every_move
async def test_a_failure_after_the_commit_and_asking_again_give_one_row(
    office: Office, deal: Deal, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, name = office.market.ledger.record, uuid4()

    async def lose_the_answer(outcome: Outcome, request: UUID | None = None) -> Outcome | None:
        await record(outcome, request)
        raise psycopg.OperationalError("the connection is lost")

    with monkeypatch.context() as patch:
        patch.setattr(office.market.ledger, "record", lose_the_answer)
        with pytest.raises(psycopg.OperationalError):
            await ask(office, deal, name)
    done = await ask(office, deal, name)
    assert len(await kinds(office, deal)) == 3
    if isinstance(done, Trade):
        assert done == await deal.trade()


@every_move
async def test_asked_five_times_at_once_it_is_done_once(office: Office, deal: Deal, ask: Ask) -> None:
    name = uuid4()
    answers = await asyncio.gather(*(ask(office, deal, name) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert len(await kinds(office, deal)) == 3


async def test_another_text_under_the_same_name_is_another_message(office: Office, bea: Viewer, deal: Deal) -> None:
    name = uuid4()
    seqs = [
        (await office.negotiation.send(bea, deal.id, text, request=name)).seq
        for text in ("Hello", "Hello!", "Hello", "Hello!")
    ]
    assert seqs == [3, 4, 3, 4]


async def test_the_same_name_of_another_person_is_another_message(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal
) -> None:
    name = uuid4()
    assert (await office.negotiation.send(bea, deal.id, "Hello", request=name)).seq == 3
    assert (await office.negotiation.send(sam, deal.id, "Hello", request=name)).seq == 4


async def test_accepting_again_under_another_name_is_refused(office: Office, bea: Viewer, deal: Deal) -> None:
    await office.negotiation.accept(bea, deal.id, 1, request=uuid4())
    for name in (uuid4(), None):
        async with office.refuses(Reason.CLOSED):
            await office.negotiation.accept(bea, deal.id, 1, request=name)


async def test_a_name_does_not_open_a_room_to_others(office: Office, bea: Viewer, eve: Viewer, deal: Deal) -> None:
    name = uuid4()
    await office.negotiation.send(bea, deal.id, "Hello", request=name)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.send(eve, deal.id, "Hello", request=name)


async def test_a_trade_asked_for_twice_is_made_once(office: Office, sam: Viewer) -> None:
    name = uuid4()
    first = await office.trades.create(sam, request=name, **offer())
    assert await office.trades.create(sam, request=name, **offer()) == first
    assert (await office.trades.create(sam, request=uuid4(), **offer())).id != first.id
    many = await asyncio.gather(*(office.trades.create(sam, request=name, **offer()) for _ in range(5)))
    assert many == [first] * 5


async def test_another_offer_under_the_same_name_is_another_trade(office: Office, sam: Viewer) -> None:
    """The form keeps its name while the seller corrects a price after a lost answer."""
    name = uuid4()
    first = await office.trades.create(sam, request=name, **offer())
    second = await office.trades.create(sam, request=name, **offer(price="900"))
    assert (second.id != first.id, f"{second.terms.price}") == (True, "900.00")


async def test_a_trade_asked_for_again_is_found_though_there_is_no_room_for_another(
    market: Market, queue: Queue
) -> None:
    office = make_office(market, queue, most_open=1)
    seller, name = await office.viewer("Seller of one"), uuid4()
    first = await office.trades.create(seller, request=name, **offer())
    assert await office.trades.create(seller, request=name, **offer()) == first


async def test_open_offers_are_counted_and_closed_ones_are_not(market: Market, queue: Queue) -> None:
    office = make_office(market, queue, most_open=2)
    seller, bea = await office.viewer("Seller of two"), await office.viewer("Bea")
    trades = [await office.trades.create(seller, **offer(title=f"Oak {n}")) for n in range(2)]
    async with office.refuses(Reason.TOO_OFTEN):
        await office.trades.create(seller, **offer())
    await office.negotiation.join(bea, trades[0].id, trades[0].code)
    async with office.refuses(Reason.TOO_OFTEN):
        await office.trades.create(seller, **offer())
    assert await office.trades.create(bea, **offer())
    assert (await office.negotiation.reject(bea, trades[0].id, 1, "")).status is Status.REJECTED
    await office.trades.create(seller, **offer())


async def test_offers_that_are_made_at_once_are_counted_too(market: Market, queue: Queue) -> None:
    office = make_office(market, queue, most_open=2)
    seller = await office.viewer("Seller in a hurry")
    asked = (office.trades.create(seller, **offer()) for _ in range(10))
    made = [one for one in await asyncio.gather(*asked, return_exceptions=True) if isinstance(one, Trade)]
    assert len(made) == 2


async def test_messages_and_moves_have_budgets_of_their_own(market: Market, queue: Queue, deal: Deal) -> None:
    office = make_office(market, queue, messages="2/minute", moves="2/minute")
    bea, sam = await office.viewer("Bea"), await office.viewer("Sam")
    for n in range(2):
        await office.negotiation.send(bea, deal.id, f"Message {n}")
        await office.negotiation.request_amendment(bea, deal.id, f"Request {n}")
    async with office.refuses(Reason.TOO_OFTEN):
        await office.negotiation.send(bea, deal.id, "One more")
    async with office.refuses(Reason.TOO_OFTEN):
        await office.negotiation.accept(bea, deal.id, 1)
    await office.negotiation.send(sam, deal.id, "Mine are counted apart")
    for _ in range(2):
        await office.negotiation.renew_link(sam, deal.id)
    for refused in (
        office.negotiation.renew_link(sam, deal.id),
        office.negotiation.release_seat(sam, deal.id),
        office.negotiation.offer(sam, deal.id, 1, **typed()),
        office.trades.create(sam, **offer()),
    ):
        async with office.refuses(Reason.TOO_OFTEN):
            await refused
