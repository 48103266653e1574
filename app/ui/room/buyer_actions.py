"""What the buyer can press, and the dialogs that confirm accepting, rejecting and requesting."""

from uuid import uuid4

from nicegui import ui

from app.domain.kinds import Kind
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.button import Button
from app.ui.components.dialog import Form, buttons, form_dialog
from app.ui.components.html_block import Block
from app.ui.room.action_buttons import ActionButton, action_buttons
from app.ui.room.room_view import RoomView


def buyer_actions(view: RoomView) -> None:
    """One primary action, the rest quiet."""
    action_buttons(
        view,
        {
            "Accept deal": ActionButton(Kind.ACCEPTED, "wide", _confirm_accept),
            "Request amendment": ActionButton(Kind.AMENDMENT_REQUESTED, "outline", _ask_amendment),
            "Reject deal": ActionButton(Kind.REJECTED, "flat danger", _confirm_reject),
        },
    )


def _confirm_accept(view: RoomView) -> None:
    """Confirm exactly the terms on the screen.

    The button is built for one version and carries it in its closure. If the terms move meanwhile, pressing it accepts
    nothing: it goes, the difference is shown, and `Review new terms` leads to a new confirmation. A double click
    therefore never accepts terms that nobody saw.
    """
    shown, request = view.trade, uuid4()

    def refused(form: Form, refusal: Refusal) -> bool:
        if refusal.reason is Reason.STALE:
            _show_difference(view, shown, form)
        return refusal.reason is Reason.STALE

    with form_dialog(
        "Accept this deal?",
        "This is final for both sides.",
        submit="Accept these terms",
        act=lambda _: view.negotiation.accept(view.viewer, shown.id, shown.version, request=request),
        refused=refused,
    ):
        _frozen_terms(shown)


def _show_difference(view: RoomView, shown: Trade, form: Form) -> None:
    now = view.trade

    def review() -> None:
        form.dialog.close()
        _confirm_accept(view)

    form.content.clear()
    form.dialog.say("The terms have changed in the meantime. Nothing was accepted.")
    with form.content:
        changes = wording.listed(wording.changes(now.terms, shown.terms, now.currency))
        Block(f"<p>{wording.name(now.party(now.offered_by), view.me)} changed {changes}.</p>")
        # On the other side than the button that was pressed, so that a second click does not land on it.
        with buttons().classes("turned"):
            Button("Review new terms", on_click=review).props('unelevated no-caps color="primary"')
            Button("Close", on_click=form.dialog.close).props("flat no-caps").classes("quiet")


def _confirm_reject(view: RoomView) -> None:
    shown, request = view.trade, uuid4()
    with form_dialog(
        "Reject this deal?",
        "This is final: no trade will be made.",
        submit="Reject",
        color="negative",
        act=lambda typed: view.negotiation.reject(
            view.viewer, shown.id, shown.version, typed["reason"], request=request
        ),
    ) as form:
        _frozen_terms(shown)
        form.fields["reason"] = ui.textarea("Reason").props('outlined autogrow dir="auto" hint="Optional"')


def _ask_amendment(view: RoomView) -> None:
    shown, request = view.trade, uuid4()
    with form_dialog(
        "Request an amendment",
        submit="Send request",
        act=lambda typed: view.negotiation.request_amendment(view.viewer, shown.id, typed["request"], request=request),
    ) as form:
        text = ui.textarea("What would you like changed?")
        form.fields["request"] = text.props('outlined autogrow autofocus dir="auto"')


def _frozen_terms(trade: Trade) -> None:
    rows = (
        ("Price per unit", wording.money(trade.terms.price, trade.currency)),
        ("Quantity", wording.number(trade.terms.quantity)),
        ("Total", wording.money(trade.terms.total, trade.currency)),
        ("Version", wording.number(trade.version)),
    )
    with ui.element("dl").classes("frozen"):
        for label, value in rows:
            with ui.element("dt"):
                ui.label(label)
            with ui.element("dd"):
                ui.label(value)
    if trade.terms.description:
        ui.label(trade.terms.description).classes("terms-text").props('dir="auto"')
