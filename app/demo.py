"""The demo: two people and a few trades to look at. People and history are made once; an open room is always there."""

from datetime import timedelta

from app.bootstrap import Application
from app.domain.kinds import Status
from app.domain.refusals import Refusal
from app.domain.trade import Person, Trade
from app.service.viewer import Viewer
from app.ui.http.auth import DEMO_PEOPLE

_PASSWORD = "traderoom-demo"  # noqa: S105 - the demo's, and the demo runs on this machine only
_WORTH_ENTERING = timedelta(minutes=5)


async def seed(application: Application) -> list[str]:
    """Make what is missing; returns the lines for whoever started the demo."""
    seller, is_new = await _person(application, DEMO_PEOPLE["seller"])
    buyer, _ = await _person(application, DEMO_PEOPLE["buyer"])
    if is_new:
        await _closed_trades(application, Viewer(seller, 0), Viewer(buyer, 0))
    trade = await _open_trade(application, Viewer(seller, 0))
    return [
        f"Demo people: {seller.name} (seller) and {buyer.name} (buyer), password {_PASSWORD}",
        f"An open room: {application.settings.public_url}/room/{trade.code}",
    ]


async def _person(application: Application, name: str) -> tuple[Person, bool]:
    try:
        return await application.accounts.create(name, _PASSWORD), True
    except Refusal:
        return await application.accounts.find(name), False


async def _open_trade(application: Application, seller: Viewer) -> Trade:
    drafts, _ = await application.trades.mine(seller, [Status.DRAFT], 0)
    for trade in drafts:
        if trade.expires_at - application.database.clock.now() > _WORTH_ENTERING:
            return trade
    return await _draft(
        application,
        seller,
        title="Five refurbished ThinkPads",
        description="X1 Carbon, 9th generation, 16 GB. New batteries, one year of warranty. Pick-up or shipping.",
        price="640.00",
        quantity="5",
    )


async def _closed_trades(application: Application, seller: Viewer, buyer: Viewer) -> None:
    rooms = application.negotiation
    trade = await _draft(
        application, seller, title="Espresso machine", description="Dual boiler, 2023.", price="1200", quantity="1"
    )
    await rooms.join(buyer, trade.id, trade.code)
    await rooms.send(buyer, trade.id, "Hello Sam! Is the grinder included?")
    await rooms.send(seller, trade.id, "It is not, but I can put it in.")
    await rooms.request_amendment(buyer, trade.id, "Please include the grinder, for 1,150 together.")
    await rooms.offer(
        seller,
        trade.id,
        1,
        price="1150",
        quantity="1",
        description="Dual boiler, 2023. With the grinder.",
        reason="Grinder included, as you asked",
    )
    await rooms.accept(buyer, trade.id, 2)
    trade = await _draft(application, seller, title="Office chairs", description="", price="89.90", quantity="12")
    await rooms.join(buyer, trade.id, trade.code)
    await rooms.reject(buyer, trade.id, 1, "We found some nearby, thank you.")


async def _draft(
    application: Application, seller: Viewer, *, title: str, description: str, price: str, quantity: str
) -> Trade:
    return await application.trades.draft(
        seller.person,
        title=title,
        description=description,
        price=price,
        quantity=quantity,
        buyer="",
        minutes=str(application.settings.expiry_minutes),
    )
