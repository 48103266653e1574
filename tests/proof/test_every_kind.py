"""Whatever can happen stands in the timeline, the conversation, the receipt and the PDF, and the receipt verifies."""

from contextlib import nullcontext
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.db.ledger import new_code
from app.domain import moves
from app.domain.actions import Action
from app.domain.kinds import KINDS, Kind, Role
from app.domain.terms import parse_terms
from app.domain.traits import DeadlineChange
from app.rooms.room import Room
from app.rooms.ticker import Dial
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import Receipt, verify
from app.service.viewer import Viewer
from app.ui.components import wording
from app.ui.http.receipt_pdf import render
from app.ui.room import entries
from app.ui.room.room_view import RoomView
from tests.conftest import Deal, Market
from tests.proof.issued import issue
from tests.proof.pdf_text import text_of

ENDINGS: list[moves.Move] = [
    moves.Accept(2),
    moves.Reject(2, "too dear"),
    moves.Withdraw(2, "sold elsewhere"),
    moves.Expire(),
]


async def play_everything(market: Market, ending: moves.Move) -> Deal:
    """A trade in which each kind of thing happens that does not end it, and then the ending."""
    # So soon that the offer moves the deadline.
    deal = await market.draft(minutes=1 if not isinstance(ending, moves.Expire) else 0.03)
    if not isinstance(ending, moves.Expire):
        await deal.play(moves.RenewLink(new_code()), deal.seller)
        await deal.play(moves.Join(deal.buyer, (await deal.trade()).code))
        await deal.play(moves.ReleaseSeat(new_code()), deal.seller)
        await deal.play(moves.Join(deal.buyer, (await deal.trade()).code))
        await deal.play(moves.SendMessage("Is it oiled?"), deal.buyer)
        await deal.play(moves.RequestAmendment("Oil it, please"), deal.buyer)
        await deal.play(moves.Offer(1, parse_terms("900.50", "2", "Oiled twice."), "as asked"), deal.seller)
        await deal.play(moves.See(2), deal.buyer)
        await deal.play(moves.Extend((await deal.trade()).expires_at + timedelta(hours=1)), deal.seller)
        await deal.play(ending, deal.seller if isinstance(ending, moves.Withdraw) else deal.buyer)
    else:
        await deal.wait_for_deadline()
        await deal.play(ending)
    return deal


@pytest.fixture
async def issued(market: Market) -> list[tuple[Deal, Receipt]]:
    """One receipt for each ending."""
    receipts = Receipts(market.history, Limits({"exports": "1000/minute"}), "a secret of the tests, long enough")
    issued = []
    for ending in ENDINGS:
        deal = await play_everything(market, ending)
        receipt = await issue(receipts, Viewer(deal.seller, 0), (await deal.trade()).code, market.database.clock.now())
        assert verify(receipt, receipts.public_key) == []
        issued.append((deal, receipt))
    return issued


async def view(deal: Deal) -> RoomView:
    """The seller's side of it."""
    trade = await deal.trade()
    room = Room(trade, 1, [], Dial(trade, deal.market.database.clock.now))
    rest = (ZoneInfo("UTC"), deal.market.database.clock.now, lambda trade: trade.code, None, nullcontext)
    return RoomView(Viewer(deal.seller, 0), Role.SELLER, room, None, *rest)  # type: ignore[arg-type]


async def test_every_kind_is_told_everywhere(issued: list[tuple[Deal, Receipt]]) -> None:
    told: set[Kind] = set()
    put_off: set[Kind] = set()
    for deal, receipt in issued:
        printed = [line.strip() for line in text_of(render(receipt)).splitlines()]
        actions: list[Action] = await deal.market.history.actions_since(deal.id, 0)
        assert [entry["body"]["kind"] for entry in receipt["actions"]] == [action.kind for action in actions]
        seen, deadline = await view(deal), actions[0].deadline
        for action in actions:
            words = KINDS[action.kind].words.format(
                who=action.actor.name if action.actor else "", version=action.version
            )
            # In their order, each once: what was found is not looked at again.
            place = next((place for place, line in enumerate(printed) if line.startswith(words)), None)
            assert place is not None, f"the PDF does not say {words!r}"
            if action.deadline and action.deadline != deadline:
                deadline = action.deadline
                until = f"the deadline to {deadline:%b} {deadline.day}, {deadline:%Y, %H:%M:%S} UTC"
                assert until in " ".join(printed[place : place + 3]), f"the PDF does not say {until!r}"
                put_off.add(action.kind)
            del printed[: place + 1]
            assert action.text in " ".join(printed[:2]), f"the PDF does not say {action.text!r}"
            assert f'data-kind="{action.kind}"' in entries.timeline(action, seen)
            row = entries.conversation(action, seen)
            if action.terms is not None:  # a card
                assert 'data-testid="offer"' in row
                assert wording.money(action.terms.price, "USD") in row
            elif action.kind in {Kind.MESSAGE_SENT, Kind.AMENDMENT_REQUESTED}:
                assert action.text in row
            else:
                assert f'data-kind="{action.kind}"' in row
            told.add(action.kind)
    assert told == set(Kind), "a kind that no test here lets happen"
    assert put_off == {kind for kind, rules in KINDS.items() if rules.deadline is not DeadlineChange.STAYS}
