"""Giving memory back when people leave.

A page's objects refer to each other, so only the garbage collector frees them, and `bootstrap` has told it to come
seldom, because it stops everybody for as long as it looks at the pages that live. When as many pages have gone as are
left, what there is to look at is worth what there is to free.
"""

import asyncio
import gc

from nicegui import Client, app

_WORTH_IT = 50
"""Pages that must have gone."""
_MOMENT = 1.0
"""Seconds in which more of them may go."""


class Collector:
    """Collects once as many pages have gone as are left."""

    def __init__(self) -> None:
        self._gone_since = 0
        self._is_due = False
        app.on_delete(self._gone)

    def _gone(self) -> None:
        self._gone_since += 1
        if not self._is_due and self._gone_since >= max(_WORTH_IT, len(Client.instances)):
            self._is_due = True
            asyncio.get_running_loop().call_later(_MOMENT, self._collect)

    def _collect(self) -> None:
        gc.collect()
        self._is_due = False
        self._gone_since = 0
