"""Lists: the trades of somebody on an open page, each of which hears of whatever happens in them."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from app.domain.actions import Action
from app.domain.trade import Person, Trade

log = logging.getLogger(__name__)
Changed = Callable[[Trade, Sequence[Action]], None]
"""Hears of a trade and of what has happened in it, oldest first; it may hear again what it has heard before."""


@dataclass(frozen=True, slots=True, eq=False)
class Watcher:
    """What one list hears, and what it tells."""

    changed: Changed
    #: Hears that somebody has another name.
    renamed: Callable[[Person], None] = lambda _: None
    #: Hears that its own person has seen a trade, by id, up to a `seq`.
    seen: Callable[[int, int], None] = lambda _trade_id, _seq: None
    #: Hears that some of it may have been missed.
    resumed: Callable[[], None] = lambda: None
    #: Tells whose names it shows.
    people: Callable[[], Iterable[Person]] = tuple


class Lists:
    """All lists of this process, by whose trades they show."""

    def __init__(self) -> None:
        self._watchers: defaultdict[int, set[Watcher]] = defaultdict(set)

    def __bool__(self) -> bool:
        return bool(self._watchers)

    def __contains__(self, user_id: int) -> bool:
        return user_id in self._watchers

    def watch(self, user_id: int, watcher: Watcher) -> Callable[[], None]:
        """One more list of this person's; returns the way to stop it."""
        self._watchers[user_id].add(watcher)

        def stop() -> None:
            self._watchers[user_id].discard(watcher)
            if not self._watchers[user_id]:
                del self._watchers[user_id]

        return stop

    def changed(self, people: Iterable[Person], trade: Trade, actions: Sequence[Action]) -> None:
        """Something has happened in a trade of these people's."""
        for person in people:
            self._tell(self._watchers.get(person.id, ()), lambda watcher: watcher.changed(trade, actions))

    def seen(self, user_id: int, trade_id: int, seq: int) -> None:
        """Somebody has seen a trade up to `seq`."""
        self._tell(self._watchers.get(user_id, ()), lambda watcher: watcher.seen(trade_id, seq))

    def renamed(self, person: Person) -> None:
        """Somebody has another name now."""
        self._tell(self._all(), lambda watcher: watcher.renamed(person))

    def resumed(self) -> None:
        """Some of it may have been missed."""
        self._tell(self._all(), lambda watcher: watcher.resumed())

    def people(self) -> set[Person]:
        """Everybody whose name is shown."""
        return {person for watcher in self._all() for person in watcher.people()}

    def _all(self) -> list[Watcher]:
        return [watcher for watchers in self._watchers.values() for watcher in watchers]

    @staticmethod
    def _tell(watchers: Iterable[Watcher], tell: Callable[[Watcher], None]) -> None:
        """One list's error is no other list's."""
        for watcher in tuple(watchers):
            try:
                tell(watcher)
            except Exception:
                log.exception("a list of trades could not show what it was told")
