"""Whether somebody looks at a room's page, and what follows from it for both sides.

Nothing counts as seen before the browser has said that it is on a screen: a page may be loaded in a hidden tab, and
what was sent to a visible one may never arrive. Nor does what arrives on a screen that nobody has touched for two
minutes: somebody has gone and left it on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from time import monotonic

from nicegui import background_tasks, ui

from app.domain.actions import Action
from app.domain.countdown import SOON
from app.domain.kinds import KINDS, Kind
from app.domain.read_marks import BEFORE_DEADLINE, ReadMark, is_news, is_urgent, unread
from app.domain.refusals import Refusal
from app.domain.trade import Trade
from app.rooms.presence import Presence
from app.service.read_marks import ReadMarks
from app.ui.browser import notifications, visibility
from app.ui.components import wording
from app.ui.components.later import Later
from app.ui.components.latest import Latest
from app.ui.live.connection import attend
from app.ui.room.act_dialog import possible
from app.ui.room.room_view import RoomView

log = logging.getLogger(__name__)
_ASKED_EVERY = 3.0
"""Seconds between two questions to a page that stays visible whether what was sent is on the screen; each answer is one
read mark. What calls somebody is asked about at once."""
_RENEWED_EVERY = 60.0
"""Seconds after which who looks at a trade whose deadline is near is marked as being there once more: mails may be sent
by a process that has no pages."""
_AWAY_AFTER = 3.0
"""Seconds in a hidden tab until the other side is told: a look into another tab, or a reload, is no absence."""
_SHORT = "Five minutes left", ""


class Visibility:
    """Follows one page of a room, from its first socket until `end`.

    While somebody looks at the page, the viewer is here, and what arrives is seen as soon as the page says so, the
    other side's offer as well; the read mark follows. While nobody does, the viewer is away, and what arrives is
    counted in `unseen`, until `came_back(unseen)` is called when somebody looks again. What calls somebody whose page
    has no socket is said when it has one. What the viewer looks at on another page is not said here, and what they have
    seen there does not count.
    """

    def __init__(
        self, view: RoomView, presence: Presence, read_marks: ReadMarks, unseen: int, came_back: Callable[[int], None]
    ) -> None:
        self.unseen = unseen
        self._counted = 0  # what its title says
        self._came_back = came_back
        self._view = view
        self._presence = presence
        self._read_marks = read_marks
        self._client = ui.context.client
        self._over = False
        self._is_visible = False
        self._is_idle = False
        self._is_looked_at: bool | None = None
        self._watched = True
        self._warning: asyncio.TimerHandle | None = None
        self._untold = ("", "")
        self._is_short = False
        self._mark = Latest(self._keep_mark, view.place)
        self._asked = -_ASKED_EVERY
        self._ask_soon = Later(_ASKED_EVERY)
        self._away_soon = Later(_AWAY_AFTER)
        self._renew_soon = Later(_RENEWED_EVERY)
        ui.on("idle", lambda event: self._rest(bool(event.args)))
        ui.on("seen", lambda event: self._seen(event.args))
        self._end = attend(self._client, self._enter, self._leave)
        self._client.on_delete(self._gone)
        view.binding.on_trade(self._follow)
        view.room.seen.subscribe(self._seen_elsewhere)

    def arrived(self, action: Action) -> None:
        """Ask whether what has just happened is seen, or count it as news for who looks elsewhere."""
        me = self._view.me
        if self._is_looked_at:
            if is_news(action, me):
                self._ask(at_once=is_urgent(action))
        elif not KINDS[action.kind].silent:
            self._miss(action)
            self._tell_news()

    def _miss(self, action: Action) -> None:
        me = self._view.me
        if not is_news(action, me):  # who acts does so on another page, and has seen it there
            self.unseen, self._untold = 0, ("", "")
            return
        self.unseen += 1
        if is_urgent(action):
            figures = wording.sentence(action, me, self._view.trade.currency).striptags()
            self._untold = wording.happened(action, me).striptags(), figures

    def end(self) -> None:
        """Follow it no more, while the page stays."""
        self._view.room.seen.unsubscribe(self._seen_elsewhere)
        self._end()
        self._over = True
        self._warn_no_more()

    def _gone(self) -> None:
        self._warn_no_more()
        del self._end  # it leads back here

    def _enter(self) -> None:
        self._watched = True
        self._presence.enter(self._view.trade.id, self._view.viewer.person)
        self._client.run_javascript(visibility.tell_visibility())

    def _leave(self) -> None:
        if self._is_looked_at is not None:
            self._is_visible = False
            self._set_looked_at(False)
        self._ask_soon.forget()
        self._away_soon.forget()
        self._renew_soon.forget()
        self._warn_in_time(self._view.trade)
        self._presence.leave(self._view.trade.id, self._view.viewer.person, watched=self._watched)

    def show(self, visible: bool) -> None:
        """The browser tells whether the page is on a screen; a moment ago, what was sent arrived."""
        self._is_visible = visible
        self._look()

    def _rest(self, idle: bool) -> None:
        """The browser tells that nobody has touched it for two minutes, or that somebody does again."""
        self._is_idle = idle
        if self._is_looked_at is not None:
            self._look()

    def _look(self) -> None:
        if self._over:
            return
        was = self._is_looked_at
        self._set_looked_at(self._is_visible and not self._is_idle)
        if not self._is_looked_at:
            if was:
                self._miss_the_rest()
            self._away_soon(self._tell_presence)
            self._warn_in_time(self._view.trade)
            if self.unseen or self._untold[0] or self._is_short:
                self._tell_news()
        elif not was:
            self._mark_now(self._view.room.seq)
            self._away_soon.forget()
            self._renew_soon(self._renew)
            self._warn_no_more()
            self._tell_presence()
            self._see(self._view.trade.version)
            self._came_back(self.unseen)
            self.unseen = self._counted = 0
            self._untold = ("", "")

    def _set_looked_at(self, looked_at: bool) -> None:
        was, self._is_looked_at = self._is_looked_at, looked_at
        if looked_at != bool(was):
            self._view.room.look(self._view.me, 1 if looked_at else -1)

    def _seen_elsewhere(self, user_id: int) -> None:
        """The viewer has seen more, or looks at the room no more, on another page."""
        room = self._view.room
        if user_id != self._view.me or self._is_looked_at:
            return
        seen = room.on_screens[user_id]
        if room.recent and seen >= room.recent[0].seq:
            self.unseen = min(self.unseen, len(unread(room.recent, ReadMark(seen, None), user_id)))
        if not self.unseen:
            self._untold = "", ""
        if self.unseen < self._counted:
            self._tell_count()
        elif self.unseen > self._counted or self._untold[0] or self._is_short:
            self._tell_news()

    def _miss_the_rest(self) -> None:
        """A page that is hidden tells before that what it has (`seen`). What was on its way then nobody has seen."""
        self._renew_soon.forget()
        seen = self._view.room.on_screens[self._view.me]
        self._mark_now(seen)
        for action in unread(self._view.room.recent, ReadMark(seen, None), self._view.me):
            self._miss(action)

    def _renew(self) -> None:
        trade = self._view.trade
        near = trade.expires_at - self._view.now() <= BEFORE_DEADLINE + timedelta(seconds=_RENEWED_EVERY)
        if near and not trade.status.final:
            self._mark_now(0)
        self._renew_soon(self._renew)

    def _ask(self, *, at_once: bool) -> None:
        """Have the page say what is on its screen: now where that was not asked of late, else a moment later."""
        if at_once or monotonic() - self._asked >= _ASKED_EVERY:
            self._ask_now()
        else:
            self._ask_soon(self._ask_now)

    def _ask_now(self) -> None:
        self._ask_soon.forget()
        self._asked = monotonic()
        self._client.run_javascript(visibility.tell_seen(self._view.room.seq, self._view.trade.version))

    def _seen(self, told: object) -> None:
        """The browser tells what was on the screen; it can claim no more than there is."""
        if isinstance(told, list) and [type(each) for each in told] == [int, int] and told[0] <= self._view.room.seq:
            seq, version = told
            self._mark_now(seq)
            self._see(version)

    def _tell_presence(self) -> None:
        watched = self._is_looked_at is not False
        if watched is not self._watched:
            self._watched = watched
            self._presence.watch(self._view.trade.id, self._view.viewer.person, watched)

    def _follow(self, trade: Trade) -> None:
        if not self._is_looked_at:
            self._warn_in_time(trade)

    def _warn_in_time(self, trade: Trade) -> None:
        """Call who looks elsewhere when five minutes are left: the clocks of hidden tabs are not ticked."""
        self._cancel_warning()
        left = (trade.expires_at - SOON - self._view.now()).total_seconds()
        if trade.status.final or left > 0:
            self._is_short = False
        if not trade.status.final and left > 0:
            self._warning = asyncio.get_running_loop().call_later(left, self._warn)

    def _warn(self) -> None:
        self._is_short = True
        self._tell_news()

    def _warn_no_more(self) -> None:
        self._is_short = False
        self._cancel_warning()

    def _cancel_warning(self) -> None:
        if self._warning is not None:
            self._warning.cancel()
            self._warning = None

    def _tell_news(self) -> None:
        """Where nobody looks: the title counts, and what cannot wait is said, as soon as there is a socket for it."""
        if self._view.room.looked_at[self._view.me]:
            return
        cannot_wait = [self._untold] if self._untold[0] else []
        if self._is_short:
            cannot_wait.append(_SHORT)
        if self._tell_count(*cannot_wait):
            self._untold, self._is_short = ("", ""), False

    def _tell_count(self, *cannot_wait: tuple[str, str]) -> bool:
        """Whether there is somebody who can be told."""
        if self._is_looked_at is not False or not self._client.has_socket_connection:
            return False
        self._counted = self.unseen
        for words in cannot_wait or [("", "")]:
            self._client.run_javascript(notifications.tell_news(self.unseen, *words))
        return True

    def _see(self, version: int) -> None:
        """The other side's offer is on the screen: kept once for each version."""
        trade = self._view.trade
        if trade.version == version != trade.seen_version and possible(Kind.OFFER_SEEN, trade, self._view.role):
            seeing = self._view.negotiation.see(self._view.viewer, trade.id, version)
            background_tasks.create(_quietly(seeing), name="an offer was seen")

    def _mark_now(self, seq: int) -> None:
        """All that has happened until then is on the screen, or was until now."""
        self._view.room.see(self._view.me, seq)
        background_tasks.create(self._mark(), name="a read mark")

    async def _keep_mark(self) -> None:
        seen_seq = self._view.room.on_screens[self._view.me]
        await _quietly(self._read_marks.see(self._view.viewer, self._view.trade.id, seen_seq))


async def _quietly(keeping: Awaitable[None]) -> None:
    """Nobody has asked for it and nobody waits: what cannot be kept now is kept with what comes next."""
    try:
        await keeping
    except Refusal:
        pass  # somebody was faster, or the seat was released
    except Exception as error:  # noqa: BLE001 - a database that is away, or that we have left
        log.warning("what somebody has seen could not be kept: %r", error)
