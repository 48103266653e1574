"""How things are said and shown: money, times, and what happened, in words.

Whatever a person typed is escaped by `Html.format` and isolated from the direction of the text around it by ``bdi``.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal

from app.domain.actions import Action, Kind
from app.domain.terms import Terms
from app.domain.trade import WORD, Person, Role, Status, Trade
from app.ui.html import Html

_LOCALE = "en_US"


@lru_cache(4096)
def money(amount: Decimal) -> str:
    """Dollars: ``$1,000.00``."""
    return format_currency(amount, "USD", locale=_LOCALE)


@lru_cache(1024)
def number(value: int) -> str:
    """A whole number: ``12,000``."""
    return format_decimal(value, locale=_LOCALE)


def clock_time(at: datetime, zone: ZoneInfo, today: date) -> str:
    """``14:05``, with the date where it is not today (``Nov 21, 14:05``), with the year where that differs."""
    local = at.astimezone(zone)
    if local.date() == today:
        return f"{local:%H:%M}"
    return format_datetime(local, "MMM d, HH:mm" if local.year == today.year else "MMM d y, HH:mm", locale=_LOCALE)


def name(person: Person | None, viewer_id: int, *, capital: bool = True) -> Html:
    """A person's name, isolated; the viewer is "You"."""
    if person is None:
        return Html("The clock")
    if person.id == viewer_id:
        return Html("You") if capital else Html("you")
    return Html("<bdi>{}</bdi>").format(person.name)


def changes(terms: Terms, before: Terms) -> list[Html]:
    """What differs, one phrase for each field: "the price from $1,000.00 to $900.50"."""
    phrases = {
        "price": Html("the price from <b>{}</b> to <b>{}</b>").format(money(before.price), money(terms.price)),
        "quantity": Html("the quantity from <b>{}</b> to <b>{}</b>").format(
            number(before.quantity), number(terms.quantity)
        ),
        "description": Html("the description"),
    }
    return [phrases[field] for field in terms.changes_from(before)]


def sentence(action: Action, viewer_id: int) -> Html:
    """What happened, in one sentence; the text of a message is not part of it."""
    who = name(action.actor, viewer_id)
    if action.kind is Kind.AMENDED and action.terms and action.before:
        return Html("{} changed {}").format(who, listed(changes(action.terms, action.before)))
    return _SENTENCES[action.kind].format(who=who, version=action.version)


_SENTENCES = {
    Kind.CREATED: Html("{who} created the offer"),
    Kind.JOINED: Html("{who} joined as the buyer"),
    Kind.MESSAGE_SENT: Html("{who} sent a message"),
    Kind.AMENDED: Html("{who} amended the deal"),
    Kind.AMENDMENT_REQUESTED: Html("{who} asked for an amendment"),
    Kind.ACCEPTED: Html("{who} accepted version {version}"),
    Kind.REJECTED: Html("{who} rejected the deal"),
    Kind.EXPIRED: Html("The offer expired"),
    Kind.LINK_RENEWED: Html("{who} renewed the invitation link"),
    Kind.SEAT_RELEASED: Html("{who} released the buyer's seat"),
}


def listed(phrases: list[Html]) -> Html:
    """Phrases as people list them: "a, b and c"."""
    if len(phrases) < 2:  # noqa: PLR2004
        return Html("").join(phrases)
    return Html("{} and {}").format(Html(", ").join(phrases[:-1]), phrases[-1])


def outcome(trade: Trade, viewer_id: int) -> Html:
    """The closing sentence of a trade that has an outcome; empty while it has none."""
    if not trade.status.final:
        return Html("")
    if trade.status.value == "accepted":
        return Html("{} accepted version {}: {} × {} = <b>{}</b>.").format(
            name(trade.buyer, viewer_id),
            trade.version,
            money(trade.terms.price),
            number(trade.terms.quantity),
            money(trade.terms.total),
        )
    if trade.status.value == "rejected":
        return Html("{} rejected the deal. No trade was made.").format(name(trade.buyer, viewer_id))
    return Html("The deadline passed before anybody agreed. No trade was made.")


def role_word(role: Role) -> str:
    """``Seller`` or ``Buyer``."""
    return role.value.capitalize()


@lru_cache
def status_chip(status: Status, testid: str = "") -> Html:
    """The status as word, icon and colour (the latter two by the theme)."""
    mark = Html(' data-testid="{}"').format(testid) if testid else ""
    return Html('<span class="status" data-status="{}"{}>{}</span>').format(status.value, mark, WORD[status])


def initials(person: Person) -> str:
    """Up to two letters that stand for a person."""
    words = person.name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
