"""Two moves at once: whichever is recorded first, pages show in the end what the database holds."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import UUID

import pytest

from app.domain.actions import Outcome
from app.domain.kinds import Kind, Status
from app.domain.trade import Trade
from app.rooms.listing import Query
from app.rooms.lists import Watcher
from tests.conftest import Deal, Market
from tests.service.conftest import Office, typed

Move = Callable[[Office, Deal], Coroutine[Any, Any, Any]]


class SlowLedger:
    """The ledger, with one kind of move held up between the rules and the recording."""

    def __init__(self, market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
        self.kind: Kind | None = None
        self.judged, self.may_record = asyncio.Event(), asyncio.Event()
        self._record = market.ledger.record
        monkeypatch.setattr(market.ledger, "record", self._record_slowly)

    async def _record_slowly(self, outcome: Outcome, request: UUID | None = None) -> Outcome | None:
        if outcome.action.kind is self.kind:
            self.judged.set()
            await self.may_record.wait()
        return await self._record(outcome, request)


@pytest.fixture
async def slow_ledger(market: Market, monkeypatch: pytest.MonkeyPatch) -> SlowLedger:
    """A ledger that can be held up."""
    return SlowLedger(market, monkeypatch)


async def send(office: Office, deal: Deal, who: str) -> None:
    """Somebody says something."""
    await office.negotiation.send(await office.viewer(who), deal.id, "Wait!")


async def amend(office: Office, deal: Deal) -> None:
    """The seller changes the terms."""
    await office.negotiation.offer(await office.viewer("Sam"), deal.id, 1, **typed())


async def decide(office: Office, deal: Deal, status: Status) -> None:
    """The buyer decides."""
    bea = await office.viewer("Bea")
    if status is Status.ACCEPTED:
        await office.negotiation.accept(bea, deal.id, 1)
    else:
        await office.negotiation.reject(bea, deal.id, 1, "")


async def request(office: Office, deal: Deal) -> None:
    """The buyer asks for other terms."""
    await office.negotiation.request_amendment(await office.viewer("Bea"), deal.id, "Less")


async def join(office: Office, deal: Deal) -> None:
    """The buyer takes the seat."""
    await office.negotiation.join(await office.viewer("Bea"), deal.id, deal.code)


SLOW: dict[str, tuple[Kind, Move]] = {
    "the buyer's message": (Kind.MESSAGE_SENT, lambda office, deal: send(office, deal, "Bea")),
    "the seller's message": (Kind.MESSAGE_SENT, lambda office, deal: send(office, deal, "Sam")),
    "a request": (Kind.AMENDMENT_REQUESTED, request),
    "a joining": (Kind.JOINED, join),
}
FAST: dict[str, Move] = {
    "an amendment": amend,
    "an acceptance": lambda office, deal: decide(office, deal, Status.ACCEPTED),
    "a rejection": lambda office, deal: decide(office, deal, Status.REJECTED),
}
MESSAGES = [(slow, fast) for slow in SLOW if "message" in slow for fast in FAST]


@pytest.mark.parametrize(("slow", "fast"), [*MESSAGES, ("a request", "an amendment"), ("a joining", "an amendment")])
async def test_a_move_that_was_judged_before_another_one_does_not_take_the_pages_back(
    office: Office, slow_ledger: SlowLedger, slow: str, fast: str
) -> None:
    """Both are judged by the same trade; the one that changes it is recorded first."""
    market = office.market
    deal = await (market.draft() if slow == "a joining" else market.deal())
    sam = await office.viewer("Sam")
    room = await office.negotiation.enter(sam, deal.id)
    listed: list[Trade] = []
    office.trades.watch_mine(sam, Watcher(lambda trade, _: listed.append(trade)))
    board = await office.trades.activity(sam, Query())

    slow_ledger.kind, move_slowly = SLOW[slow]
    moving = asyncio.create_task(move_slowly(office, deal))
    await slow_ledger.judged.wait()
    await FAST[fast](office, deal)
    slow_ledger.may_record.set()
    await moving
    await office.settle()
    await asyncio.sleep(0.2)  # the dashboard gathers changes

    stored = await deal.trade()
    assert (stored.version, stored.status.final) == ((2, False) if fast == "an amendment" else (1, True))
    for shown in (room.trade, room.dial.trade, listed[-1], board.lines[deal.id].trade):
        assert shown == stored
