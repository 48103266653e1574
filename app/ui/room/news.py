"""What has happened in a room since a dialog was opened, in sentences for the dialog."""

from app.domain.kinds import KINDS, Kind
from app.domain.trade import Person, Trade
from app.domain.traits import Side
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.components.links import linked
from app.ui.room.room_view import RoomView


def news(shown: Trade, now: Trade, view: RoomView, *, asked: int) -> Html:
    """What has happened since a trade was shown, in sentences; empty where it is nothing that matters to an act.

    `asked` is the seq of the request that was the newest one then.
    """
    if now.role_of(view.me) is None:
        return Html("The seller has taken the buyer's seat back before you answered the offer.")
    if now.status.final:
        return _outcome(now, view)
    said = []
    if now.version != shown.version:
        who = wording.name(now.party(now.offered_by), view.me)
        at = view.clock_time(now.amended_at)
        where = " in another window" if now.offered_by is view.role else ""
        changed = wording.listed(wording.changes(now.terms, shown.terms, now.currency))
        said.append(
            Html("{} changed {}{}: version {} replaced version {} at {}.").format(
                who, changed or "the offer and changed it back", where, now.version, shown.version, at
            )
        )
    if now.request and view.binding.asked != asked:
        said.append(Html("{} asks for other terms: “{}”").format(wording.name(now.buyer, view.me), linked(now.request)))
    if shown.buyer is not None and shown.buyer != now.buyer:
        said.append(Html("The buyer's seat was released."))
    if now.buyer is not None and shown.buyer != now.buyer:
        said.append(Html("{} joined as the buyer.").format(wording.name(now.buyer, view.me)))
    if now.expires_at != shown.expires_at:
        said.append(Html("The deadline is {} now.").format(view.clock_time(now.expires_at)))
    return Html(" ").join(said)


def closer(trade: Trade) -> Person | None:
    """Who closed a trade; nobody where its deadline did."""
    rules = KINDS[_closing(trade)]
    if not rules.by:
        return None
    return trade.party(trade.offered_by if rules.side is Side.MADE else trade.offered_by.other)


def _outcome(trade: Trade, view: RoomView) -> Html:
    """How it ended, and when; the page behind says it at greater length."""
    happened = Html(KINDS[_closing(trade)].words).format(
        who=wording.name(closer(trade), view.me), version=trade.version
    )
    at = view.clock_time(trade.closed_at or trade.expires_at)
    return Html("{} at {}, while this was open.").format(happened, at)


def _closing(trade: Trade) -> Kind:
    return next(kind for kind, rules in KINDS.items() if rules.to is trade.status)
