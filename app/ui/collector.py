"""Giving memory back when people leave.

A page's objects refer to each other, so only the garbage collector frees them, and `bootstrap` has told it to come
seldom, because it stops everybody for as long as it looks at the pages that live. When most pages have gone, there is
little to look at and much to free.
"""

import asyncio
import gc

from nicegui import Client, app

_WORTH_IT = 50
"""Pages that must have gone."""
_MOMENT = 1.0
"""Seconds in which more of them may go."""


class Collector:
    """Collects once the pages are half as many as they were."""

    def __init__(self) -> None:
        self._most = 0
        self._is_due = False
        app.on_connect(self._come)
        app.on_delete(self._gone)

    def _come(self) -> None:
        self._most = max(self._most, len(Client.instances))

    def _gone(self) -> None:
        left = len(Client.instances)
        if not self._is_due and self._most - left >= _WORTH_IT and left * 2 <= self._most:
            self._is_due = True
            asyncio.get_running_loop().call_later(_MOMENT, self._collect)

    def _collect(self) -> None:
        gc.collect()
        self._is_due = False
        self._most = len(Client.instances)
