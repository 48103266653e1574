"""One action or version as a row of HTML: in the conversation, in the timeline, in the version history."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.actions import Action, Version
from app.domain.kinds import KINDS, Kind
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.room.room_view import RoomView

_AGAIN = Html('<button type="button" class="button plain again">Offer version {} again</button>')


def conversation(action: Action, view: RoomView) -> Html:
    """A message as a bubble; everything else as a thin line in the flow."""
    return _conversation(action, view.me, view.room.trade.currency, view.zone, view.today)


def timeline(action: Action, view: RoomView) -> Html:
    """What happened, with who and when; a message without its text."""
    return _timeline(action, view.me, view.room.trade.currency, view.zone, view.today)


def has_row(action: Action) -> bool:
    """Whether it is told in a row of its own."""
    return not KINDS[action.kind].silent


# Rows are made once for each viewer, time zone and local day, however often the page is opened: `today` stands for how
# times are written.


@lru_cache(5_000)
def _conversation(action: Action, me: int, currency: str, zone: ZoneInfo, today: date) -> Html:
    if action.kind is not Kind.MESSAGE_SENT:
        return Html('<div class="event" data-kind="{}"><span>{}</span>{}{}</div>').format(
            action.kind.value,
            wording.sentence(action, me, currency),
            _time(action.at, zone, today),
            _quote(action.text),
        )
    own = action.actor is not None and action.actor.id == me
    return Html(
        '<div class="message{}"><div class="meta">{} {}</div><div class="bubble" dir="auto">{}</div></div>'
    ).format(" own" if own else "", wording.name(action.actor, me), _time(action.at, zone, today), action.text)


@lru_cache(5_000)
def _timeline(action: Action, me: int, currency: str, zone: ZoneInfo, today: date) -> Html:
    text = "" if action.kind is Kind.MESSAGE_SENT else action.text
    return Html('<div class="entry" role="listitem" data-kind="{}"><span>{}</span>{}{}</div>').format(
        action.kind.value, wording.sentence(action, me, currency), _time(action.at, zone, today), _quote(text)
    )


def version(made: Version, view: RoomView) -> Html:
    """A version's terms, who made it, when, why, and what changed against the one before.

    Each earlier one can be offered again; after the close the theme hides that button.
    """
    terms, currency = made.terms, view.room.trade.currency
    if made.before is None:
        what = Html("{} made the first offer").format(wording.name(made.actor, view.me))
    else:
        changed = wording.listed(wording.changes(terms, made.before, currency))
        what = Html("{} changed {}").format(wording.name(made.actor, view.me), changed)
    time = wording.clock_time(made.at, view.zone, view.today)
    description = Html('<p class="terms-text" dir="auto">{}</p>').format(terms.description)
    return Html(
        '<div class="entry" role="listitem" data-version="{}"><div class="version-head"><b>Version {}</b>'
        '<time datetime="{}">{}</time></div><div class="figures">{} × {} = {}</div><span>{}</span>{}{}'
        "{}</div>"
    ).format(
        made.number,
        made.number,
        made.at.isoformat(),
        time,
        wording.money(terms.price, currency),
        wording.number(terms.quantity),
        wording.money(terms.total, currency),
        what,
        _quote(made.reason),
        description
        if terms.description and (made.before is None or terms.description != made.before.description)
        else "",
        _AGAIN.format(made.number) if made.number < view.room.trade.version else "",
    )


def version_made_by(action: Action) -> Version | None:
    """The version that an amendment has made, as far as the action tells."""
    if action.kind is not Kind.AMENDED or action.terms is None or action.actor is None or action.version is None:
        return None
    return Version(action.version, action.terms, action.at, action.actor, action.text, action.before)


def _time(at: datetime, zone: ZoneInfo, today: date) -> Html:
    return Html('<time datetime="{}">{}</time>').format(at.isoformat(), wording.clock_time(at, zone, today))


def _quote(text: str) -> Html:
    return Html('<q class="said" dir="auto">{}</q>').format(text) if text else Html("")
