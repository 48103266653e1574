"""The choices: the row of buttons with which one side of a trade decides."""

from collections.abc import Callable, Mapping
from functools import partial

from app.domain.trade import Trade
from app.ui.block import Block
from app.ui.html import Html
from app.ui.seat import Seat

Choice = tuple[str, Callable[[Seat], None]]
"""The button's look, and what a press does."""


def choices(seat: Seat, by_text: Mapping[str, Choice], *, possible: Callable[[Trade], bool], classes: str = "") -> None:
    """Show the buttons by what stands on them; they can be pressed while the trade makes that possible."""

    def show(trade: Trade) -> None:
        enabled = possible(trade)
        block.show(Html().join(Block.button(text, look, enabled=enabled) for text, (look, _) in by_text.items()))

    def press(deed: Callable[[Seat], None]) -> None:
        if possible(seat.trade):
            deed(seat)

    block = Block().classes(f"decision {classes}")
    block.on_press({text: partial(press, deed) for text, (_, deed) in by_text.items()})
    seat.face.on_trade(show)
