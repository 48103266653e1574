"""The rows of the conversation. What a row looks like the row before it decides: appending costs the same at any
length."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.domain.actions import Action
from app.domain.kinds import Kind
from app.ui.components.html import Html
from app.ui.components.stream import ChangingRow, Row
from app.ui.room import entries
from app.ui.room.cards import UNANSWERED, state_of
from app.ui.room.room_view import RoomView


@dataclass(slots=True)
class _Changing:
    """A row that may still be shown otherwise, and the one before it."""

    action: Action
    before: Action | None
    row: ChangingRow


class FlowRows:
    """Makes the rows, and shows those otherwise that may change: the newest offer, the open request, the lines of today
    and yesterday, and the first row while what stands before it is not known.

    Rows are made from the newest on back without a gap: when an offer was seen, and which request is the newest, is
    known before their cards are made.
    """

    def __init__(self, view: RoomView) -> None:
        self._view = view
        self._last: Action | None = None
        self._oldest: _Changing | None = None
        self._changing: list[_Changing] = []
        self._offered = self._asked = 0
        self._seen: dict[int, Action] = {}

    def first(self, actions: Sequence[Action]) -> list[Row]:
        """The rows that somebody finds, oldest first."""
        self._learn(actions)
        return [self.next(action) for action in actions if entries.has_row(action)]

    def learn(self, action: Action) -> None:
        """Show what stands there otherwise, if what has just happened is that an offer was seen, or a newer request."""
        self._learn([action])
        if action.kind in {Kind.OFFER_SEEN, Kind.AMENDMENT_REQUESTED}:
            self.follow()

    def next(self, action: Action) -> Row:
        """The row of what has just happened. With the first one of a day, yesterday is called so."""
        before, self._last = self._last, action
        if before is None:
            return self._first(action)
        if entries.begins_day(action, before, self._view):
            self.follow()
        return self._row(action, before)

    def earlier(self, actions: Sequence[Action]) -> list[Row]:
        """Rows that stand before all others, oldest first."""
        self._learn(actions)
        rows: list[Row] = []
        before: Action | None = None
        oldest = self._oldest
        for action in actions:
            if entries.has_row(action):
                rows.append(self._first(action) if before is None else self._row(action, before))
                before = action
        if oldest is not None and before is not None:
            oldest.before = before
            self._show(oldest)
        return rows

    def follow(self) -> None:
        """Show what may have changed as it is now; what is past is let go."""
        for changing in self._changing:
            self._show(changing)
        self._changing = [changing for changing in self._changing if self._may_change(changing.action, changing.before)]

    def _learn(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if action.offered is not None:
                self._offered = max(self._offered, action.offered.version)
            if action.kind is Kind.AMENDMENT_REQUESTED:
                self._asked = max(self._asked, action.seq)
            if action.kind is Kind.OFFER_SEEN and action.version is not None:
                known = self._seen.get(action.version, action)
                self._seen[action.version] = max(known, action, key=lambda seen: seen.seq)

    def _first(self, action: Action) -> ChangingRow:
        self._oldest = _Changing(action, None, ChangingRow(self._html(action, None)))
        self._changing.append(self._oldest)
        return self._oldest.row

    def _row(self, action: Action, before: Action) -> Row:
        html = self._html(action, before)
        if not self._may_change(action, before):
            return html
        row = ChangingRow(html)
        self._changing.append(_Changing(action, before, row))
        return row

    def _may_change(self, action: Action, before: Action | None) -> bool:
        # The trade tells first of several actions that come at once: what is replaced by now may yet be seen.
        is_newest = action.offered is not None and action.offered.version >= self._offered
        is_open = state_of(action, self._view.room.trade, self._asked) == UNANSWERED
        return is_newest or is_open or entries.names_day(action, before, self._view)

    def _show(self, changing: _Changing) -> None:
        changing.row.show(self._html(changing.action, changing.before))

    def _html(self, action: Action, before: Action | None) -> Html:
        seen = self._seen.get(action.offered.version) if action.offered is not None else None
        return entries.conversation(action, self._view, before, asked=self._asked, seen=seen)
