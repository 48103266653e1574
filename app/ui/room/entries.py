"""One action or version as a row of HTML: in the conversation, in the timeline, in the version history."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.domain.actions import Action, Version
from app.domain.kinds import FINAL, KINDS, Kind
from app.domain.rules import has_moved_deadline
from app.ui.components import wording
from app.ui.components.difference import difference
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.links import linked
from app.ui.room import cards
from app.ui.room.cards import state_of
from app.ui.room.room_view import RoomView

_PAUSE = timedelta(minutes=5)
"""After so long somebody begins anew, with name and time."""
_BUBBLE = Html('<div class="bubble" dir="auto">{}</div></div>')
_MESSAGE = [
    Html('<div class="message%s" data-seq="{}"><div class="meta">{} {}</div>') % own + _BUBBLE
    for own in (Html(""), Html(" own"))
]
"""Somebody else's message, and one's own."""
_GOES_ON = [Html('<div class="message%s more" data-seq="{}">') % own + _BUBBLE for own in (Html(""), Html(" own"))]
"""Somebody else's message that goes on, and one's own: without name and time."""
_MOVED = Html('<p class="note">This moved the deadline to {}: there are always two minutes to answer.</p>')


class _Reader(NamedTuple):
    """What an entry's words depend on besides itself. Rows are made once for each, however often a page is opened."""

    me: int
    currency: str
    zone: ZoneInfo
    #: In their time zone: it decides how times are written.
    today: date


def conversation(
    action: Action, view: RoomView, before: Action | None = None, *, asked: int = 0, seen: Action | None = None
) -> Html:
    """A message as a bubble, an offer or a request as a card in its state, everything else as a thin line.

    The row `before` it decides two things: a line with the day stands above where that is another one, and a message
    that goes on where the same person has just stopped has no name and time of its own. `asked` is the newest request's
    seq; `seen` is what tells when an offer was.
    """
    reader = _reader(view)
    state = state_of(action, view.room.trade, asked)
    by = _seen(seen, view) if seen is not None and action.role is view.role else Html("")
    if begins_day(action, before, view):
        day = wording.day(action.at.astimezone(view.zone).date(), view.today)
        return Html('<p class="day"><span>{}</span></p>{}').format(
            day, _conversation(action, reader, state, by, goes_on=False)
        )
    return _conversation(action, reader, state, by, goes_on=before is not None and _goes_on(action, before))


def begins_day(action: Action, before: Action | None, view: RoomView) -> bool:
    """Whether it is the first row of a day in the reader's time zone."""
    return before is None or action.at.astimezone(view.zone).date() != before.at.astimezone(view.zone).date()


def timeline(action: Action, view: RoomView) -> Html:
    """What happened, with who and when; a message without its text."""
    return _timeline(action, _reader(view))


def has_row(action: Action) -> bool:
    """Whether it is told in a row of its own."""
    return not KINDS[action.kind].silent


def is_read(action: Action) -> bool:
    """Whether screen readers read its row when it comes: not where it is announced, or the outcome, which stands above
    the deal and is read there."""
    return not action.offered and KINDS[action.kind].to not in FINAL and action.kind is not Kind.AMENDMENT_REQUESTED


def announcement(action: Action, view: RoomView) -> str:
    """What screen readers say of an offer or a request when it comes; of all else nothing."""
    who = wording.name(action.actor, view.me, capital=False).striptags()
    if action.kind is Kind.AMENDMENT_REQUESTED:
        return f"New request by {who}: {action.text}"
    if action.terms is None:
        return ""
    price = wording.money(action.terms.price, view.room.trade.currency)
    return f"New offer by {who}: {price} × {wording.number(action.terms.quantity)}. {action.text}".strip()


def _seen(seen: Action, view: RoomView) -> Html:
    """For whoever made an offer: that the other side has had it on its screen, and when."""
    return Html('<p class="note">{} saw version {}, {}</p>').format(
        wording.name(seen.actor, view.me), seen.version, _time(seen.at, _reader(view))
    )


def names_day(action: Action, before: Action | None, view: RoomView) -> bool:
    """Whether the line above it says today or yesterday, which the day will not be called for long."""
    return begins_day(action, before, view) and (view.today - action.at.astimezone(view.zone).date()).days <= 1


def _goes_on(action: Action, before: Action) -> bool:
    messages = action.kind is before.kind is Kind.MESSAGE_SENT
    return messages and action.actor == before.actor and action.at - before.at < _PAUSE


@lru_cache(5_000)
def _conversation(action: Action, reader: _Reader, state: str, seen: Html, *, goes_on: bool) -> Html:
    me = reader.me
    if action.kind is Kind.MESSAGE_SENT and goes_on:
        return _GOES_ON[action.actor is not None and action.actor.id == me].format(action.seq, linked(action.text))
    time = _time_of_day(action.at, reader)
    if action.kind is Kind.MESSAGE_SENT:
        own = action.actor is not None and action.actor.id == me
        return _MESSAGE[own].format(action.seq, wording.name(action.actor, me), time, linked(action.text))
    if state and action.kind is Kind.AMENDMENT_REQUESTED:
        return cards.request(action, me, state, time=time, text=_quote(action.text))
    if state:
        moved = _MOVED.format(_deadline(action, reader)) if has_moved_deadline(action) else ""
        said = Html("{}{}").format(_quote(action.text), moved)
        return cards.offer(action, me, reader.currency, state, time=time, said=said, seen=seen)
    return Html('<div class="event" data-seq="{}" data-kind="{}"><span>{}</span>{}{}</div>').format(
        action.seq, action.kind.value, _sentence(action, reader), time, _quote(action.text)
    )


@lru_cache(5_000)
def _timeline(action: Action, reader: _Reader) -> Html:
    text = "" if action.kind is Kind.MESSAGE_SENT else action.text
    return Html('<div class="entry" role="listitem" data-kind="{}"><span>{}</span>{}{}</div>').format(
        action.kind.value, _sentence(action, reader), _time(action.at, reader), _quote(text)
    )


def version(made: Version, view: RoomView) -> Html:
    """A version's terms, who offered them, when, why, and what changed against the one before.

    Each earlier one can be offered again; after the close the theme hides that button.
    """
    terms, currency = made.terms, view.room.trade.currency
    who = wording.name(made.actor, view.me)
    if made.before is None:
        what = Html("{} made the first offer").format(who)
    else:
        changed = difference(terms, made.before, currency)
        what = Html('{} offered <span class="difference">{}</span>').format(who, changed)
    description = Html('<p class="terms-text" dir="auto" tabindex="0">{}</p>').format(linked(terms.description))
    return Html(
        '<div class="entry" role="listitem" data-version="{}"><div class="version-head"><b>Version {}</b>{}</div>'
        '<div class="figures">{} × {} = {}</div><span>{}</span>{}{}{}</div>'
    ).format(
        made.number,
        made.number,
        _time(made.at, _reader(view)),
        wording.money(terms.price, currency),
        wording.number(terms.quantity),
        wording.money(terms.total, currency),
        what,
        _quote(made.reason),
        description
        if terms.description and (made.before is None or terms.description != made.before.description)
        else "",
        Block.button(f"Offer version {made.number} again", "plain again")
        if made.number < view.room.trade.version
        else "",
    )


def version_made_by(action: Action) -> Version | None:
    """The version that an amendment has made, as far as the action tells."""
    if action.kind is not Kind.AMENDED or action.terms is None or action.actor is None or action.version is None:
        return None
    return Version(action.version, action.terms, action.at, action.actor, action.text, action.before)


def _reader(view: RoomView) -> _Reader:
    return _Reader(view.me, view.room.trade.currency, view.zone, view.today)


def _sentence(action: Action, reader: _Reader) -> Html:
    return wording.dated_sentence(action, reader.me, reader.currency, lambda at: _time(at, reader))


def _deadline(action: Action, reader: _Reader) -> Html:
    at = action.deadline
    return Html("<b>{}</b>").format(_time(at, reader)) if at else Html("")


def _time(at: datetime, reader: _Reader) -> wording.ClockTime:
    return wording.clock_time(at, reader.zone, reader.today)


def _time_of_day(at: datetime, reader: _Reader) -> Html:
    """Below a line that says the day."""
    return Html("{}").format(wording.ClockTime(f"{at.astimezone(reader.zone):%H:%M}", at))


def _quote(text: str) -> Html:
    return Html('<q class="said" dir="auto">{}</q>').format(linked(text)) if text else Html("")
