"""A list that grows at the same cost at any length.

What stands when somebody enters is one block of escaped HTML instead of an element for each row. What arrives later is
appended to small chunks, because a parent is sent with the ids of all its children. Earlier rows come as blocks too.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from nicegui import ui
from nicegui.element import Element

from app.ui.components.button import Button
from app.ui.components.feedback import busy
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.later import Later

_PAINTED, _PAINTED_SIZE = 10, 1_500
"""Rows that come with the page, and their characters: about what a screen shows. The others follow at once, above or
below them."""
_CHUNK = 25
_LUMP = 12
_GATHER = 0.5
"""Seconds over which rows of a list that nobody waits for are gathered."""


class ChangingRow:
    """A row that can still be shown otherwise: it is an element of its own, and only that one is sent then."""

    def __init__(self, html: Html) -> None:
        self.html = html
        self._block: Block | None = None

    def show(self, html: Html) -> None:
        """Show it otherwise."""
        self.html = html
        if self._block is not None:
            self._block.show(html)

    def place(self) -> Block:
        """Put it where elements go now."""
        self._block = Block(self.html)
        return self._block


Row = Html | ChangingRow


class Stream:
    """Rows in an element; `newest_first` puts what arrives on top. The button for earlier rows stands after it."""

    def __init__(self, holder: Element, *, newest_first: bool = False) -> None:
        self._holder = holder
        self._newest_first = newest_first
        self._chunk: Element | None = None
        self._in_chunk = 0
        self._lump: list[Html] = []
        self._gathered: list[Callable[[], Html]] = []
        self._lump_block: Block | None = None
        self._later = Later(_GATHER)
        self._earlier: Button | None = None

    def begin(self, rows: Sequence[Row]) -> None:
        """Show the first rows, given oldest first: the newest with the page, the others as soon as it is live."""
        painted, size = 0, 0
        for row in reversed(rows[-_PAINTED:]):
            size += len(row.html if isinstance(row, ChangingRow) else row)
            if painted and size > _PAINTED_SIZE:
                break
            painted += 1
        others = rows[: len(rows) - painted]
        self.fill(rows[len(rows) - painted :])

        def fill_up() -> None:
            nonlocal others
            if others:
                self.fill(others)
                others = []

        client = ui.context.client
        if client.has_socket_connection:
            fill_up()
        elif others:
            client.on_connect(fill_up)

    def fill(self, rows: Sequence[Row]) -> None:
        """Show rows, given oldest first, on the older side of everything shown so far."""
        changing = groupby(rows[::-1] if self._newest_first else rows, lambda row: isinstance(row, ChangingRow))
        with self._holder:
            blocks = [block for _, group in changing for block in _blocks(list(group))]
        for block in blocks:
            self._leave_unread(block)
        if not self._newest_first:
            for index, block in enumerate(blocks):
                block.move(target_index=index)

    def add(self, row: Row, *, is_read: bool = True) -> None:
        """Show a row that has just arrived; where the list is a log, screen readers read it unless told otherwise."""
        if self._chunk is None or self._in_chunk == _CHUNK:
            with self._holder:
                self._chunk = ui.element("div")
            if self._newest_first:
                self._chunk.move(target_index=0)
            self._in_chunk = 0
        self._in_chunk += 1
        with self._chunk:
            (arrived,) = _blocks([row])
        arrived.classes("arrived")
        if not is_read:
            self._leave_unread(arrived)
        if self._newest_first:
            arrived.move(target_index=0)

    def add_to_lump(self, row: Callable[[], Html], *, at_once: bool) -> None:
        """Show a row, or gather it for a moment with others: for lists that are looked up rather than waited for. The
        last few rows are one block, which costs less than an element for each; `row` is made when it is shown, for
        what people wait for goes first."""
        if len(self._lump) + len(self._gathered) == _LUMP:
            self._show_lump()
            self._lump, self._lump_block = [], None
        self._gathered.append(row)
        self._show_lump() if at_once else self._later(self._show_lump)

    def _show_lump(self) -> None:
        self._later.forget()
        if self._holder.is_deleted:
            return
        if self._lump_block is None:
            with self._holder:
                self._lump_block = Block()
            if self._newest_first:
                self._lump_block.move(target_index=0)
        self._lump += [row() for row in self._gathered]
        self._gathered = []
        self._lump_block.show(Html().join(self._lump[::-1] if self._newest_first else self._lump))

    def _leave_unread(self, block: Block) -> None:
        """It is no news, or told elsewhere: screen readers pass over it when it comes, and when it changes. A list with
        its newest rows on top reads nothing by itself, and its rows may stand in nothing that has a meaning (ARIA)."""
        if not self._newest_first:
            block.props["aria-live"] = "off"

    def offer_earlier(self, text: str, load: Callable[[], Awaitable[bool]]) -> None:
        """Offer a button that loads earlier rows; `load` tells whether there are still earlier ones."""
        if self._earlier is not None:
            return
        self._load = load
        slot = self._holder.parent_slot
        if slot is None:
            raise RuntimeError("a list stands nowhere")
        with slot:
            self._earlier = Button(text, on_click=self.load_earlier)
        self._earlier.props("flat dense no-caps").classes("quiet earlier")

    async def load_earlier(self) -> None:
        """Load earlier rows, once at a time."""
        button = self._earlier
        if button is None or not button.enabled:
            return
        with busy(button):
            has_more = await self._load()
        if not has_more:
            button.delete()
            self._earlier = None


def _blocks(rows: Sequence[Row]) -> list[Block]:
    """One block for rows that stay as they are; one for each of those that may change."""
    fixed = [row for row in rows if not isinstance(row, ChangingRow)]
    return [*([Block(Html().join(fixed))] if fixed else []), *(r.place() for r in rows if isinstance(r, ChangingRow))]
