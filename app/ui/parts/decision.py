"""The decision: what the buyer can press, and the dialogs that confirm accepting, rejecting and requesting."""

from uuid import uuid4

from nicegui import ui
from nicegui.element import Element

from app.domain.refusals import Reason, Refusal
from app.domain.trade import Status, Trade
from app.ui import wording
from app.ui.attempt import attempt, busy, text_of
from app.ui.block import Block
from app.ui.button import Button
from app.ui.parts.choices import choices
from app.ui.parts.dialog import Dialog, buttons, dialog
from app.ui.seat import Seat


def buyer_buttons(seat: Seat) -> None:
    """One primary action, the rest quiet."""
    choices(
        seat,
        {
            "Accept deal": ("wide", _confirm_accept),
            "Request amendment": ("outline", _ask_amendment),
            "Reject deal": ("flat danger", _confirm_reject),
        },
        possible=lambda trade: trade.status is Status.IN_NEGOTIATION,
    )


def _confirm_accept(seat: Seat) -> None:
    """Confirm exactly the terms on the screen.

    The button is built for one version and carries it in its closure. If the terms move meanwhile, pressing it accepts
    nothing: it goes, the difference is shown, and `Review new terms` leads to a new confirmation. A double click
    therefore never accepts terms that nobody saw.
    """
    shown, request = seat.trade, uuid4()
    with dialog("Accept this deal?", "This is final for both sides.") as opened:
        content = ui.element("div").classes("stack")
        with content:
            _frozen_terms(shown)
            with buttons():
                Button("Cancel", on_click=opened.close).props("flat no-caps").classes("quiet")
                confirm = Button("Accept these terms", on_click=lambda: accept())
                confirm.props('unelevated no-caps color="primary"')

    def refuse(refusal: Refusal) -> None:
        if refusal.reason is Reason.STALE:
            _show_difference(seat, shown, content, opened)
        else:
            opened.say(str(refusal))

    async def accept() -> None:
        if not confirm.enabled:
            return
        confirm.enabled = False
        confirm.props("loading")
        accepting = seat.negotiation.accept(seat.viewer, shown.id, shown.version, request=request)
        done = await attempt(accepting, refuse)
        if done is not None:
            opened.close()
        elif not confirm.is_deleted:
            confirm.enabled = True
            confirm.props(remove="loading")


def _show_difference(seat: Seat, shown: Trade, content: Element, opened: Dialog) -> None:
    now = seat.trade

    def review() -> None:
        opened.close()
        _confirm_accept(seat)

    content.clear()
    opened.say("The terms have changed in the meantime. Nothing was accepted.")
    with content:
        changes = wording.listed(wording.changes(now.terms, shown.terms))
        Block(f"<p>{wording.name(now.seller, seat.me)} changed {changes}.</p>")
        # On the other side than the button that was pressed, so that a second click does not land on it.
        with buttons().classes("turned"):
            Button("Review new terms", on_click=review).props('unelevated no-caps color="primary"')
            Button("Close", on_click=opened.close).props("flat no-caps").classes("quiet")


def _confirm_reject(seat: Seat) -> None:
    shown, request = seat.trade, uuid4()
    with dialog("Reject this deal?", "This is final: no trade will be made.") as opened:
        _frozen_terms(shown)
        reason = ui.textarea("Reason").props('outlined autogrow dir="auto" hint="Optional"')
        with buttons():
            Button("Cancel", on_click=opened.close).props("flat no-caps").classes("quiet")
            button = Button("Reject", on_click=lambda: reject()).props('unelevated no-caps color="negative"')

    async def reject() -> None:
        if not button.enabled:
            return
        with busy(button):
            rejecting = seat.negotiation.reject(seat.viewer, shown.id, text_of(reason), request=request)
            done = await attempt(rejecting, lambda why: opened.say(str(why)))
        if done is not None:
            opened.close()


def _ask_amendment(seat: Seat) -> None:
    name = uuid4()
    with dialog("Request an amendment") as opened:
        text = ui.textarea("What would you like changed?").props('outlined autogrow autofocus dir="auto"')
        with buttons():
            Button("Cancel", on_click=opened.close).props("flat no-caps").classes("quiet")
            button = Button("Send request", on_click=lambda: send()).props('unelevated no-caps color="primary"')

    async def send() -> None:
        if not button.enabled:
            return
        text.error = None
        with busy(button):
            asking = seat.negotiation.request_amendment(seat.viewer, seat.trade.id, text_of(text), request=name)
            done = await attempt(asking, refuse)
        if done is not None:
            opened.close()

    def refuse(refusal: Refusal) -> None:
        if refusal.field:
            text.error = str(refusal)
        else:
            opened.say(str(refusal))


def _frozen_terms(trade: Trade) -> None:
    rows = (
        ("Price per unit", wording.money(trade.terms.price)),
        ("Quantity", wording.number(trade.terms.quantity)),
        ("Total", wording.money(trade.terms.total)),
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
