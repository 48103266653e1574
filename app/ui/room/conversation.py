"""The conversation: messages and events in one flow, who is typing, and the field at the bottom."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from uuid import uuid4

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.actions import Action
from app.domain.refusals import Refusal
from app.domain.trade import Person
from app.ui import browser
from app.ui.components.button import Button
from app.ui.components.feedback import attempt, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.stream import ChangingRow, Row, Stream
from app.ui.room import entries
from app.ui.room.cards import MAY_CHANGE, state_of
from app.ui.room.room_view import RoomView

_NEW = Html('<div class="event since"><span>{}</span></div>')


class Conversation:
    """The flow and its field. `new` is what the viewer had not seen when the page was opened."""

    def __init__(self, view: RoomView, new: Sequence[Action] = ()) -> None:
        self._view = view
        self._unread = 0
        self._reading_back = False
        self._sent = ""
        self._turn = asyncio.Lock()
        self._request = uuid4()
        self._first_seq = view.room.recent[0].seq
        self._since: ChangingRow | None = None
        self._pill: Button | None = None
        self._changing: list[tuple[Action, ChangingRow]] = []
        with ui.element("section").classes("conversation").props('aria-label="Messages"'):
            with ui.element("div").classes("flow").props('tabindex="0"') as self._flow:
                rows = ui.element("div").classes("rows")
                rows.props('data-testid="messages" role="log" aria-live="polite"')
            self._flow.on("scroll", self._scrolled, js_handler=browser.tell_reading_position())
            self._stream = Stream(rows)
            self._stream.begin(self._first_rows(new))
            if view.room.has_earlier:
                self._stream.offer_earlier("Show earlier messages", self._show_earlier)
            typing = Block().classes("typing").props('data-testid="typing" aria-live="polite"')
            view.binding.on_typing(lambda people: typing.show(_typing_line(people, view.me)))
            self._composer()

        view.binding.on_trade(lambda _: self._follow())

    def show(self, action: Action, unseen: int = 0) -> None:
        """Show what has just happened; what has no row of its own stands on the card of the offer it is about. Before
        the first of what is `unseen` stands a line."""
        if not entries.has_row(action):
            self._follow()
            return
        if unseen == 1:
            self.came_back(0)
            self._since = ChangingRow(_NEW.format("New since you left"))
            self._stream.add(self._since)
        self._stream.add(self._row(action))
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
            self._since.show(_NEW.format(f"{unseen} new since you left") if unseen else Html(""))

    def _first_rows(self, new: Sequence[Action]) -> list[Row]:
        """What the room holds, with a line before what is new."""
        shown = [action for action in self._view.room.recent if entries.has_row(action)]
        rows = self._rows(shown)
        if new:
            self._since = ChangingRow(_NEW.format(f"{len(new)} new since you left"))
            rows.insert(shown.index(new[0]), self._since)
        return rows

    def _rows(self, actions: Iterable[Action]) -> list[Row]:
        return [self._row(action) for action in actions if entries.has_row(action)]

    def _row(self, action: Action) -> Row:
        html = entries.conversation(action, self._view)
        if not self._may_change(action):
            return html
        row = ChangingRow(html)
        self._changing.append((action, row))
        return row

    def _follow(self) -> None:
        """Show the offer on the table and the open request as they stand now; what is past is let go."""
        for action, row in self._changing:
            row.show(entries.conversation(action, self._view))
        self._changing = [(action, row) for action, row in self._changing if self._may_change(action)]

    def _may_change(self, action: Action) -> bool:
        return state_of(action, self._view.room.trade) in MAY_CHANGE

    def _composer(self) -> None:
        with ui.element("div").classes("composer") as self._box:
            self._box.props["data-draft"] = "0"
            self._field = ui.textarea("Message", on_change=self._typed)
            self._field.props('outlined dense autogrow dir="auto" autocomplete="off"')
            self._field.on("keydown.enter", self._entered, js_handler=browser.send_message(on_enter=True))
            button = Button("Send").props('unelevated no-caps color="primary"')
            button.on("click", self._entered, js_handler=browser.send_message())

    async def _entered(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        text = str(told.get("text", ""))
        async with self._turn:
            if told.get("draft") != self._box.props["data-draft"]:
                # The field had not been emptied yet when it was sent: only what came after counts.
                text = text[len(self._sent) :] if text.startswith(self._sent) else ""
            if text.strip():
                await self._send(text)

    async def _send(self, text: str) -> None:
        if self._field.error:
            self._field.error = None
        view = self._view
        sending = view.negotiation.send(view.viewer, view.trade.id, text, request=self._request)
        action = await attempt(sending, self._refuse)
        if action is not None:
            self._request = uuid4()
            self._sent = text
            self._box.props["data-draft"] = str(action.seq)
            ui.run_javascript(browser.take_out(self._field.id, text))

    def _refuse(self, refusal: Refusal) -> None:
        self._field.error = str(refusal)

    def _typed(self) -> None:
        if self._field.error:
            self._field.error = None
        view = self._view
        with suppress(Refusal):  # of somebody whose seat has just been released
            view.negotiation.typing(view.viewer, view.room, now=bool(text_of(self._field).strip()))

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
        ui.run_javascript(browser.scroll_to_newest(self._flow.id))

    def _show_unread(self) -> None:
        if self._pill is None:
            if not self._unread:
                return
            with self._box.parent_slot or self._flow:
                self._pill = Button(on_click=self._to_newest).props("unelevated rounded dense no-caps color=primary")
            self._pill.classes("new-messages")
        self._pill.visible = self._unread > 0
        self._pill.text = f"{self._unread} new message{'s' if self._unread > 1 else ''}"

    async def _show_earlier(self) -> bool:
        older = await attempt(self._view.negotiation.earlier(self._view.viewer, self._view.room, self._first_seq))
        if older:
            self._first_seq = older[0].seq
            self._stream.fill(self._rows(older))
        return self._first_seq > 1


def _typing_line(people: tuple[Person, ...], me: int) -> Html:
    others = [person for person in people if person.id != me]
    return Html("<bdi>{}</bdi> is typing…").format(others[0].name) if others else Html("")
