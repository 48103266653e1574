"""Terms as figures in a dialog: with what differs from the version before, or beside those that replaced them."""

from decimal import Decimal

from app.domain.terms import Terms
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.difference import by_money, by_number
from app.ui.components.html import Html
from app.ui.components.links import linked

_LONG = 10
"""More characters than this have no room on a phone beside another figure and a label."""
_FIGURE = Html('<div{}><dt>{}</dt><dd>{}</dd><dd class="difference">{}</dd></div>')
_TEXT = Html('<p class="terms-text" dir="auto" tabindex="0">{}</p>')


def frozen(trade: Trade, before: Terms | None) -> Html:
    """The terms that are decided on, each figure with its difference to the version before, where that is known."""
    terms, currency = trade.terms, trade.currency
    price, quantity, total = ("", "", "") if before is None else _differences(terms, before, currency)
    if price or quantity:
        total += Html("<span>against version {}</span>").format(trade.version - 1)
    unit = Html("Price {}").format(trade.unit) if trade.unit else "Price per unit"
    figures = Html().join(
        (
            _FIGURE.format("", unit, wording.money(terms.price, currency), price),
            _FIGURE.format("", "Quantity", wording.number(terms.quantity), quantity),
            total_line(wording.money(terms.total, currency), total),
        )
    )
    description = _TEXT.format(linked(terms.description)) if terms.description else Html("")
    if before is not None and terms.description != before.description:
        description = Html('<p class="note">The description was changed.</p>') + description
    return Html('<dl class="frozen">{}</dl>{}').format(figures, description)


def total_line(total: str, difference: str) -> Html:
    """The total, the largest of the figures."""
    return _FIGURE.format(Html(' class="whole"'), "Total", total, difference)


def sum_difference(amount: Decimal, before: Decimal, currency: str) -> Html:
    """What an amount was, and by how much it is up or down; empty where it is the same."""
    return _was(wording.money(before, currency), by_money(amount, before, currency))


def side_by_side(looked_at: Trade, now: Trade) -> Html:
    """The terms that somebody looked at, and those that stand now."""
    old, new, currency = looked_at.terms, now.terms, now.currency
    rows = (
        ("Price per unit", wording.money(old.price, currency), wording.money(new.price, currency)),
        ("Quantity", wording.number(old.quantity), wording.number(new.quantity)),
        ("Total", wording.money(old.total, currency), wording.money(new.total, currency)),
    )
    table = Html(
        '<table class="two{}" aria-label="What changed"><tr><td></td><th>You looked at<br>version {}</th>'
        "<th>Now<br>version {}</th></tr>{}</table>"
    ).format(
        " long" if max(len(figure) for _, *both in rows for figure in both) > _LONG else "",
        looked_at.version,
        now.version,
        Html().join(
            Html("<tr><th>{}</th><td>{}</td><td>{}</td></tr>").format(
                label, was if was == stands else Html("<s>{}</s>").format(was), Html("<b>{}</b>").format(stands)
            )
            for label, was, stands in rows
        ),
    )
    if old.description == new.description:
        return table
    return table + Html('<p class="note">The description reads now:</p>') + _TEXT.format(linked(new.description or "–"))


def _differences(terms: Terms, before: Terms, currency: str) -> tuple[Html, Html, Html]:
    return (
        sum_difference(terms.price, before.price, currency),
        _was(wording.number(before.quantity), by_number(terms.quantity, before.quantity)),
        sum_difference(terms.total, before.total, currency),
    )


def _was(before: str, by: Html) -> Html:
    return Html("<s>{}</s> {}").format(before, by) if by else Html("")
