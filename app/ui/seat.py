"""A seat in a room: one person's page of one trade, and what all its parts need."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.domain.trade import Role, Trade
from app.rooms.room import Room
from app.service.negotiation import Negotiation
from app.service.viewer import Viewer
from app.ui.face import Face


@dataclass(frozen=True, slots=True)
class Seat:
    """The viewer's side of a room. `zone` is the browser's time zone, `now` the database's clock, `link` a trade's
    invitation link, `face` what the page shows of the room."""

    viewer: Viewer
    role: Role
    room: Room
    negotiation: Negotiation
    zone: ZoneInfo
    now: Callable[[], datetime]
    link: Callable[[Trade], str]
    face: Face

    @property
    def trade(self) -> Trade:
        """The trade as it stands."""
        trade: Trade = self.room.trade
        return trade

    @property
    def me(self) -> int:
        """The viewer's user id."""
        return self.viewer.person.id

    @property
    def today(self) -> date:
        """The day it is now in the viewer's time zone."""
        return self.now().astimezone(self.zone).date()


def zone_of(viewer: Viewer) -> ZoneInfo:
    """The browser's time zone; UTC where it told none that we know."""
    try:
        return ZoneInfo(viewer.time_zone)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")
