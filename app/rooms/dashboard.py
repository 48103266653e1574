"""The dashboard's live state.

Dashboards that show the same thing (status filter, search, page) share one listing. Changes are gathered for a moment
and then applied to each listing once, however many dashboards watch it and however many trades there are.
"""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from nicegui import binding

from app.domain.kinds import Status
from app.domain.trade import Person, Standing, Trade
from app.rooms.listing import PAGE, Line, Listing, Query
from app.rooms.presence import Presence

log = logging.getLogger(__name__)
_GATHER = 0.1
"""Seconds over which changes are gathered."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The three figures above the table."""

    total_trades: int = 0
    users_online: int = 0
    active_rooms: int = 0


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
        """Lines belong on a page that were not shown there: show them."""
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
            if listing.misses_some:
                task = asyncio.create_task(self._fill_up(listing))
                self._filling.add(task)
                task.add_done_callback(self._filling.discard)
