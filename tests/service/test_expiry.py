"""Closing what time has closed: once, not early, and whatever became of the trade meanwhile."""

from app.domain.kinds import Kind, Status
from app.domain.moves import Accept
from app.rooms.lists import Watcher
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.service.conftest import Office


async def test_an_overdue_trade_expires_once(office: Office, market: Market) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    assert await office.negotiation.expire(deal.id) is None
    assert await office.negotiation.expire(deal.id) is None
    assert (await deal.trade()).status is Status.EXPIRED
    assert [action.kind for action in await market.history.actions(deal.id)].count(Kind.EXPIRED) == 1


async def test_a_trade_with_time_left_tells_until_when(office: Office, deal: Deal) -> None:
    trade = await deal.trade()
    assert await office.negotiation.expire(deal.id) == trade.expires_at
    assert await deal.trade() == trade


async def test_a_closed_trade_and_one_that_vanished_are_left_alone(office: Office, market: Market) -> None:
    accepted = await market.past(Status.ACCEPTED)
    assert await office.negotiation.expire(accepted.id) is None
    assert await office.negotiation.expire(12345) is None
    assert (await accepted.trade()).status is Status.ACCEPTED


async def test_a_trade_that_was_accepted_elsewhere_at_the_last_moment_stays_accepted(
    office: Office, market: Market, sam: Viewer
) -> None:
    """The room in memory has not heard of it yet."""
    deal = await market.deal(minutes=0.02)
    room = await office.negotiation.enter(sam, deal.id)
    await office.move_elsewhere(deal, Accept(1), deal.buyer)
    await deal.wait_for_deadline()
    assert room.trade.status is Status.IN_NEGOTIATION
    assert await office.negotiation.expire(deal.id) is None
    assert (await deal.trade()).status is Status.ACCEPTED


async def test_an_expiry_is_shown_in_the_room_and_in_the_lists(
    office: Office, market: Market, sam: Viewer, bea: Viewer
) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    room = await office.negotiation.enter(bea, deal.id)
    told: list[Status] = []
    office.trades.watch_mine(sam, Watcher(lambda trade, _: told.append(trade.status)))
    await office.negotiation.expire(deal.id)
    assert room.trade.status is Status.EXPIRED
    assert [action.kind for action in room.recent] == [Kind.CREATED, Kind.JOINED, Kind.EXPIRED]
    assert told == [Status.EXPIRED]


async def test_the_sweep_closes_everything_overdue(office: Office, market: Market, deal: Deal) -> None:
    await office.negotiation.expire_overdue()
    overdue = [await market.past(Status.IN_NEGOTIATION), await market.past(Status.DRAFT)]
    assert await office.negotiation.expire_overdue() == 2
    assert [(await late.trade()).status for late in overdue] == [Status.EXPIRED] * 2
    assert (await deal.trade()).status is Status.IN_NEGOTIATION
    assert await office.negotiation.expire_overdue() == 0
