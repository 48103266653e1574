"""Giving memory back when people leave, without the garbage collector, which stops everybody while it looks at things.

What is there when a page has become live stays as long as the page: it is put where the collector does not look
(`gc.freeze`), or a thousand people who come at once would cost each of them a tenth more, and everybody a pause of half
a second. A page that has gone is free by itself (`patches.page_teardown`). What the libraries under us leave of a
closed socket is collected when very many were closed, at least as many as there are pages: then there is as much to
free as to look at.
"""

import asyncio
import gc

from nicegui import Client, app

_WORTH_IT = 1_000
"""Sockets that must have been closed."""
_MOMENT = 10.0
"""Seconds in which more may be closed, and the pages of those that were left go."""


class Collector:
    """Leaves live pages alone, and collects now and then what is left of those that have gone."""

    def __init__(self) -> None:
        self._closed_since = 0
        self._is_due = False
        app.on_connect(self._live)
        app.on_disconnect(self._closed)

    @staticmethod
    def _live() -> None:
        gc.freeze()

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
