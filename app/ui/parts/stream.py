"""A list that grows at the same cost at any length.

What stands when somebody enters is one block of escaped HTML instead of an element for each row. What arrives later is
appended to small chunks, because a parent is sent with the ids of all its children. Earlier rows come as blocks too.
"""

from markupsafe import Markup
from nicegui import ui
from nicegui.element import Element

_CHUNK = 25


class Stream:
    """Rows in an element; `newest_first` puts what arrives on top."""

    def __init__(self, holder: Element, *, newest_first: bool = False) -> None:
        self._holder = holder
        self._newest_first = newest_first
        self._chunk: Element | None = None
        self._in_chunk = 0

    def fill(self, rows: list[Markup]) -> None:
        """Show rows, given oldest first, on the older side of everything shown so far."""
        with self._holder:
            block = ui.html(Markup().join(rows[::-1] if self._newest_first else rows), sanitize=False)
        if not self._newest_first:
            block.move(target_index=0)

    def add(self, row: Markup) -> None:
        """Show a row that has just arrived."""
        if self._chunk is None or self._in_chunk == _CHUNK:
            with self._holder:
                self._chunk = ui.element("div")
            if self._newest_first:
                self._chunk.move(target_index=0)
            self._in_chunk = 0
        self._in_chunk += 1
        with self._chunk:
            arrived = ui.html(row, sanitize=False).classes("arrived")
        if self._newest_first:
            arrived.move(target_index=0)
