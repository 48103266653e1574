"""The composer: the field for a message, and the server's side of sending it.

The browser keeps what is typed and names what is sent (`typed.py`). The server hears that somebody types, and the text
when it is sent.
"""

import asyncio
from contextlib import suppress

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.refusals import Refusal
from app.domain.text import MAX_TEXT, too_long
from app.ui.browser import typed
from app.ui.components.button import Button
from app.ui.components.feedback import as_uuid, attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.shortcuts import MESSAGE
from app.ui.room.room_view import RoomView


class Composer:
    """A field of the browser's own, which tells nothing by itself, and its button."""

    def __init__(self, view: RoomView) -> None:
        self._view = view
        self._turn = asyncio.Lock()
        with ui.element("div").classes("composer") as box:
            self._field = ui.element("textarea")
            self._field.props('aria-label="Message" placeholder="Message" rows="1" dir="auto" autocomplete="off"')
            Button("Send").props('unelevated no-caps color="primary"').classes("send")
            self._problem = Block().classes("problem").props('role="alert"')
        box.props('id="messages" tabindex="-1"')
        self._field.props["aria-keyshortcuts"] = MESSAGE
        self._field.props["data-kept"] = f"{view.me}/{view.trade.id}/message"
        self._field.props["data-longest"] = MAX_TEXT
        self._field.props["aria-describedby"] = self._problem.html_id
        box.on("send", self._send, js_handler=typed.tell_detail())
        box.on("typing", self._typing, js_handler=typed.tell_detail())

    async def _send(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        if isinstance(length := told.get("length"), int):
            self._say(str(too_long("text", "The message", length, MAX_TEXT)))
            return
        text, request = told.get("text"), as_uuid(told.get("request"))
        if not isinstance(text, str) or request is None:
            return
        view, refused = self._view, list[Refusal]()
        async with self._turn:
            sending = view.negotiation.send(view.viewer, view.trade.id, text, request=request)
            action = await attempt(sending, refused.append)
            self._say("".join(map(str, refused)))
            ui.run_javascript(typed.settle(request, recorded=action is not None))

    def _typing(self, event: GenericEventArguments) -> None:
        self._say("")
        view = self._view
        with suppress(Refusal):  # of somebody whose seat has just been released
            view.negotiation.typing(view.viewer, view.room, now=event.args is True)

    def _say(self, sentence: str) -> None:
        """Show what is wrong with a message at its field, or that nothing is."""
        if self._problem.content != (told := Html("{}").format(sentence)):
            self._problem.show(told)
            self._field.props["aria-invalid"] = "true" if sentence else "false"
