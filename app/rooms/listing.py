"""What one page of the activity shows: which trades, in which order, and what of them to whom.

Dashboards that show the same thing (status filter, search, page) share one listing.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from nicegui import Event

from app.domain.kinds import Status
from app.domain.text import contains
from app.domain.trade import RECENTLY, Person, Trade

PAGE = 25
"""Trades on one page of the dashboard."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a dashboard shows: trades of these statuses, with `title` as a part of the title, from page 0 on.

    `viewer` is somebody's id where the answer is another one for each person: only their `own` trades, or a title that
    is looked for, as a private trade's is found by its parties alone.
    """

    statuses: tuple[Status, ...] = tuple(Status)
    title: str = ""
    page: int = 0
    viewer: int | None = None
    own: bool = False

    def matches(self, trade: Trade) -> bool:
        """Whether the trade belongs to what is shown, on whichever page."""
        is_own = self.viewer is not None and trade.role_of(self.viewer) is not None
        if trade.status not in self.statuses or (self.own and not is_own):
            return False
        return not self.title or (contains(trade.title, self.title) and (trade.listed or is_own))

    def place(self, trade: Trade, active_at: datetime) -> datetime:
        """The moment by which a trade stands in the list, the latest first: that of its newest action.

        Where all look at one list, a private trade stands by its close or else its creation: what others do not learn
        moves nothing. `db.selections.public_place` is its twin.
        """
        is_whole = trade.listed or self.viewer is not None
        return active_at if is_whole else trade.closed_at or trade.created_at


@dataclass(frozen=True, slots=True)
class Line:
    """One trade on the dashboard: with the time of its newest action and who is in its room."""

    trade: Trade
    active_at: datetime
    present: tuple[Person, ...]

    def is_whole_to(self, user_id: int) -> bool:
        """Whether this person sees all of the line; of a private trade others see the status, and nothing else."""
        return self.trade.listed or self.trade.role_of(user_id) is not None

    @property
    def is_recent(self) -> bool:
        """Whether the trade is open, or closed not long ago."""
        return self.trade.closed_at is None or self.active_at - self.trade.closed_at < RECENTLY


class Listing:
    """What dashboards with the same query show: lines by trade id, by their places.

    `misses_some`: a line belongs between those that are shown, or some have gone; the page has to be read again.
    `changed` emits the lines to put on top (oldest of them first), those to show in place, and the ids to take away.
    """

    def __init__(self, query: Query) -> None:
        self.query = query
        self.lines: dict[int, Line] = {}
        self.has_more = False
        self.misses_some = False
        self.watchers = 0
        self.loaded = asyncio.Event()
        self.changed: Event[list[Line], list[Line], list[int]] = Event()

    def fill(self, lines: list[Line]) -> None:
        """Show what was read; one line more than a page tells that there is a next page."""
        self.has_more, self.misses_some = len(lines) > PAGE, False
        self.lines = {line.trade.id: line for line in lines[:PAGE]}
        self.loaded.set()

    def fill_again(self, lines: list[Line]) -> None:
        """Show what was read again, but nothing older than what is shown."""
        before = self.lines
        self.fill(
            [
                shown if (shown := before.get(line.trade.id)) and shown.active_at > line.active_at else line
                for line in lines
            ]
        )
        gone = [key for key in before if key not in self.lines]
        self.changed.emit(list(reversed(self.lines.values())), [], gone)

    def apply(self, lines: list[Line]) -> None:
        """Show changed lines, oldest activity first."""
        on_top: list[Line] = []
        in_place: list[Line] = []
        gone: list[int] = []
        for line in lines:
            key = line.trade.id
            shown = self.lines.get(key)
            if shown is not None and line.active_at < shown.active_at:
                continue  # told late
            if shown is not None and not self.query.matches(line.trade):
                del self.lines[key]
                gone.append(key)
            elif shown is not None and (self.query.page or self._place(line) <= self._place(shown)):
                if line != shown:
                    self.lines[key] = line
                    in_place.append(line)
            elif self.query.page or not self.query.matches(line.trade) or not line.is_recent:
                continue
            elif shown is None and self._place(line) < line.active_at:
                self.misses_some |= self._reaches(line)
            else:
                self.lines.pop(key, None)
                self.lines = {key: line, **self.lines}
                on_top.append(line)
        while len(self.lines) > PAGE:
            key, _ = self.lines.popitem()
            self.has_more = True
            gone.append(key)
        self.misses_some |= self.has_more and len(self.lines) < PAGE
        if on_top or in_place or gone:
            self.changed.emit(on_top, in_place, gone)

    def _place(self, line: Line) -> datetime:
        return self.query.place(line.trade, line.active_at)

    def _reaches(self, line: Line) -> bool:
        """Whether a line that is not shown has its place on the first page."""
        return len(self.lines) < PAGE or self._place(line) > min(map(self._place, self.lines.values()))

    def rename(self, person: Person) -> None:
        """Show somebody under the name that they have now."""
        lines = [replace(line, trade=line.trade.renamed(person)) for line in self.lines.values()]
        in_place = [line for line in lines if line.trade is not self.lines[line.trade.id].trade]
        self.lines.update({line.trade.id: line for line in in_place})
        if in_place:
            self.changed.emit([], in_place, [])
