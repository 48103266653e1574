"""The dashboard's live state.

Dashboards that show the same thing (status filter, search, page) share one listing. Changes are gathered for a moment
and then applied to each listing once, however many dashboards watch it and however many trades there are.
"""

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from nicegui import Event, binding

from app.domain.kinds import Status
from app.domain.text import contains
from app.domain.trade import RECENTLY, Person, Standing, Trade
from app.rooms.presence import Presence

log = logging.getLogger(__name__)
PAGE = 25
"""Trades on one page of the dashboard."""
_GATHER = 0.1
"""Seconds over which changes are gathered."""


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


@dataclass(frozen=True, slots=True)
class Line:
    """One trade on the dashboard: with the time of its newest action and who is in its room."""

    trade: Trade
    active_at: datetime
    present: tuple[Person, ...]

    def is_whole_to(self, user_id: int) -> bool:
        """Whether this person sees all of the line; of a private trade others see the status, and nothing else."""
        return self.trade.listed or self.trade.role_of(user_id) is not None

    def is_news_after(self, shown: "Line") -> bool:
        """Whether it goes on top of a list that shows the trade already; what others do not learn moves nothing."""
        is_told = self.trade.listed or self.trade.status is not shown.trade.status
        return is_told and self.active_at > shown.active_at

    @property
    def is_recent(self) -> bool:
        """Whether the trade is open, or closed not long ago."""
        return self.trade.closed_at is None or self.active_at - self.trade.closed_at < RECENTLY


@dataclass(frozen=True, slots=True)
class Figures:
    """The three figures above the table."""

    total_trades: int = 0
    users_online: int = 0
    active_rooms: int = 0


class Listing:
    """What dashboards with the same query show: lines by trade id, newest activity first.

    `changed` emits the lines to put on top (oldest of them first), those to show in place, and the ids to take away.
    """

    def __init__(self, query: Query) -> None:
        self.query = query
        self.lines: dict[int, Line] = {}
        self.has_more = False
        self.watchers = 0
        self.loaded = asyncio.Event()
        self.changed: Event[list[Line], list[Line], list[int]] = Event()

    def fill(self, lines: list[Line]) -> None:
        """Show what was read; one line more than a page tells that there is a next page."""
        self.has_more = len(lines) > PAGE
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
            elif shown is not None and (self.query.page or not line.is_news_after(shown)):
                if line != shown:
                    self.lines[key] = line
                    in_place.append(line)
            elif self.query.page == 0 and self.query.matches(line.trade) and line.is_recent:
                self.lines.pop(key, None)
                self.lines = {key: line, **self.lines}
                on_top.append(line)
        while len(self.lines) > PAGE:
            key, _ = self.lines.popitem()
            self.has_more = True
            gone.append(key)
        if on_top or in_place or gone:
            self.changed.emit(on_top, in_place, gone)

    def rename(self, person: Person) -> None:
        """Show somebody under the name that they have now."""
        lines = [replace(line, trade=line.trade.renamed(person)) for line in self.lines.values()]
        in_place = [line for line in lines if line.trade is not self.lines[line.trade.id].trade]
        self.lines.update({line.trade.id: line for line in in_place})
        if in_place:
            self.changed.emit([], in_place, [])


class TradeLists(Protocol):
    """What the dashboard reads: `db.history.History`, and a twin in memory for unit tests."""

    async def activity(
        self,
        statuses: tuple[Status, ...],
        title: str,
        *,
        offset: int,
        limit: int,
        viewer: int | None = None,
        own: bool = False,
    ) -> list[Standing]: ...

    async def count(self) -> tuple[int, int]: ...


class Dashboard:
    """All dashboards of this process. `figures` is bindable."""

    figures = binding.BindableProperty()

    def __init__(self, lists: TradeLists, presence: Presence) -> None:
        self._lists = lists
        self._presence = presence
        self._listings: dict[Query, Listing] = {}
        self._dirty: dict[int, tuple[Trade, datetime]] = {}
        self._moved: set[int] = set()
        self._flush: asyncio.TimerHandle | None = None
        self._counted = 0
        self._filling: set[asyncio.Task[None]] = set()
        self.figures = Figures()

    @property
    def is_watched(self) -> bool:
        """Whether any dashboard is open."""
        return bool(self._listings)

    async def open(self, query: Query) -> Listing:
        """The listing of a query, live until `close`."""
        listing = self._listings.get(query)
        if listing is None:
            listing = self._listings[query] = Listing(query)
            await self._load(listing)
        else:
            await listing.loaded.wait()
            if self._listings.get(query) is not listing:  # its reading failed: try for ourselves
                return await self.open(query)
        listing.watchers += 1
        return listing

    def close(self, listing: Listing) -> None:
        """Give a listing back."""
        listing.watchers -= 1
        if listing.watchers <= 0 and self._listings.get(listing.query) is listing:
            del self._listings[listing.query]

    def count_one(self, trade_id: int) -> None:
        """One more trade was created; one that was counted already is not counted again."""
        if trade_id > self._counted:
            self._count(self.figures.total_trades + 1)

    def changed(self, trade: Trade, at: datetime) -> None:
        """A trade has changed; `at` is the time of its newest action."""
        if self._listings:
            known = self._dirty.get(trade.id)
            if known is None or at >= known[1]:
                self._dirty[trade.id] = (trade, at)
            self._flush_soon()

    def people(self) -> set[Person]:
        """Everybody whose name is shown."""
        return {
            party
            for listing in self._listings.values()
            for line in listing.lines.values()
            for party in line.trade.parties
        }

    def rename(self, person: Person) -> None:
        """Somebody has another name now."""
        self._dirty = {key: (trade.renamed(person), at) for key, (trade, at) in self._dirty.items()}
        for listing in self._listings.values():
            listing.rename(person)

    def presence_changed(self, place: int | None) -> None:
        """Somebody has come or gone."""
        if place is not None:
            self._moved.add(place)
        self._flush_soon()

    async def reload(self) -> None:
        """Read everything again: at the start, and after news may have been missed."""
        total, self._counted = await self._lists.count()
        self._count(total)
        for listing in list(self._listings.values()):
            listing.fill_again(await self._read(listing.query))

    async def _fill_up(self, listing: Listing) -> None:
        """Lines have left a page that has a next one: show those that were there."""
        try:
            listing.fill_again(await self._read(listing.query))
        except Exception:
            log.exception("dashboard: a page could not be filled up; the next change tries again")

    async def _load(self, listing: Listing) -> None:
        try:
            listing.fill(await self._read(listing.query))
        except BaseException:
            self._listings.pop(listing.query, None)
            listing.loaded.set()
            raise
        self._flush_soon()  # what changed while we read is waiting

    async def _read(self, query: Query) -> list[Line]:
        found = await self._lists.activity(
            query.statuses, query.title, offset=query.page * PAGE, limit=PAGE + 1, viewer=query.viewer, own=query.own
        )
        return [Line(s.trade, s.active_at, self._presence.people(s.trade.id)) for s in found]

    def _count(self, total: int) -> None:
        online = len(self._presence.people(None))
        self.figures = Figures(total, online, self._presence.active_rooms)

    def _flush_soon(self) -> None:
        if self._flush is None:
            self._flush = asyncio.get_running_loop().call_later(_GATHER, self._flush_now)

    def _flush_now(self) -> None:
        self._flush = None
        self._count(self.figures.total_trades)
        dirty, self._dirty = self._dirty, {}
        moved, self._moved = self._moved - set(dirty), set()
        changed = sorted(dirty.values(), key=lambda change: change[1])
        lines = [Line(trade, at, self._presence.people(trade.id)) for trade, at in changed]
        for listing in self._listings.values():
            if not listing.loaded.is_set():
                self._dirty.update(dirty)
                self._moved |= moved
                self._flush_soon()
                continue
            still = [listing.lines[key] for key in moved if key in listing.lines]
            listing.apply(lines + [Line(s.trade, s.active_at, self._presence.people(s.trade.id)) for s in still])
            if listing.has_more and len(listing.lines) < PAGE:
                task = asyncio.create_task(self._fill_up(listing))
                self._filling.add(task)
                task.add_done_callback(self._filling.discard)
