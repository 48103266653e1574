"""The one dialog in which either side makes an offer: another one of one's own, or an answer to the other side's."""

from decimal import Decimal

from nicegui import ui

from app.domain.kinds import Kind, Role, Status
from app.domain.refusals import Refusal
from app.domain.rules import TIME_TO_ANSWER
from app.domain.terms import Terms, as_typed, parse_price, parse_quantity
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.dialog import promise
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room import figures
from app.ui.room.act_dialog import NOTHING, Typed, act_dialog
from app.ui.room.room_view import RoomView

_NOTHING = Html("&nbsp;")
"""In the place of a difference: the buttons below stay where they are when one comes, while somebody presses them."""


def make_offer(view: RoomView, typed: Typed = NOTHING) -> None:
    """Change one's own offer, or answer the other side's with another; `typed` stands in the place of its terms."""
    if view.trade.offered_by is not view.role:
        _offer(view, typed, Html("Counter-offer to {}").format(view.counterparty))
    elif view.role is Role.SELLER:
        _offer(view, typed, "Amend the deal", submit="Save changes")
    else:
        _offer(view, typed, "Change your offer")


def answer_request(view: RoomView) -> None:
    """Answer the buyer's open request."""
    _offer(view, NOTHING, Html("Answer {} with an offer").format(view.counterparty))


def offer_version_again(view: RoomView, number: int, terms: Terms) -> None:
    """Begin with what stood before; it becomes a new version all the same."""
    prefill = as_typed(terms, view.trade.currency)
    _offer(view, NOTHING, f"Offer version {number} again", prefill=prefill, start=f"-{number}")


def _offer(
    view: RoomView,
    typed: Typed,
    heading: str,
    *,
    prefill: Typed = NOTHING,
    submit: str = "Send offer",
    start: str = "",
) -> None:
    """The dialog. `prefill` is what the fields begin with in the place of the terms that stand; nobody typed it."""
    shown = view.trade
    begun = {**as_typed(shown.terms, shown.currency), **prefill}

    def review(view: RoomView, now: Typed) -> None:
        # Where nothing was typed, the field begins with what stands now: nobody takes back a change unseen. What was
        # typed before stays, though an offer in between may have said the same.
        changed = {name: text for name, text in now.items() if name in typed or text != begun.get(name, "")}
        if prefill:  # all of these terms are meant, those too in which they were like what stood
            _offer(view, changed, heading, prefill=prefill, submit=submit, start=start)
        else:
            make_offer(view, changed)

    with act_dialog(
        view,
        Kind.AMENDED,
        heading,
        _note(view),
        submit=submit,
        act=lambda typed, request: view.negotiation.offer(
            view.viewer, shown.id, shown.version, request=request, **typed
        ),
        undone="Nothing was sent.",
        typed=typed,
        left=lambda trade: _left(view, trade),
        review=(review, (Kind.AMENDED,)),
        start=start,
    ) as form:
        with ui.element("div").classes("pair"):
            price, quantity = (
                ui.input("Price", value=begun["price"]),
                ui.input("Quantity", value=begun["quantity"]),
            )
        description = ui.textarea("Description", value=begun["description"])
        reason = ui.textarea("Reason for change")
        price.props('outlined inputmode="decimal" autofocus')
        price.props["prefix"] = wording.sign(shown.currency)
        quantity.props('outlined inputmode="numeric"')

        def say_what_stands(now: Trade) -> None:
            if now.role_of(view.me) is None:
                return
            if now.version == shown.version:  # else it was promised to whom that offer could have been
                form.dialog.head(heading, _note(view))
            price.props["hint"] = f"Now {_money(now.terms.price, now)}"
            quantity.props["hint"] = f"Now {wording.number(now.terms.quantity)}"

        form.dialog.on_close(view.binding.on_trade(say_what_stands))
        form.fields.update(
            price=price,
            quantity=quantity,
            description=description.props('outlined autogrow dir="auto"'),
            reason=reason.props('outlined autogrow dir="auto" hint="Optional, shown with the offer"'),
        )
        total = Block(_total(shown, begun), tag="dl").classes("frozen")
        for field in (price, quantity):
            field.on_value_change(lambda: total.show(_total(shown, form.typed)))


def _note(view: RoomView) -> Html:
    trade = view.trade
    version = Html("This makes version {}.").format(trade.version + 1)
    if trade.buyer is None:
        return promise(version)
    return promise(version + Html(" Only {} can accept it; you can withdraw it until then.").format(view.counterparty))


def _total(shown: Trade, typed: Typed) -> Html:
    """The total of what is typed, against that of the offer that stands; a dash while it is no figure."""
    try:
        total = Terms(parse_price(typed["price"], shown.currency), parse_quantity(typed["quantity"])).total
    except Refusal:
        return figures.total_line("–", _NOTHING)
    against = figures.sum_difference(total, shown.terms.total, shown.currency)
    if against:
        against += Html("<span>against version {}</span>").format(shown.version)
    return figures.total_line(_money(total, shown), against or _NOTHING)


def _left(view: RoomView, trade: Trade) -> Html:
    """Until when the offer stands, and what sending it now does to the deadline."""
    until = view.clock_time(trade.expires_at)
    if trade.status is not Status.IN_NEGOTIATION:
        return Html("left, until {}.").format(until)
    moved = view.now() + TIME_TO_ANSWER
    if moved <= trade.expires_at:
        return Html("left, until {}. {} always has at least two minutes to answer.").format(until, view.counterparty)
    return Html("left, until {}. Sent now, it moves the deadline to <b>{}</b>: {} has two minutes to answer.").format(
        until, view.clock_time(moved), view.counterparty
    )


def _money(amount: Decimal, trade: Trade) -> str:
    return wording.money(amount, trade.currency)
