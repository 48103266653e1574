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
from app.ui.components.feedback import as_uuid, attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.shortcuts import MESSAGE
from app.ui.room.room_view import RoomView

_FIELD = Html(
    '<textarea aria-label="Message" placeholder="Message" rows="1" dir="auto" autocomplete="off" aria-keyshortcuts="{}"'
    ' aria-describedby="problem" data-kept="{}/{}/message" data-longest="{}"></textarea>'
    '<button type="button" class="button tonal send">Send</button><p id="problem" class="problem" role="alert"></p>'
)


class Composer:
    """A field of the browser's own, which tells nothing by itself, its button, and what is wrong with a message."""

    def __init__(self, view: RoomView) -> None:
        self._view = view
        self._turn = asyncio.Lock()
        box = Block(_FIELD.format(MESSAGE, view.me, view.trade.id, MAX_TEXT))
        box.classes("composer").props('id="messages" tabindex="-1"')
        box.on("send", self._send, js_handler=typed.tell_detail())
        box.on("typing", self._typing, js_handler=typed.tell_detail())

    async def _send(self, event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        if isinstance(length := told.get("length"), int):
            ui.run_javascript(typed.say_at_message(str(too_long("text", "The message", length, MAX_TEXT))))
            return
        text, request = told.get("text"), as_uuid(told.get("request"))
        if not isinstance(text, str) or request is None:
            return
        view, refused = self._view, list[Refusal]()
        async with self._turn:
            sending = view.negotiation.send(view.viewer, view.trade.id, text, request=request)
            await attempt(sending, refused.append)
            ui.run_javascript(typed.settle(request, "".join(map(str, refused))))

    def _typing(self, event: GenericEventArguments) -> None:
        view = self._view
        with suppress(Refusal):  # of somebody whose seat has just been released
            view.negotiation.typing(view.viewer, view.room, now=event.args is True)
