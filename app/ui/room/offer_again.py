"""After the close: the same once more. The seller drafts it anew; the buyer asks for it in the room, where messages are
still possible."""

from nicegui import ui

from app.domain.kinds import Role
from app.ui.components import wording
from app.ui.components.dialog import form_dialog
from app.ui.components.html import Html
from app.ui.room.room_view import RoomView


def offer_again(view: RoomView) -> None:
    """Lead the seller to a new trade that begins with this one's terms; let the buyer ask for one."""
    if view.role is Role.SELLER:
        ui.navigate.to(f"/trades/new?again={view.trade.code}")
    else:
        _ask_seller(view)


def _ask_seller(view: RoomView) -> None:
    trade = view.trade
    terms = trade.terms
    price, total = (wording.money(amount, trade.currency) for amount in (terms.price, terms.total))
    with form_dialog(
        Html("Ask {} to offer again").format(wording.name(trade.seller, view.me)),
        "It is sent as a message. A new offer comes with a link of its own.",
        submit="Ask for a new offer",
        kept=f"{view.me}/{trade.id}/again",
        act=lambda typed, request: view.negotiation.send(view.viewer, trade.id, typed["message"], request=request),
    ) as form:
        text = ui.textarea(
            "Your words",
            value=f"Would you offer this again? {price} × {wording.number(terms.quantity)} = {total}",
        )
        form.fields["message"] = text.props('outlined autogrow autofocus dir="auto"')
