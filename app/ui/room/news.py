"""What has happened in a room since a dialog was opened, in sentences for the dialog."""

from app.domain.kinds import KINDS, Kind, Status
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.room.room_view import RoomView


def news(shown: Trade, now: Trade, view: RoomView) -> Html:
    """What has happened since a trade was shown, in sentences; empty where it is nothing that matters to an act."""
    if now.role_of(view.me) is None:
        return Html("The seller has taken the buyer's seat back before you answered the offer.")
    if now.status.final:
        return wording.outcome(now, view.me)
    said = []
    if now.version != shown.version:
        who = wording.name(now.party(now.offered_by), view.me)
        at = wording.clock_time(now.amended_at, view.zone, view.today)
        where = " in another window" if now.offered_by is view.role else ""
        changed = wording.listed(wording.changes(now.terms, shown.terms, now.currency))
        said.append(
            Html("{} changed {}{}: version {} replaced version {} at {}.").format(
                who, changed or "the offer and changed it back", where, now.version, shown.version, at
            )
        )
    if now.request and now.request != shown.request:
        said.append(Html("{} asks for other terms: “{}”").format(wording.name(now.buyer, view.me), now.request))
    if now.buyer is None and shown.buyer is not None:
        said.append(Html("The buyer's seat was released."))
    if now.buyer is not None and shown.buyer is None:
        said.append(Html("{} joined as the buyer.").format(wording.name(now.buyer, view.me)))
    if now.expires_at != shown.expires_at:
        said.append(Html("The deadline is {} now.").format(wording.clock_time(now.expires_at, view.zone, view.today)))
    return Html(" ").join(said)


def closer(trade: Trade) -> int | None:
    """Who closed a trade; nobody where its deadline did."""
    if trade.status is Status.EXPIRED:
        return None
    made = KINDS[Kind.WITHDRAWN].to is trade.status
    person = trade.party(trade.offered_by if made else trade.offered_by.other)
    return person.id if person else None
