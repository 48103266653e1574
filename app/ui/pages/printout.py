"""``/room/{code}/print``: all of a trade as a document: terms, parties, versions, and the whole conversation.

A page in a room holds what was loaded. This one is read and sent piece by piece, so that it costs little memory however
long the conversation is, and it needs no socket.
"""

from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from nicegui import app

from app.capacity import in_turns
from app.domain.actions import Action, Version
from app.domain.kinds import KINDS, Kind, Role
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.service.trades import Whole
from app.ui.assets import FILES
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.http.requests import IS_HEAD, head_of, viewer_of, zone_of
from app.ui.pages import not_found
from app.ui.site import Site

_NOBODY = 0
"""The viewer of a document that others read too: nobody in it is "You"."""
_BEGIN = Html(
    '<!doctype html><html lang="en-US"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>{title} · Traderoom</title>{head}</head><body class="body--light document"><main><p class="print-bar">'
    '<a href="/room/{code}">Back to the room</a> <button type="button" class="button print-now">Print</button></p>'
    '<h1 dir="auto">{title}</h1><p class="note">Trade {number}, as of {now}. Times are those of {zone}.</p>'
    "<h2>Terms</h2><dl>{terms}</dl><h2>Parties</h2><dl>{parties}</dl><h2>Versions, the newest first</h2>"
)
_ROW = Html('<div><dt>{}</dt><dd dir="auto">{}</dd></div>')
_ENTRY = Html('<div class="entry"><span>{}</span> {}{}</div>')
_TIME = Html('<time datetime="{}">{}</time>')
_TEXT = Html('<p class="terms-text" dir="auto">{}</p>')


def register(site: Site) -> None:
    """Serve the document."""

    @app.get("/room/{code}/print")
    async def printout(request: Request, code: str) -> Response:
        viewer = viewer_of(request)
        is_head = IS_HEAD in request.scope
        try:
            whole = await site.trades.whole(viewer, code, counts=not is_head)
        except Refusal as refusal:
            if refusal.reason is Reason.TOO_OFTEN:
                return PlainTextResponse(str(refusal), 429)
            return not_found.answer(request)
        if is_head:
            return head_of("text/html")
        document = _document(whole, zone_of(viewer), site.now())
        pieces = in_turns(document, lambda: site.exports.place(viewer.person.id))
        return StreamingResponse(pieces, media_type="text/html")


async def _document(whole: Whole, zone: ZoneInfo, now: datetime) -> AsyncIterator[str]:
    trade = whole.trade
    yield _BEGIN.format(
        title=trade.title,
        head=Html(FILES),
        code=trade.code,
        number=trade.id,
        now=_moment(now, zone),
        zone=zone.key,
        terms=Html().join(_ROW.format(*row) for row in _terms(trade, zone)),
        parties=Html().join(_ROW.format(role.word, _party(trade, role)) for role in Role),
    )
    async for versions in whole.versions:
        yield Html().join(_version(made, trade, zone) for made in versions)
    yield "<h2>Conversation</h2>"
    async for actions in whole.actions:
        yield Html().join(_entry(action, trade, zone) for action in actions if not KINDS[action.kind].silent)
    yield "</main></body></html>"


def _terms(trade: Trade, zone: ZoneInfo) -> list[tuple[str, object]]:
    terms = trade.terms
    rows: list[tuple[str, object]] = [
        ("Status", trade.status.word),
        ("Price per unit", wording.price(terms.price, trade.currency, trade.unit)),
        ("Quantity", wording.number(terms.quantity)),
        ("Total", wording.money(terms.total, trade.currency)),
        ("Version", f"{trade.version}, {_moment(trade.amended_at, zone)}"),
        ("Deadline", _moment(trade.expires_at, zone)),
    ]
    if trade.closed_at is not None:
        rows.append(("Closed", _moment(trade.closed_at, zone)))
    return [*rows, ("Description", _TEXT.format(terms.description or "No description."))]


def _party(trade: Trade, role: Role) -> Html:
    party = trade.party(role)
    return wording.name(party, _NOBODY) if party else Html("Nobody" if trade.status.final else "Nobody yet")


def _version(made: Version, trade: Trade, zone: ZoneInfo) -> Html:
    terms, before = made.terms, made.before
    figures = Html("<b>Version {}</b> by {}: {} × {} = <b>{}</b>").format(
        made.number,
        wording.name(made.actor, _NOBODY),
        wording.money(terms.price, trade.currency),
        wording.number(terms.quantity),
        wording.money(terms.total, trade.currency),
    )
    is_described_anew = before is None or before.description != terms.description
    described = terms.description if is_described_anew else ""
    return _ENTRY.format(
        figures, _time(made.at, zone), Html().join(_TEXT.format(text) for text in (described,) if text)
    )


def _entry(action: Action, trade: Trade, zone: ZoneInfo) -> Html:
    if action.kind is Kind.MESSAGE_SENT:
        told = Html("<b>{}</b>").format(wording.name(action.actor, _NOBODY))
    else:
        told = wording.dated_sentence(action, _NOBODY, trade.currency, lambda at: _moment(at, zone))
    return _ENTRY.format(told, _time(action.at, zone), _TEXT.format(action.text) if action.text else "")


def _time(at: datetime, zone: ZoneInfo) -> Html:
    return _TIME.format(at.isoformat(), _moment(at, zone))


def _moment(at: datetime, zone: ZoneInfo) -> str:
    """``Nov 26, 2026, 15:02:11 UTC+01:00``: on paper nobody knows what day "today" was, nor where."""
    return format_datetime(at, "MMM d, y, HH:mm:ss 'UTC'xxx", tzinfo=zone, locale="en_US")
