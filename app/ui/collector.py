"""Giving memory back when people leave, without the garbage collector, which stops everybody while it looks at things.

A page's objects refer to each other in circles, which only the collector would free. The circles of a page that has
gone are therefore cut, and its memory is free at once. What is there when a page has become live stays as long as the
page: it is put where the collector does not look (`gc.freeze`), or a thousand people who come at once would cost each
of them a tenth more, and everybody a pause of half a second. What the libraries under us leave of a closed socket is
collected when very many were closed, at least as many as there are pages: then there is as much to free as to look at.
"""

import asyncio
import gc

from nicegui import Client, app
from nicegui.element import Element
from nicegui.elements.mixins.value_element import ValueElement

_WORTH_IT = 1_000
"""Sockets that must have been closed."""
_MOMENT = 10.0
"""Seconds in which more may be closed, and the pages of those that were left go."""


class Collector:
    """Leaves live pages alone, takes apart each that has gone, and collects what is left of them now and then."""

    def __init__(self) -> None:
        self._closed_since = 0
        self._is_due = False
        app.on_connect(self._live)
        app.on_disconnect(self._closed)
        app.on_delete(self._gone)

    @staticmethod
    def _live() -> None:
        gc.freeze()

    @staticmethod
    def _gone(client: Client) -> None:
        asyncio.get_running_loop().call_soon(_take_apart, client, list(client.elements.values()))

    def _closed(self) -> None:
        self._closed_since += 1
        if not self._is_due and self._closed_since >= max(_WORTH_IT, len(Client.instances)):
            self._is_due = True
            asyncio.get_running_loop().call_later(_MOMENT, self._collect)

    def _collect(self) -> None:
        collect()
        self._is_due = False
        self._closed_since = 0


def collect() -> None:
    """Look at everything, live pages too, and leave alone again what stays."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def _take_apart(client: Client, elements: list[Element]) -> None:
    """Cut what leads from a deleted page's objects back to themselves: the handlers that were given to them."""
    for handlers in (client.connect_handlers, client.disconnect_handlers, client.delete_handlers):
        handlers.clear()
    for element in elements:
        if isinstance(element, ValueElement):
            element._change_handlers.clear()  # noqa: SLF001
