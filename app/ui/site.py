"""What pages are made with: the services, the live state they bind to, and the cookies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.domain.trade import Trade
from app.rooms.dashboard import Dashboard
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service.accounts import Accounts
from app.service.negotiation import Negotiation
from app.service.privacy import Privacy
from app.service.receipts import Receipts
from app.service.trades import Trades
from app.settings import Settings
from app.ui.http.cookies import Cookies
from app.ui.live.pending_pages import PendingPages


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a page may use. `now` is the database's clock; `health` names what does not work, if anything."""

    settings: Settings
    cookies: Cookies
    pending: PendingPages
    accounts: Accounts
    trades: Trades
    receipts: Receipts
    privacy: Privacy
    negotiation: Negotiation
    presence: Presence
    ticker: Ticker
    dashboard: Dashboard
    now: Callable[[], datetime]
    health: Callable[[], dict[str, bool]]

    def invitation_link(self, trade: Trade) -> str:
        """The address that a seller sends to the buyer."""
        return f"{self.settings.public_url}/room/{trade.code}"
