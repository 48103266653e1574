"""The row of buttons with which one side of a trade acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from app.domain.kinds import KINDS, Kind
from app.domain.trade import Trade
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView


@dataclass(frozen=True, slots=True)
class ActionButton:
    """One button: what a press leads to in the end, its look, and what the press opens."""

    kind: Kind
    look: str
    press: Callable[[RoomView], None]

    def possible(self, trade: Trade) -> bool:
        """Whether the trade is in a status in which this may happen."""
        return trade.status in KINDS[self.kind].during


def action_buttons(view: RoomView, by_text: Mapping[str, ActionButton], *, classes: str = "") -> None:
    """Show the buttons by what stands on them; they can be pressed while the table of kinds makes that possible."""

    def show(trade: Trade) -> None:
        block.show(
            Html().join(
                Block.button(text, action.look, enabled=action.possible(trade)) for text, action in by_text.items()
            )
        )

    def press(action: ActionButton) -> None:
        if action.possible(view.trade):
            action.press(view)

    block = Block().classes(f"decision {classes}")
    block.on_press({text: partial(press, action) for text, action in by_text.items()})
    view.binding.on_trade(show)
