"""What the seller can press: another offer, taking it back, a later deadline, and the invitation."""

from collections.abc import Mapping
from datetime import timedelta
from uuid import uuid4

from nicegui import ui

from app.domain.kinds import Kind
from app.domain.refusals import Reason, Refusal
from app.domain.terms import parse_minutes
from app.domain.trade import Trade
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
            "Extend": ActionButton(Kind.EXTENDED, "flat", _extend),
            "Withdraw offer": ActionButton(Kind.WITHDRAWN, "flat danger", _withdraw),
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
        changes = wording.listed(wording.changes(view.trade.terms, shown.terms, shown.currency)).striptags()
        shown = view.trade
        form.dialog.say(f"You changed {changes} in another window. Save again to put these figures in their place.")
        return True

    with form_dialog(
        "Amend the deal",
        f"This makes version {shown.version + 1}.",
        submit="Save changes",
        act=lambda typed: view.negotiation.offer(view.viewer, shown.id, shown.version, request=request, **typed),
        refused=refused,
    ) as form:
        with ui.element("div").classes("pair"):
            price = ui.input("Price", value=f"{shown.terms.price}")
            quantity = ui.input("Quantity", value=str(shown.terms.quantity))
        description = ui.textarea("Description", value=shown.terms.description)
        reason = ui.textarea("Reason for change")
        form.fields = {
            "price": price.props(f'outlined prefix="{wording.sign(shown.currency)}" inputmode="decimal" autofocus'),
            "quantity": quantity.props('outlined inputmode="numeric"'),
            "description": description.props('outlined autogrow dir="auto"'),
            "reason": reason.props('outlined autogrow dir="auto" hint="Optional"'),
        }


def _extend(view: RoomView) -> None:
    """Minutes count from the deadline that is shown."""
    shown, request = view.trade, uuid4()

    async def extend(typed: Mapping[str, str]) -> Trade:
        until = shown.expires_at + timedelta(minutes=parse_minutes(typed["minutes"]))
        return await view.negotiation.extend(view.viewer, shown.id, until, request=request)

    with form_dialog("Extend the deadline", submit="Extend deadline", act=extend) as form:
        minutes = ui.input("Extend by (minutes)", value="15")
        form.fields["minutes"] = minutes.props('outlined inputmode="numeric" autofocus')


def _withdraw(view: RoomView) -> None:
    shown, request = view.trade, uuid4()
    with form_dialog(
        "Withdraw this offer?",
        "This is final: no trade will be made.",
        submit="Withdraw",
        color="negative",
        act=lambda typed: view.negotiation.withdraw(
            view.viewer, shown.id, shown.version, typed["reason"], request=request
        ),
    ) as form:
        form.fields["reason"] = ui.textarea("Reason").props('outlined autogrow dir="auto" hint="Optional"')
