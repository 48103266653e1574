"""What the seller can press: amending the terms, and the invitation."""

from uuid import uuid4

from nicegui import ui

from app.domain.kinds import Kind
from app.domain.refusals import Reason, Refusal
from app.ui.components import wording
from app.ui.components.dialog import Form, form_dialog
from app.ui.room.action_buttons import ActionButton, action_buttons
from app.ui.room.invitation import manage_invitation
from app.ui.room.room_view import RoomView


def seller_actions(view: RoomView) -> None:
    """The change of the offer first, then who may come in."""
    action_buttons(
        view,
        {
            "Amend deal": ActionButton(Kind.AMENDED, "", _amend),
            "Invitation": ActionButton(Kind.LINK_RENEWED, "flat", manage_invitation),
        },
        classes="seller",
    )


def _amend(view: RoomView) -> None:
    """Put new terms in the place of the version on the screen; a version made meanwhile is never overwritten."""
    shown, request = view.trade, uuid4()

    def refused(form: Form, refusal: Refusal) -> bool:
        nonlocal shown
        if refusal.reason is not Reason.STALE:
            return False
        # What was typed stays; saving again puts it in the place of the version that is shown now.
        changes = wording.listed(wording.changes(view.trade.terms, shown.terms)).striptags()
        shown = view.trade
        form.dialog.say(f"You changed {changes} in another window. Save again to put these figures in their place.")
        return True

    with form_dialog(
        "Amend the deal",
        f"This makes version {shown.version + 1}.",
        submit="Save changes",
        act=lambda typed: view.negotiation.amend(view.viewer, shown.id, shown.version, request=request, **typed),
        refused=refused,
    ) as form:
        with ui.element("div").classes("pair"):
            price = ui.input("Price", value=f"{shown.terms.price}")
            quantity = ui.input("Quantity", value=str(shown.terms.quantity))
        description = ui.textarea("Description", value=shown.terms.description)
        reason = ui.textarea("Reason for change")
        form.fields = {
            "price": price.props('outlined prefix="$" inputmode="decimal" autofocus'),
            "quantity": quantity.props('outlined inputmode="numeric"'),
            "description": description.props('outlined autogrow dir="auto"'),
            "reason": reason.props('outlined autogrow dir="auto" hint="Optional"'),
        }
