"""How things are said and shown: money, times, and what happened, in words.

Whatever a person typed is escaped by `Html.format` and isolated from the direction of the text around it by ``bdi``.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Self, assert_never
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_currency, format_decimal, get_currency_name, get_currency_symbol

from app.domain.actions import Action
from app.domain.currency import DECIMALS, USD
from app.domain.kinds import KINDS, Status
from app.domain.rules import has_moved_deadline
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.domain.traits import DeadlineChange
from app.ui.components.html import Html

_LOCALE = "en_US"
_DAYS = {0: "Today", 1: "Yesterday"}
"""How days of the last few are called, by how many days ago they were."""


@lru_cache(4096)
def money(amount: Decimal, currency: str = USD) -> str:
    """An amount in its currency: ``$1,000.00``, ``¥1,000``, ``CHF 1,000.00`` (with a space that does not break)."""
    space = "\u00a0" if sign(currency)[-1].isalpha() else ""
    digits = "#,##0.00" if DECIMALS[currency] else "#,##0"
    return format_currency(amount, currency, f"\u00a4{space}{digits}", locale=_LOCALE, currency_digits=False)


def price(amount: Decimal, currency: str, unit: str) -> Html:
    """A price and what it is for, where the seller has said so: ``€920.00 per pallet``."""
    if not unit:
        return Html(money(amount, currency))
    return Html('{} <bdi class="unit">{}</bdi>').format(money(amount, currency), unit)


@lru_cache(1)
def currencies() -> tuple[tuple[str, str], ...]:
    """All currencies that a trade can be in, each with its name: ``("CHF", "Swiss Franc")``."""
    return tuple((code, get_currency_name(code, locale=_LOCALE)) for code in sorted(DECIMALS))


def sign(currency: str) -> str:
    """What stands before an amount: ``$``, ``CHF``."""
    return get_currency_symbol(currency, locale=_LOCALE)


@lru_cache(1024)
def number(value: int) -> str:
    """A whole number: ``12,000``."""
    return format_decimal(value, locale=_LOCALE)


class ClockTime(str):
    """A time as people read it. As HTML it is marked, so that the browser can write its date when the day is over."""

    __slots__ = ("_at",)
    _at: datetime

    def __new__(cls, words: str, at: datetime) -> Self:
        """The words for a moment."""
        time = super().__new__(cls, words)
        time._at = at
        return time

    def __html__(self) -> str:
        """What `Html.format` takes: words of ours, in which there is nothing to escape."""
        return f'<time datetime="{self._at.isoformat()}">{self}</time>'


def clock_time(at: datetime, zone: ZoneInfo, today: date) -> ClockTime:
    """``14:05``, with the date where it is not today (``Nov 21, 14:05``), with the year where that differs."""
    local = at.astimezone(zone)
    if local.date() == today:
        return ClockTime(f"{local:%H:%M}", at)
    words = "MMM d, HH:mm" if local.year == today.year else "MMM d y, HH:mm"
    return ClockTime(format_datetime(local, words, locale=_LOCALE), at)


def day(at: date, today: date) -> str:
    """``Today, November 26``, ``Yesterday, November 25``, ``November 21``, with the year where that differs."""
    said = format_date(at, "MMMM d" if at.year == today.year else "MMMM d, y", locale=_LOCALE)
    return f"{_DAYS[(today - at).days]}, {said}" if (today - at).days in _DAYS else said


def period(minutes: int) -> str:
    """How long that is: ``1 day 2 hours 30 minutes``."""
    parts = []
    for word, each in (("day", 1_440), ("hour", 60), ("minute", 1)):
        count, minutes = divmod(minutes, each)
        if count:
            parts.append(f"{count} {word}{'s' if count > 1 else ''}")
    return " ".join(parts)


def name(person: Person | None, viewer_id: int, *, capital: bool = True) -> Html:
    """A person's name, isolated; the viewer is "You"."""
    if person is None:
        return Html("The clock")
    if person.id == viewer_id:
        return Html("You") if capital else Html("you")
    return Html("<bdi>{}</bdi>").format(person.name)


def changes(terms: Terms, before: Terms, currency: str = USD) -> list[Html]:
    """What differs, one phrase for each field: "the price from $1,000.00 to $900.50"."""
    phrases = {
        "price": Html("the price from <b>{}</b> to <b>{}</b>").format(
            money(before.price, currency), money(terms.price, currency)
        ),
        "quantity": Html("the quantity from <b>{}</b> to <b>{}</b>").format(
            number(before.quantity), number(terms.quantity)
        ),
        "description": Html("the description"),
    }
    return [phrases[field] for field in terms.changes_from(before)]


def happened(action: Action, viewer_id: int) -> Html:
    """What happened, without any figure."""
    who = name(action.actor, viewer_id)
    return Html(KINDS[action.kind].words).format(who=who, version=action.version)


def sentence(action: Action, viewer_id: int, currency: str = USD) -> Html:
    """What happened, in one sentence; the text of a message is not part of it."""
    who, told = name(action.actor, viewer_id), happened(action, viewer_id)
    if action.terms is None:
        return told
    figures = Html("<b>{} × {}</b>").format(money(action.terms.price, currency), number(action.terms.quantity))
    if action.before is None:
        return Html("{}: {}").format(told, figures)
    more = " with another description" if action.terms.description != action.before.description else ""
    return Html("{} offered {}{}").format(who, figures, more)


def dated_sentence(action: Action, viewer_id: int, currency: str, moment: Callable[[datetime], object]) -> Html:
    """What happened, in one sentence; what put the deadline off tells until when, as `moment` writes it."""
    told = sentence(action, viewer_id, currency)
    if action.deadline is None:
        return told
    if KINDS[action.kind].deadline is DeadlineChange.EXTENDED:
        return Html("{} to <b>{}</b>").format(told, moment(action.deadline))
    if has_moved_deadline(action):
        return Html("{}, which moved the deadline to <b>{}</b>").format(told, moment(action.deadline))
    return told


def listed(phrases: list[Html]) -> Html:
    """Phrases as people list them: "a, b and c"."""
    if len(phrases) < 2:  # noqa: PLR2004
        return Html("").join(phrases)
    return Html("{} and {}").format(Html(", ").join(phrases[:-1]), phrases[-1])


def not_joined(trade: Trade) -> str:
    """Of an invited buyer who is not in the room: a closed trade waits for nobody."""
    return "did not join" if trade.status.final else "not joined yet"


def outcome(trade: Trade, viewer_id: int) -> Html:
    """The closing sentence of a trade that has an outcome; empty while it has none."""
    match trade.status:
        case Status.DRAFT | Status.IN_NEGOTIATION:
            return Html("")
        case Status.ACCEPTED:
            return Html("{} accepted version {}: {} × {} = <b>{}</b>.").format(
                name(trade.party(trade.offered_by.other), viewer_id),
                trade.version,
                money(trade.terms.price, trade.currency),
                number(trade.terms.quantity),
                money(trade.terms.total, trade.currency),
            )
        case Status.REJECTED:
            who = name(trade.party(trade.offered_by.other), viewer_id)
            return Html("{} rejected the deal. No trade was made.").format(who)
        case Status.WITHDRAWN:
            who = name(trade.party(trade.offered_by), viewer_id)
            return Html("{} withdrew the offer. No trade was made.").format(who)
        case Status.EXPIRED:
            return Html("The deadline passed before anybody agreed. No trade was made.")
        case _:
            assert_never(trade.status)


@lru_cache
def status_chip(status: Status, testid: str = "") -> Html:
    """The status as word, icon and colour (the latter two by the theme)."""
    marks = Html(" data-final") if status.final else Html("")
    marks += Html(' data-testid="{}"').format(testid) if testid else Html("")
    return Html('<span class="status" data-status="{}"{}>{}</span>').format(status.value, marks, status.word)


def initials(person: Person) -> str:
    """Up to two letters that stand for a person."""
    words = person.name.split()
    return (words[0][:1] + (words[-1][:1] if len(words) > 1 else "")).upper()
