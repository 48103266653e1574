"""The seller's side of the deal: amending the terms."""

from uuid import uuid4

from nicegui import ui

from app.domain.refusals import Reason, Refusal
from app.ui import wording
from app.ui.attempt import attempt, busy, text_of
from app.ui.button import Button
from app.ui.parts.choices import choices
from app.ui.parts.dialog import buttons, dialog
from app.ui.parts.invitation import manage_invitation
from app.ui.seat import Seat


def seller_buttons(seat: Seat) -> None:
    """What the seller can press."""
    choices(
        seat,
        {"Amend deal": ("", _amend), "Invitation": ("flat", manage_invitation)},
        possible=lambda trade: not trade.status.final,
        classes="seller",
    )


def _amend(seat: Seat) -> None:
    """Put new terms in the place of the version on the screen; a version made meanwhile is never overwritten."""
    shown = seat.trade
    with dialog("Amend the deal", f"This makes version {shown.version + 1}.") as opened:
        with ui.element("div").classes("pair"):
            price = ui.input("Price", value=f"{shown.terms.price}").props(
                'outlined prefix="$" inputmode="decimal" autofocus'
            )
            quantity = ui.input("Quantity", value=str(shown.terms.quantity)).props('outlined inputmode="numeric"')
        description = ui.textarea("Description", value=shown.terms.description).props('outlined autogrow dir="auto"')
        reason = ui.textarea("Reason for change").props('outlined autogrow dir="auto" hint="Optional"')
        with buttons():
            Button("Cancel", on_click=opened.close).props("flat no-caps").classes("quiet")
            button = Button("Save changes", on_click=lambda: save()).props('unelevated no-caps color="primary"')
    fields = {"price": price, "quantity": quantity, "description": description, "reason": reason}
    request = uuid4()

    def refuse(refusal: Refusal) -> None:
        nonlocal shown
        if field := fields.get(refusal.field):
            field.error = str(refusal)
        elif refusal.reason is Reason.STALE:
            # What was typed stays; saving again puts it in the place of the version that is shown now.
            changes = wording.listed(wording.changes(seat.trade.terms, shown.terms)).striptags()
            shown = seat.trade
            opened.say(f"You changed {changes} in another window. Save again to put these figures in their place.")
        else:
            opened.say(str(refusal))

    async def save() -> None:
        if not button.enabled:
            return
        opened.say("")
        for field in fields.values():
            field.error = None
        with busy(button):
            typed = {name: text_of(field) for name, field in fields.items()}
            amending = seat.negotiation.amend(seat.viewer, shown.id, shown.version, request=request, **typed)
            done = await attempt(amending, refuse)
        if done is not None:
            opened.close()
