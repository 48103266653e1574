"""One trade in somebody's list: what it is about, and what is new in it."""

from datetime import date
from zoneinfo import ZoneInfo

from app.domain.kinds import Kind
from app.domain.read_marks import News
from app.domain.trade import Person, Trade
from app.ui.components import wording
from app.ui.components.html import Html

_SUMMARY = Html(
    '<span class="face" aria-hidden="true" data-initials="{}"></span>'
    '<h3 dir="auto"><a href="/room/{}">{}</a></h3>'
    '<p class="line">{} <span class="role">{}</span> <span>{}</span></p>'
    '<p class="money"><span>{} × {} <span class="equals">=</span></span> <b>{}</b></p>'
    '<p class="until">{} {}</p>'
)
_UNREAD = Html('<b class="unread" data-testid="unread">{}<span class="for-readers"> new</span></b>')
_LAST = Html('<p class="last">{}</p>')
_MOST = 99
"""More than these are told as more."""
_LONGEST = 120
"""Characters of a message; where there is less room, the theme cuts it."""


def summary(trade: Trade, me: int, zone: ZoneInfo, today: date) -> Html:
    """The trade as it stands, for one of its parties."""
    role = trade.role_of(me)
    other = trade.counterparty(me)
    if other is not None:
        whom = Html("with <bdi>{}</bdi>").format(other.name)
    elif trade.invited:
        whom = Html("for <bdi>{}</bdi>, {}").format(trade.invited, wording.not_joined(trade))
    else:
        whom = Html("no buyer" if trade.status.final else "no buyer yet")
    at = trade.closed_at or trade.expires_at
    return _SUMMARY.format(
        wording.initials(other or Person(0, trade.invited or "?")),
        trade.code,
        trade.title,
        wording.status_chip(trade.status),
        role.word if role else "",
        whom,
        wording.price(trade.terms.price, trade.currency, trade.unit),
        wording.number(trade.terms.quantity),
        wording.money(trade.terms.total, trade.currency),
        "" if trade.closed_at else "until",
        wording.clock_time(at, zone, today),
    )


def latest(news: News | None, me: int) -> Html:
    """How much is new to the viewer, and what happened last: a message in its words, all else in ours."""
    if news is None:
        return Html("")
    action = news.newest
    last = wording.happened(action, me)
    if action.kind is Kind.MESSAGE_SENT:
        text = " ".join(action.text.split())
        short = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
        last = Html('{}: <bdi dir="auto">{}</bdi>').format(wording.name(action.actor, me), short)
    count = str(news.unread) if news.unread <= _MOST else f"{_MOST}+"
    return (_UNREAD.format(count) if news.unread else Html("")) + _LAST.format(last)
