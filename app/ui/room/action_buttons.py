"""The row of buttons with which one side of a trade acts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from app.domain.kinds import KINDS, Kind, Role
from app.domain.trade import Trade
from app.domain.traits import Side
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView


@dataclass(frozen=True, slots=True)
class ActionButton:
    """One button: what a press leads to in the end, its look, and what the press opens."""

    kind: Kind
    look: str
    press: Callable[[RoomView], None]

    def possible(self, trade: Trade, role: Role) -> bool:
        """Whether the trade is in a status in which this may happen, and the offer the side's whose it has to be."""
        rules = KINDS[self.kind]
        is_side_right = rules.side is Side.EITHER or (role is trade.offered_by) == (rules.side is Side.MADE)
        return trade.status in rules.during and is_side_right


def action_buttons(view: RoomView, by_text: Mapping[str, ActionButton], *, classes: str = "") -> None:
    """Show the buttons by what stands on them; they can be pressed while the table of kinds makes that possible."""

    def show(trade: Trade) -> None:
        block.show(
            Html().join(
                Block.button(text, action.look, enabled=action.possible(trade, view.role))
                for text, action in by_text.items()
            )
        )

    def press(action: ActionButton) -> None:
        if action.possible(view.trade, view.role):
            action.press(view)

    block = Block().classes(f"decision {classes}")
    block.on_press({text: partial(press, action) for text, action in by_text.items()})
    view.binding.on_trade(show)
