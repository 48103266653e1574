"""The invitation: the link that lets the buyer in, and the seat it leads to."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.kinds import Status
from app.domain.trade import Trade
from app.ui.components.button import Button
from app.ui.components.copy_button import COPY, copy, copy_button
from app.ui.components.dialog import Dialog, buttons, dialog
from app.ui.components.feedback import attempt, busy
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView


def invitation(view: RoomView) -> None:
    """The link that lets the buyer in; prominent while nobody has joined."""
    block = Block().classes("invitation").on_press({COPY: lambda: copy(view.link(view.trade))})
    view.binding.on_trade(lambda trade: block.show(_invitation(trade, view)))


def manage_invitation(view: RoomView) -> None:
    """Who holds the buyer's seat, the link again, and the ways to change either."""
    trade = view.trade
    with dialog("Invitation", _who_sits(trade)) as opened:
        ui.label(view.link(trade)).classes("link")
        copy_button(lambda: view.link(view.trade), "Copy invitation link")
        ui.label("Renewing makes another link. The old one stops working at once.").classes("note")
        _act("Renew link", lambda: view.negotiation.renew_link(view.viewer, trade.id), opened)
        if trade.buyer is not None and trade.seat_can_be_released:
            ui.label(
                f"Until {_isolated(trade.buyer.name)} has answered your offer, you can take the seat back. They leave"
                " the room, and the link is renewed. What was written so far stays in the room, and the next buyer"
                " will read it."
            ).classes("note")
            _act("Release seat", lambda: view.negotiation.release_seat(view.viewer, trade.id), opened).classes("danger")
        with buttons():
            Button("Close", on_click=opened.close).props("flat no-caps").classes("quiet")


def _act(text: str, do: Callable[[], Awaitable[Trade]], opened: Dialog) -> Button:
    async def press() -> None:
        if not button.enabled:
            return
        with busy(button):
            done = await attempt(do(), lambda refusal: opened.say(str(refusal)))
        if done is not None:
            opened.close()

    button = Button(text, on_click=press).props("outline no-caps").classes("quiet")
    return button


def _invitation(trade: Trade, view: RoomView) -> Html:
    return Html('<div class="note">{}</div><div class="link" data-testid="invitation-link">{}</div>{}').format(
        _hint(trade.invited) if trade.status is Status.DRAFT else "Invitation link",
        view.link(trade) if trade.role_of(view.me) else "",
        Block.button(COPY, "quiet"),
    )


def _who_sits(trade: Trade) -> str:
    if trade.buyer is None:
        return "Nobody has taken the buyer's seat yet."
    return f"{_isolated(trade.buyer.name)} has the buyer's seat."


def _hint(invited: str) -> str:
    whom = _isolated(invited) if invited else "the buyer"
    return f"Send this link to {whom}. The negotiation begins when they open it."


def _isolated(name: str) -> str:
    return f"\N{FIRST STRONG ISOLATE}{name}\N{POP DIRECTIONAL ISOLATE}"
