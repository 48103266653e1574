"""The lobby: finds the room of a trade, and carries every recorded happening to whoever watches it.

Watchers are the room itself, the parties' lists of trades, and the dashboard. Whoever enters subscribes first
and reads then, so that nothing falls between; a room that misses an action reads it before it shows a later one.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from app.domain.actions import Action, Outcome
from app.domain.kinds import KINDS, Kind
from app.domain.trade import Person, Standing, Trade
from app.rooms.dashboard import Dashboard
from app.rooms.lists import Lists
from app.rooms.presence import Presence
from app.rooms.room import KEPT, OFFERS_KEPT, Room
from app.rooms.ticker import Ticker

log = logging.getLogger(__name__)
_OWN_NEWS_GRACE = 0.5
"""Seconds this process gets to publish what it recorded itself before it is read back from the database."""

_TOLD = 1_000
"""Of how many trades the time of the newest happening is kept, to know one that is told late."""
_RENAMED = 1_000
"""How many new names are kept, for rooms that were read with the old one."""


class Records(Protocol):
    """What rooms read: `db.history.History`, and a twin in memory for unit tests."""

    async def trade(self, trade_id: int) -> Standing | None: ...

    async def actions(self, trade_id: int, *, before: int | None = None, limit: int = 50) -> list[Action]: ...

    async def actions_since(self, trade_id: int, seq: int, *, limit: int = 500) -> list[Action]: ...

    async def milestones(self, trade: Trade, *, versions: int) -> list[Action]: ...


class Lobby:
    """All rooms of this process."""

    def __init__(self, records: Records, ticker: Ticker, presence: Presence, dashboard: Dashboard) -> None:
        self._records = records
        self._ticker = ticker
        self._presence = presence
        self._dashboard = dashboard
        self._rooms: dict[int, Room] = {}
        self.lists = Lists()
        self._behind: dict[int, int] = {}
        self._opening: Counter[int] = Counter()
        self._missed: Counter[int] = Counter()
        self._told: dict[int, datetime] = {}
        self._names: dict[int, Person] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        presence.on_change(self._presence_changed)

    @property
    def open_rooms(self) -> int:
        """How many rooms are held in memory."""
        return len(self._rooms)

    def room(self, trade_id: int) -> Room | None:
        """The trade's room, if somebody is in it."""
        return self._rooms.get(trade_id)

    async def enter(self, trade_id: int, standing: Standing | None = None) -> Room | None:
        """The trade's room, held until `leave`; None when there is no such trade.

        A `standing` that was read before is taken where nothing has happened since.
        """
        if trade_id not in self._rooms:
            self._opening[trade_id] += 1
            try:
                actions = await self._records.actions(trade_id, limit=KEPT)
                if standing is None or not actions or standing.seq != actions[-1].seq:
                    standing = await self._records.trade(trade_id)
                milestones = await self._milestones(standing.trade, actions) if standing and actions else []
            finally:
                self._opening[trade_id] -= 1
                missed = self._missed[trade_id]
                if not self._opening[trade_id]:
                    del self._opening[trade_id], self._missed[trade_id]
            if standing is None or not actions:
                return None
            if trade_id not in self._rooms:  # nobody else has opened it while we read
                self._open(standing.trade, actions, milestones)
                if max(standing.seq, missed) > actions[-1].seq:
                    self._catch_up_soon(trade_id, max(standing.seq, missed))
        room = self._rooms[trade_id]
        room.pages += 1
        return room

    def leave(self, room: Room) -> None:
        """Give a room back; the last page that leaves closes it."""
        room.pages -= 1
        if room.pages == 0 and self._rooms.get(room.trade.id) is room:
            del self._rooms[room.trade.id]
            room.dial.on_tick = None
            self._ticker.unwatch(room.dial)

    def publish(self, outcome: Outcome) -> None:
        """Show what this process has just recorded. Called after the commit, never before."""
        self._note_missed(outcome.trade.id, outcome.action.seq)
        trade_id, seq = outcome.trade.id, outcome.action.seq
        room = self._rooms.get(trade_id)
        if outcome.action.kind is Kind.CREATED:
            self._dashboard.count_one(trade_id)
        if room is not None and not room.take(outcome):
            self._catch_up_soon(trade_id, seq)
        elif KINDS[outcome.action.kind].silent:
            return  # nobody's news: lists and dashboards do not move
        elif outcome.changes_trade:
            self._spread(outcome.trade, outcome.action.at, [outcome.action], outcome.before.parties)
        elif room is not None:
            self._spread(room.trade, outcome.action.at, [outcome.action])
        elif self.lists or self._dashboard.is_watched:
            self._catch_up_soon(trade_id, seq)

    def heard(self, trade_id: int, seq: int, own: bool) -> None:
        """The database says that action `seq` was recorded, by this process (`own`) or by another."""
        self._note_missed(trade_id, seq)
        room = self._rooms.get(trade_id)
        if own:
            # `publish` does this at once, unless it was cut off between the commit and here.
            if room is not None and room.seq < seq:
                self._catch_up_soon(trade_id, seq, _OWN_NEWS_GRACE)
            return
        if seq == 1:
            self._dashboard.count_one(trade_id)
        if (room is not None and room.seq < seq) or self.lists or self._dashboard.is_watched:
            self._catch_up_soon(trade_id, seq)

    async def refresh(self, room: Room) -> None:
        """Read what a room may have missed, and show it."""
        actions = await self._records.actions_since(room.trade.id, room.seq)
        standing = await self._records.trade(room.trade.id)
        before = room.trade.parties
        if standing is not None:
            room.show(standing.trade, standing.seq, actions)
            self._spread(standing.trade, standing.active_at, actions, before)

    def people(self) -> set[Person]:
        """Everybody whose name is shown: in a room, on a dashboard, in a list, or because they are here."""
        in_rooms = {person for room in self._rooms.values() for person in room.people}
        return in_rooms | self._dashboard.people() | self.lists.people() | {*self._presence.people(None)}

    def rename(self, person: Person) -> None:
        """Somebody has another name now; what is being read at this moment may still have the old one."""
        self._names.pop(person.id, None)
        self._names[person.id] = person
        if len(self._names) > _RENAMED:
            del self._names[next(iter(self._names))]
        for room in self._rooms.values():
            room.rename(person)
        self._dashboard.rename(person)
        self._presence.rename(person)
        self.lists.renamed(person)

    async def resume(self) -> None:
        """Read again whatever may have been missed while no news came in."""
        await self._dashboard.reload()
        for trade_id, room in list(self._rooms.items()):
            self._catch_up_soon(trade_id, room.seq + 1)
        self.lists.resumed()

    async def _milestones(self, trade: Trade, actions: list[Action]) -> list[Action]:
        """What a room shows of its past, read only where it lies before the newest actions; a first offer that stands
        comes with the trade."""
        has_none = trade.version == 1 and not trade.status.final
        is_whole = actions[0].seq == 1 or has_none
        return [] if is_whole else await self._records.milestones(trade, versions=OFFERS_KEPT)

    def _open(self, trade: Trade, actions: list[Action], milestones: list[Action]) -> None:
        dial = self._ticker.watch(trade)
        room = self._rooms[trade.id] = Room(trade, actions[-1].seq, actions, dial, milestones)
        room.present, room.away = self._presence.people(trade.id), self._presence.away(trade.id)
        for party in trade.parties:
            room.rename(self._names.get(party.id, party))
        dial.on_tick = room.forget_silent

    def _note_missed(self, trade_id: int, seq: int) -> None:
        """Remember news of a room that is being opened: what is read for it may be older."""
        if self._opening[trade_id]:
            self._missed[trade_id] = max(seq, self._missed[trade_id])

    def _catch_up_soon(self, trade_id: int, seq: int, delay: float = 0.0) -> None:
        waiting = trade_id in self._behind
        self._behind[trade_id] = max(seq, self._behind.get(trade_id, 0))
        if not waiting:
            task = asyncio.create_task(self._catch_up(trade_id, delay), name=f"catch up with trade {trade_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _catch_up(self, trade_id: int, delay: float) -> None:
        await asyncio.sleep(delay)
        seq = self._behind.pop(trade_id)  # news from here on asks for another reading
        room = self._rooms.get(trade_id)
        if delay and (room is None or room.seq >= seq):
            return
        try:
            actions = await self._records.actions_since(trade_id, room.seq) if room else []
            standing = await self._records.trade(trade_id)
            if room is None and standing is not None and self._is_listed(standing.trade):
                actions = await self._records.actions(trade_id, limit=KEPT)
        except Exception:
            log.exception("lobby: trade %s could not be read; the next news of it tries again", trade_id)
            return
        if standing is None:
            return
        joined = (action.actor for action in actions if action.kind is Kind.JOINED and action.actor is not None)
        before = room.trade.parties if room else tuple(joined)
        if room is not None:
            room.show(standing.trade, standing.seq, actions)
        self._spread(standing.trade, standing.active_at, actions, before)
        if room is not None and room.seq < standing.seq:
            self._catch_up_soon(trade_id, standing.seq)

    def _is_listed(self, trade: Trade) -> bool:
        """Whether a list is to hear what has happened: one of a party's, or of who was, where the seat is free."""
        return bool(self.lists) and (trade.buyer is None or any(party.id in self.lists for party in trade.parties))

    def _spread(self, trade: Trade, at: datetime, actions: Sequence[Action], before: tuple[Person, ...] = ()) -> None:
        """Tell lists, clocks and dashboards, unless they have been told of something later already. `actions` are what
        has led there, as far as it is known.

        `before` are those who were its parties until now; a buyer's seat can be released.
        """
        if at < self._told.get(trade.id, at):
            return
        self._told.pop(trade.id, None)
        self._told[trade.id] = at
        if len(self._told) > _TOLD:
            del self._told[next(iter(self._told))]
        self._ticker.follow(trade)
        self.lists.changed({*trade.parties, *before}, trade, actions)
        self._dashboard.changed(trade, at)

    def _presence_changed(self, place: int | None, people: tuple[Person, ...]) -> None:
        if place is not None and (room := self._rooms.get(place)) is not None:
            room.present, room.away = people, self._presence.away(place)
            for person in room.typing:
                if person not in people:
                    room.stop_typing(person)
        self._dashboard.presence_changed(place)
