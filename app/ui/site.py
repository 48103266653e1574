"""What pages are made with: the services, the live state they bind to, and the cookies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from fastapi import Request

from app.domain.trade import Trade
from app.rooms.floor import Floor
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service.accounts import Accounts
from app.service.negotiation import Negotiation
from app.service.privacy import Privacy
from app.service.receipts import Receipts
from app.service.trades import Trades
from app.service.viewer import Viewer
from app.settings import Settings
from app.ui.session import Cookies
from app.ui.waiting import Waiting


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a page may use. `now` is the database's clock; `health` names what does not work, if anything."""

    settings: Settings
    cookies: Cookies
    waiting: Waiting
    accounts: Accounts
    trades: Trades
    receipts: Receipts
    privacy: Privacy
    negotiation: Negotiation
    presence: Presence
    ticker: Ticker
    floor: Floor
    now: Callable[[], datetime]
    health: Callable[[], dict[str, bool]]

    def invitation_link(self, trade: Trade) -> str:
        """The address that a seller sends to the buyer."""
        return f"{self.settings.public_url}/room/{trade.code}"


def address_of(request: Request) -> str:
    """The browser's address, as the server knows it (a trusted proxy tells it)."""
    return request.client.host if request.client else ""


def viewer_of(request: Request) -> Viewer:
    """The signed-in person of a private page; the gate has sent everybody else away."""
    viewer: Viewer | None = request.state.viewer
    if viewer is None:
        raise RuntimeError("a private page was reached signed out")
    return viewer
