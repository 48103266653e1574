"""What pages are made with: the services, the live state they bind to, and the cookies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from app.capacity import CapacityLimiter
from app.domain.trade import Trade
from app.mail.sender import KeptMails
from app.rooms.dashboard import Dashboard
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service.accounts import Accounts
from app.service.addresses import Addresses
from app.service.negotiation import Negotiation
from app.service.privacy import Privacy
from app.service.read_marks import ReadMarks
from app.service.receipts import Receipts
from app.service.recovery import Recovery
from app.service.trades import Trades
from app.settings import Settings
from app.ui.http.cookies import Cookies
from app.ui.http.workshop import Workshop
from app.ui.live.outage import Outage
from app.ui.live.pending_pages import PendingPages


@dataclass(frozen=True, slots=True)
class Post:
    """What there is where mails are set up: use cases of addresses and of forgotten passwords, the mails that the demo
    has kept, and whether it keeps and shows them instead of sending them."""

    addresses: Addresses
    recovery: Recovery
    kept: KeptMails
    shown: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a page may use."""

    #: What the operator has set.
    settings: Settings
    #: Makes and reads this site's cookies.
    cookies: Cookies
    #: Pages that were asked for and that no socket has opened yet.
    pending: PendingPages
    #: The banner for a lost database.
    outage: Outage
    #: Use cases: accounts, trades as a whole, receipts, a person's own data, the moves in a room, what was seen.
    accounts: Accounts
    trades: Trades
    receipts: Receipts
    privacy: Privacy
    negotiation: Negotiation
    read_marks: ReadMarks
    #: Mails; None where they are not set up, and no page speaks of them.
    post: Post | None
    #: Lets the pages of one person, however many, put one question at a time to the database that all share.
    questions: CapacityLimiter
    #: Lets each person, however much they ask for, have one piece at a time of what is put together as it is sent.
    exports: CapacityLimiter
    #: Does what takes the processor for long.
    workshop: Workshop
    #: Who is where.
    presence: Presence
    #: Ticks the clocks that pages show.
    ticker: Ticker
    #: The dashboard's live state.
    dashboard: Dashboard
    #: The database's clock.
    now: Callable[[], datetime]
    #: Whether each part works that the server cannot do without, by its name.
    health: Callable[[], dict[str, bool]]

    def invitation_link(self, trade: Trade) -> str:
        """The address that a seller sends to the buyer."""
        return f"{self.settings.public_url}/room/{trade.code}"
