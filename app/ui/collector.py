"""Giving memory back when people leave.

A page's objects refer to each other in circles, which only the garbage collector would free, and `bootstrap` has told
it to come seldom, because it stops everybody for as long as it looks at the pages that live. The circles of a page that
has gone are therefore cut, and its memory is free at once. What the libraries under us leave in circles is little; it
is collected when as many pages have gone as are left, since then there is as much to free as to look at.
"""

import asyncio
import gc

from nicegui import Client, app
from nicegui.element import Element
from nicegui.elements.mixins.value_element import ValueElement

_WORTH_IT = 200
"""Pages that must have gone."""
_MOMENT = 1.0
"""Seconds in which more of them may go."""


class Collector:
    """Takes apart each page that has gone, and collects the rest now and then."""

    def __init__(self) -> None:
        self._gone_since = 0
        self._is_due = False
        app.on_delete(self._gone)

    def _gone(self, client: Client) -> None:
        loop = asyncio.get_running_loop()
        loop.call_soon(_take_apart, client, list(client.elements.values()))
        self._gone_since += 1
        if not self._is_due and self._gone_since >= max(_WORTH_IT, len(Client.instances)):
            self._is_due = True
            loop.call_later(_MOMENT, self._collect)

    def _collect(self) -> None:
        gc.collect()
        self._is_due = False
        self._gone_since = 0


def _take_apart(client: Client, elements: list[Element]) -> None:
    """Cut what leads from a deleted page's objects back to themselves: the handlers that were given to them."""
    for handlers in (client.connect_handlers, client.disconnect_handlers, client.delete_handlers):
        handlers.clear()
    for element in elements:
        if isinstance(element, ValueElement):
            element._change_handlers.clear()  # noqa: SLF001
