"""The invitation: the link that lets the buyer in, and the seat it leads to."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.trade import Status, Trade
from app.ui.attempt import attempt, busy
from app.ui.block import Block
from app.ui.button import Button
from app.ui.html import Html
from app.ui.parts.dialog import Dialog, buttons, dialog
from app.ui.seat import Seat

_COPY = "Copy link"


def invitation(seat: Seat) -> None:
    """The link that lets the buyer in; prominent while nobody has joined."""
    block = Block().classes("invitation").on_press({_COPY: lambda: _copy(seat.link(seat.trade))})
    seat.face.on_trade(lambda trade: block.show(_invitation(trade, seat)))


def copy_button(link: Callable[[], str], text: str = _COPY) -> Button:
    """Puts the link, as it is when pressed, on the clipboard and says so."""
    return Button(text, on_click=lambda: _copy(link())).props("outline no-caps").classes("quiet")


def _copy(link: str) -> None:
    ui.clipboard.write(link)
    ui.notify("Link copied", position="top", classes="toast")


def manage_invitation(seat: Seat) -> None:
    """Who holds the buyer's seat, the link again, and the ways to change either."""
    trade = seat.trade
    with dialog("Invitation", _who_sits(trade)) as opened:
        ui.label(seat.link(trade)).classes("link")
        copy_button(lambda: seat.link(seat.trade), "Copy invitation link")
        ui.label("Renewing makes another link. The old one stops working at once.").classes("note")
        _deed("Renew link", lambda: seat.negotiation.renew_link(seat.viewer, trade.id), opened)
        if trade.buyer is not None and trade.seat_can_be_released:
            ui.label(
                f"Until {_isolated(trade.buyer.name)} has answered your offer, you can take the seat back. They leave"
                " the room, and the link is renewed. What was written so far stays in the room, and the next buyer"
                " will read it."
            ).classes("note")
            _deed("Release seat", lambda: seat.negotiation.release_seat(seat.viewer, trade.id), opened).classes(
                "danger"
            )
        with buttons():
            Button("Close", on_click=opened.close).props("flat no-caps").classes("quiet")


def _deed(text: str, do: Callable[[], Awaitable[Trade]], opened: Dialog) -> Button:
    async def press() -> None:
        if not button.enabled:
            return
        with busy(button):
            done = await attempt(do(), lambda refusal: opened.say(str(refusal)))
        if done is not None:
            opened.close()

    button = Button(text, on_click=press).props("outline no-caps").classes("quiet")
    return button


def _invitation(trade: Trade, seat: Seat) -> Html:
    return Html('<div class="note">{}</div><div class="link" data-testid="invitation-link">{}</div>{}').format(
        _hint(trade.invited) if trade.status is Status.DRAFT else "Invitation link",
        seat.link(trade) if trade.role_of(seat.me) else "",
        Block.button(_COPY, "quiet"),
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
