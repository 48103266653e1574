"""The conversation: messages and events in one flow, who is typing, and the composer at the bottom."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.actions import Action
from app.domain.trade import Person
from app.ui import browser
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.stream import ChangingRow, Row, Stream
from app.ui.room import entries
from app.ui.room.composer import Composer
from app.ui.room.flow_rows import FlowRows
from app.ui.room.notification_menu import notification_menu
from app.ui.room.room_view import RoomView

_NEW = Html('<div class="event since"><span>{}</span></div>')
_NEWEST = "To the newest"


class Conversation:
    """The flow and its field. `new` is what the viewer had not seen when the page was opened."""

    def __init__(self, view: RoomView, new: Sequence[Action] = ()) -> None:
        self._view = view
        self._unread = 0
        self._reading_back = False
        self._first_seq = view.room.recent[0].seq
        self._since: ChangingRow | None = None
        self._is_marked = bool(new)
        self._rows = FlowRows(view)
        with ui.element("section").classes("conversation").props('aria-label="Messages"'):
            notification_menu()
            with ui.element("div").classes("flow").props('tabindex="0"') as self.flow:
                ui.element("div").classes("waiting")  # the composer's script fills it
                rows = ui.element("div").classes("rows")
                rows.props('data-testid="messages" role="log" aria-live="polite"')
            self.flow.on("scroll", self._scrolled, js_handler=browser.tell_reading_position())
            self._stream = Stream(rows)
            self._stream.begin(self._first_rows(new))
            if view.room.has_earlier:
                self._stream.offer_earlier("Show earlier messages", self._show_earlier)
            typing = Block().classes("typing").props('aria-live="polite"')  # it is heard where it stood before
            view.binding.on_typing(lambda people: typing.show(_typing_line(people, view.me)))
            self._newest = Block(_NEWEST, tag="button").classes("button newest").props('type="button"')
            Composer(view)

        view.binding.on_trade(lambda _: self._rows.follow())

    def show(self, action: Action, unseen: int = 0) -> None:
        """Show what has just happened; what has no row of its own stands on the card of the offer it is about. Before
        the first of what is `unseen` stands a line."""
        self._rows.learn(action)
        if not entries.has_row(action):
            return
        if unseen == 1 or (unseen and not self._is_marked):
            self.came_back(0)
            self._since, self._is_marked = ChangingRow(_NEW.format("New since you left")), True
            self._stream.add(self._since)
        self._stream.add(self._rows.next(action), is_read=entries.is_read(action))
        if not self._reading_back:
            return
        if action.actor is not None and action.actor.id == self._view.me:
            self._to_newest()
        else:
            self._unread += 1
            self._show_unread()

    def came_back(self, unseen: int) -> None:
        """Say before what is new how much that is, once somebody looks again; what was new before is not any more."""
        if self._since is not None:
            is_told = bool(unseen) and self._is_marked
            self._since.show(_NEW.format(f"{unseen} new since you left") if is_told else Html(""))
        self._is_marked = False

    def _first_rows(self, new: Sequence[Action]) -> list[Row]:
        """What the room holds, with a line before what is new."""
        recent = self._view.room.recent
        rows = self._rows.first(recent)
        if new:
            shown = [action for action in recent if entries.has_row(action)]
            self._since = ChangingRow(_NEW.format(f"{len(new)} new since you left"))
            rows.insert(shown.index(new[0]), self._since)
        return rows

    async def _scrolled(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        self._reading_back = bool(told.get("up"))
        if not self._reading_back:
            self._unread = 0
            self._show_unread()
        if told.get("top"):
            await self._stream.load_earlier()

    def _to_newest(self) -> None:
        self._unread = 0
        self._reading_back = False
        self._show_unread()
        ui.run_javascript(browser.scroll_to_newest(self.flow.id))

    def _show_unread(self) -> None:
        """Say on the way back how many have arrived meanwhile; the browser shows it while one reads further up."""
        self._newest.show(f"{self._unread} new message{'s' if self._unread > 1 else ''}" if self._unread else _NEWEST)

    async def _show_earlier(self) -> bool:
        view = self._view
        async with view.place():
            older = await attempt(view.negotiation.earlier(view.viewer, view.room, self._first_seq))
        if older:
            self._first_seq = older[0].seq
            self._stream.fill(self._rows.earlier(older))
        return self._first_seq > 1


def _typing_line(people: tuple[Person, ...], me: int) -> Html:
    others = [person for person in people if person.id != me]
    line = Html('<span data-testid="typing"><bdi>{}</bdi> is typing…</span>')
    return line.format(others[0].name) if others else Html("")
