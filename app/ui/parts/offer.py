"""The seller's side of the deal: the invitation link and amending the terms."""

from nicegui import ui

from app.domain.refusals import Reason, Refusal
from app.domain.trade import Status
from app.ui import wording
from app.ui.attempt import attempt, busy
from app.ui.parts.dialog import buttons, dialog
from app.ui.seat import Seat


def seller_buttons(seat: Seat) -> None:
    """What the seller can press."""
    with ui.element("div").classes("decision"):
        amend = ui.button("Amend deal", on_click=lambda: _amend(seat))
        amend.props('unelevated no-caps color="primary"').classes("wide")
        amend.bind_enabled_from(seat.room, "trade", lambda trade: not trade.status.final)


def invitation(seat: Seat, link: str) -> None:
    """The link that lets the buyer in; prominent while nobody has joined."""
    with ui.element("div").classes("invitation"):
        hint = ui.label().classes("note")
        hint.bind_text_from(
            seat.room,
            "trade",
            lambda trade: _hint(trade.invited) if trade.status is Status.DRAFT else "Invitation link",
        )
        with ui.element("div").classes("link-row"):
            ui.label(link).classes("link").props('data-testid="invitation-link"')
            copy_button(link)


def copy_button(link: str) -> ui.button:
    """`Copy link`: puts the link on the clipboard and says so."""

    def copied() -> None:
        ui.clipboard.write(link)
        ui.notify("Link copied", position="top", classes="toast")

    return ui.button("Copy link", on_click=copied, color=None).props("outline no-caps").classes("quiet")


def _hint(invited: str) -> str:
    whom = f"\N{FIRST STRONG ISOLATE}{invited}\N{POP DIRECTIONAL ISOLATE}" if invited else "the buyer"
    return f"Send this link to {whom}. The negotiation begins when they open it."


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
            ui.button("Cancel", on_click=opened.close, color=None).props("flat no-caps").classes("quiet")
            button = ui.button("Save changes", on_click=lambda: save()).props('unelevated no-caps color="primary"')
    fields = {"price": price, "quantity": quantity, "description": description, "reason": reason}

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
            typed = {name: field.value or "" for name, field in fields.items()}
            done = await attempt(seat.negotiation.amend(seat.viewer, shown.id, shown.version, **typed), refuse)
        if done is not None:
            opened.close()
