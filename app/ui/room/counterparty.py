"""The other party in a room's bar: always there by name and role, and in one of three states of presence."""

from datetime import datetime

from app.domain.trade import Person
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.room.room_view import RoomView

_HTML = Html(
    '<span class="person" data-testid="counterparty" data-presence="{}" data-initials="{}">'
    '<span><bdi>{}</bdi><span class="role"> · {}</span><span class="note"> · {}</span></span></span>'
)
_NOBODY = Html('<span class="person" data-testid="counterparty" data-presence="gone" data-initials="?">{}</span>')


class Counterparty:
    """Who is across the table, and whether they are here, away (no page of theirs is looked at) or gone.

    What another process knows of them reaches this one by their read mark, and by what they do.
    """

    def __init__(self, view: RoomView) -> None:
        self._view = view
        self._left_at: datetime | None = None
        self._is_here = False

    def html(self) -> Html:
        """As they are now."""
        view = self._view
        other = view.binding.trade.counterparty(view.me)
        role = view.role.other.word
        if other is None:
            if view.trade.invited:
                return _HTML.format("gone", "?", view.trade.invited, role, wording.not_joined(view.trade))
            return _NOBODY.format("No buyer" if view.trade.status.final else "No buyer yet")
        was_here = self._is_here
        self._is_here = any(person.id == other.id for person in view.binding.present)
        if was_here and not self._is_here:
            self._left_at = view.now()
        if not self._is_here:
            presence, words = "gone", self._last_seen(other)
        elif any(person.id == other.id for person in view.binding.away):
            presence = words = "away"
        else:
            presence = words = "here"
        return _HTML.format(presence, wording.initials(other), other.name, role, words)

    def _last_seen(self, other: Person) -> Html | str:
        mark = self._view.marks.get(other.id)
        acted = [action.at for action in self._view.room.recent if action.actor and action.actor.id == other.id]
        times = [at for at in (*acted[-1:], self._left_at, mark and mark.seen_at) if at]
        if not times:
            return "not here yet"
        return Html("last seen {}").format(self._view.clock_time(max(times)))
