"""Private trades: others learn their status and nothing else; currencies and units, as a seller chooses them."""

from typing import Any

import pytest

from app.domain.currency import USD
from app.domain.kinds import Status
from app.domain.refusals import Reason
from app.domain.trade import Trade
from app.rooms.listing import Query
from app.service.trades import Trades
from app.service.viewer import Viewer
from tests.service.conftest import Office, typed
from tests.service.test_trades import offer


async def private(office: Office, sam: Viewer, title: str, **changes: Any) -> Trade:
    """A private trade of Sam's."""
    return await office.trades.create(sam, private=True, **offer(title=title, **changes))


async def test_a_private_trade_is_whole_to_its_parties_alone(
    office: Office, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    trade = await private(office, sam, "A quiet sale")
    listed = await office.trades.create(sam, **offer(title="A loud sale"))
    await office.negotiation.join(bea, trade.id, trade.code)
    view = await office.trades.activity(eve, Query())
    line = view.lines[trade.id]
    assert [line.is_whole_to(who.person.id) for who in (sam, bea, eve)] == [True, True, False]
    assert view.lines[listed.id].is_whole_to(eve.person.id)
    office.trades.close_activity(view)


async def test_the_title_of_a_private_trade_is_found_by_its_parties_alone(
    office: Office, sam: Viewer, eve: Viewer
) -> None:
    trade = await private(office, sam, "Hushed harps")
    for version, (viewer, is_party) in enumerate(((sam, True), (eve, False)), start=1):
        view = await office.trades.activity(viewer, Query(title="hushed"))
        assert (trade.id in view.lines) == is_party
        changed = await office.negotiation.offer(sam, trade.id, version, **typed(quantity=str(5 + version)))
        assert view.query.matches(changed) == is_party
        office.trades.close_activity(view)


async def read(office: Office, trade: Trade) -> Trade:
    standing = await office.market.history.trade(trade.id)
    assert standing is not None
    return standing.trade


async def test_where_the_dashboard_is_off_everybody_sees_their_own_trades_only(
    office: Office, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    trades = Trades(
        office.market.ledger,
        office.market.history,
        office.lobby,
        office.dashboard,
        office.trades._limits,
        most_open=1_000,
        shows_all=False,
    )
    mine = await office.trades.create(sam, **offer(title="Mine alone"))
    hers = await office.trades.create(bea, **offer(title="Hers alone"))
    for viewer, seen in ((sam, {mine.id}), (bea, {hers.id}), (eve, set())):
        view = await trades.activity(viewer, Query())
        assert {mine.id, hers.id} & set(view.lines) == seen
        trades.close_activity(view)


async def test_a_trade_keeps_the_currency_and_the_unit_that_it_was_made_with(
    office: Office, sam: Viewer, bea: Viewer
) -> None:
    made = await office.trades.create(sam, **offer(price="€1,000", currency="eur", unit=" per pallet "))
    trade = await read(office, made)
    assert (trade, trade.currency, trade.unit) == (made, "EUR", "per pallet")
    await office.negotiation.join(bea, trade.id, trade.code)
    offered = await office.negotiation.offer(bea, trade.id, 1, **typed(price="€900"))
    assert (offered.currency, offered.unit) == ("EUR", "per pallet")
    plain = await office.trades.create(sam, **offer())
    assert (plain.currency, plain.unit, plain.listed) == (USD, "", True)


async def test_an_offer_in_yen_has_no_coins(office: Office, sam: Viewer) -> None:
    trade = await office.trades.create(sam, **offer(price="1000", currency="JPY"))
    async with office.refuses(Reason.INVALID, "price"):
        await office.negotiation.offer(sam, trade.id, 1, **typed(price="900.50"))


@pytest.mark.parametrize(("field", "value"), [("currency", "KWD"), ("currency", ""), ("unit", "x" * 41)])
async def test_a_wrong_value_is_refused_at_its_field(office: Office, sam: Viewer, field: str, value: str) -> None:
    async with office.refuses(Reason.INVALID, field):
        await office.trades.create(sam, **offer(**{field: value}))


async def test_my_trades_begin_with_those_where_it_is_my_turn(office: Office) -> None:
    seller, buyer = await office.viewer("Seller with a turn"), await office.viewer("Buyer with a turn")
    trades = [await office.trades.create(seller, **offer(title=f"Turn {n}", minutes=str(30 + n))) for n in range(3)]
    for trade in trades[1:]:
        await office.negotiation.join(buyer, trade.id, trade.code)
    await office.negotiation.offer(buyer, trades[2].id, 1, **typed())
    for viewer, order in ((seller, [2, 0, 1]), (buyer, [1, 2])):
        found, _ = await office.trades.mine(viewer, tuple(Status), 0)
        assert [trade.id for trade in found] == [trades[n].id for n in order]
        role = found[0].role_of(viewer.person.id)
        assert [trade.turn is role for trade in found] == [True] + [False] * (len(order) - 1)
    await office.negotiation.request_amendment(buyer, trades[1].id, "Less?")
    found, _ = await office.trades.mine(seller, tuple(Status), 0)
    assert found[0].id == trades[1].id
