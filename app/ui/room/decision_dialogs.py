"""The dialogs that ask before somebody accepts, ends the trade, or asks for other terms."""

from uuid import uuid5

from nicegui import ui

from app.domain.kinds import Kind
from app.domain.terms import Terms
from app.ui.components.dialog import promise
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room import figures
from app.ui.room.act_dialog import NOTHING, Typed, act_dialog
from app.ui.room.room_view import RoomView


def confirm_accept(view: RoomView, typed: Typed = NOTHING) -> None:
    """Confirm exactly the terms on the screen.

    The button is built for one version and carries it in its closure. A press that is under way when the terms move
    accepts nothing, and a double click never accepts terms that nobody saw.
    """
    shown = view.trade
    with act_dialog(
        view,
        Kind.ACCEPTED,
        Html("Accept {}'s offer?").format(view.counterparty),
        _made_at(view),
        submit="Accept these terms",
        act=lambda _, request: view.negotiation.accept(view.viewer, shown.id, shown.version, request=request),
        undone="Nothing was accepted.",
        typed=typed,
        terms=figures.frozen(shown, _before(view)),
        left=lambda trade: Html("left to decide, until {}.").format(view.clock_time(trade.expires_at)),
        review=(confirm_accept, (Kind.ACCEPTED,)),
    ):
        final = promise(
            "This is final for both sides. The room closes for offers, both of you get the receipt, and you can go on"
            " writing."
        )
        Block(Html('<p class="note">{}</p>').format(final))


def confirm_end(view: RoomView, typed: Typed = NOTHING) -> None:
    """End the trade: by taking one's own offer back, or by turning the other side's down."""
    if view.trade.offered_by is view.role:
        _confirm_withdraw(view, typed)
    else:
        _confirm_reject(view, typed)


def _confirm_reject(view: RoomView, typed: Typed) -> None:
    shown = view.trade
    with act_dialog(
        view,
        Kind.REJECTED,
        Html("Reject {}'s offer?").format(view.counterparty),
        promise("This is final: no trade will be made. To go on, make a counter-offer."),
        submit="Reject",
        color="negative",
        act=lambda typed, request: view.negotiation.reject(
            view.viewer, shown.id, shown.version, typed["reason"], request=request
        ),
        undone="Nothing was rejected.",
        typed=typed,
        terms=figures.frozen(shown, None),
        review=(confirm_end, (Kind.REJECTED, Kind.WITHDRAWN)),
    ) as form:
        form.fields["reason"] = ui.textarea("Reason").props('outlined autogrow dir="auto" hint="Optional"')


def _confirm_withdraw(view: RoomView, typed: Typed) -> None:
    shown = view.trade
    with act_dialog(
        view,
        Kind.WITHDRAWN,
        "Withdraw your offer?",
        promise("This is final: no trade will be made. To go on, change the offer."),
        submit="Withdraw",
        color="negative",
        act=lambda typed, request: view.negotiation.withdraw(
            view.viewer, shown.id, shown.version, typed["reason"], request=request
        ),
        undone="Nothing was withdrawn.",
        typed=typed,
        terms=figures.frozen(shown, None),
        review=(confirm_end, (Kind.REJECTED, Kind.WITHDRAWN)),
    ) as form:
        form.fields["reason"] = ui.textarea("Reason").props('outlined autogrow dir="auto" hint="Optional"')


def request_amendment(view: RoomView, typed: Typed = NOTHING) -> None:
    """Ask for other terms in words; the offer stands meanwhile."""
    shown = view.trade
    with act_dialog(
        view,
        Kind.AMENDMENT_REQUESTED,
        "Request an amendment",
        promise(
            Html("The offer stands meanwhile. {} sees your request beside it until the next offer.").format(
                view.counterparty
            )
        ),
        submit="Send request",
        act=lambda typed, request: view.negotiation.request_amendment(
            view.viewer,
            shown.id,
            typed["request"],
            request=uuid5(request, str(shown.version)),  # about another offer the same words are another request
        ),
        undone="Nothing was sent.",
        typed=typed,
    ) as form:
        text = ui.textarea("What would you like changed?")
        form.fields["request"] = text.props('outlined autogrow autofocus dir="auto"')


def _made_at(view: RoomView) -> Html:
    trade = view.trade
    return Html("Version {}, made at {}").format(trade.version, view.clock_time(trade.amended_at))


def _before(view: RoomView) -> Terms | None:
    """The terms that the standing offer replaced."""
    return next((made.terms for made in view.room.offers if made.version == view.trade.version - 1), None)
