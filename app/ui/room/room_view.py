"""One person's side of a room: what all parts of its page need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.capacity import Place
from app.domain.kinds import Role
from app.domain.read_marks import ReadMark
from app.domain.trade import Trade
from app.rooms.room import Room
from app.service.negotiation import Negotiation
from app.service.viewer import Viewer
from app.ui.components import wording
from app.ui.components.countdown import Countdown
from app.ui.components.html import Html
from app.ui.room.room_binding import RoomBinding


@dataclass(frozen=True, slots=True)
class RoomView:
    """The viewer's side of a room."""

    #: Who looks.
    viewer: Viewer
    #: The viewer's side of the trade.
    role: Role
    #: The live room.
    room: Room
    #: The moves that can be made in it.
    negotiation: Negotiation
    #: The browser's time zone.
    zone: ZoneInfo
    #: The database's clock.
    now: Callable[[], datetime]
    #: A trade's invitation link.
    link: Callable[[Trade], str]
    #: What the page shows of the room.
    binding: RoomBinding
    #: The viewer's place to ask the database in, which all pages that they have open share.
    place: Place
    #: How far both parties had seen the trade when the page was opened, by user id.
    marks: Mapping[int, ReadMark] = field(default_factory=dict)
    #: The clocks that stand on the page, which stop while its tab is hidden.
    clocks: list[Countdown] = field(default_factory=list)

    @property
    def trade(self) -> Trade:
        """The trade as the page shows it: what is pressed is meant for this one."""
        trade: Trade = self.binding.trade
        return trade

    @property
    def me(self) -> int:
        """The viewer's user id."""
        return self.viewer.person.id

    @property
    def counterparty(self) -> Html:
        """The other party's name, as words on the page have it."""
        return wording.name(self.trade.counterparty(self.me), self.me)

    @property
    def today(self) -> date:
        """The day it is now in the viewer's time zone."""
        return self.now().astimezone(self.zone).date()

    def clock_time(self, at: datetime) -> wording.ClockTime:
        """A time as the viewer's clock shows it; of another day with its date."""
        return wording.clock_time(at, self.zone, self.today)
