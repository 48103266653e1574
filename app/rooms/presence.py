"""Who is here, and who is away. A person is in a room as long as one of their pages is, and a grace beyond that.

The grace covers a reload and a short drop of the connection, so that nobody flickers. Away is who has pages that nobody
looks at, and no other.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from app.domain.trade import Person

GRACE = 12.0
"""Seconds between a person's last socket and their leaving."""


@dataclass(slots=True)
class _Stay:
    """A person in a place: their pages, those of them that nobody looks at, and the end of the grace."""

    person: Person
    pages: int = 0
    unwatched: int = 0
    is_away: bool = False
    leaving: asyncio.TimerHandle | None = None


class Presence:
    """Counts pages per place and person; a place is a trade's id, or None for any page at all.

    `changed(place, people)` is called when somebody has come or gone, is away or back, or has another name, people in
    the order they came.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._places: defaultdict[int | None, dict[int, _Stay]] = defaultdict(dict)
        self._listeners: list[Callable[[int | None, tuple[Person, ...]], None]] = []

    def on_change(self, listener: Callable[[int | None, tuple[Person, ...]], None]) -> None:
        """Call `listener(place, people)` whenever `people` or who is away has changed."""
        self._listeners.append(listener)

    def people(self, place: int | None) -> tuple[Person, ...]:
        """Who is in a place now."""
        return tuple(stay.person for stay in self._stays(place))

    def away(self, place: int | None) -> frozenset[Person]:
        """Who of them is away."""
        return frozenset(stay.person for stay in self._stays(place) if stay.is_away)

    def looking(self) -> list[tuple[int, int]]:
        """Who is in which trade and not away, as the trade's and the person's ids."""
        rooms = [place for place in self._places if place is not None]
        return [(place, stay.person.id) for place in rooms for stay in self._stays(place) if not stay.is_away]

    def pages_of(self, person: Person) -> int:
        """How many pages of a person's are connected."""
        return sum(stay.pages for stay in self._stays(None) if stay.person.id == person.id)

    @property
    def active_rooms(self) -> int:
        """How many rooms have somebody in them."""
        return len(self._places) - (None in self._places)

    def enter(self, place: int | None, person: Person) -> None:
        """One more page of a person's is connected."""
        stays = self._places[place]
        is_new = person.id not in stays
        stay = stays.setdefault(person.id, _Stay(person))
        if stay.leaving is not None:
            stay.leaving.cancel()
            stay.leaving = None
        stay.pages += 1
        if _update_away(stay) or is_new:
            self._tell(place)

    def watch(self, place: int | None, person: Person, watched: bool) -> None:
        """Somebody looks at one of a person's pages again, or looks at it no more; each page begins as watched."""
        stay = self._places[place][person.id]
        stay.unwatched += -1 if watched else 1
        if _update_away(stay):
            self._tell(place)

    def leave(self, place: int | None, person: Person, *, watched: bool = True) -> None:
        """One page fewer; after the grace, unless another came, the person has left. Until then they are what they
        were, here or away."""
        stay = self._places[place][person.id]
        stay.pages -= 1
        if not watched:
            stay.unwatched -= 1
        if stay.pages > 0 and _update_away(stay):
            self._tell(place)
        if stay.pages <= 0:
            stay.pages = 0
            stay.leaving = asyncio.get_running_loop().call_later(self._grace, self._gone, place, person.id)

    def rename(self, person: Person) -> None:
        """Show somebody under the name that they have now, wherever they are."""
        for place, stays in list(self._places.items()):
            stay = stays.get(person.id)
            if stay is not None and stay.person != person:
                stay.person = person
                self._tell(place)

    def _stays(self, place: int | None) -> Iterable[_Stay]:
        return self._places[place].values() if place in self._places else ()

    def _gone(self, place: int | None, user_id: int) -> None:
        del self._places[place][user_id]
        if not self._places[place]:
            del self._places[place]
        self._tell(place)

    def _tell(self, place: int | None) -> None:
        people = self.people(place)
        for listener in self._listeners:
            listener(place, people)


def _update_away(stay: _Stay) -> bool:
    """Tells whether the person is away where they were not, or the other way round."""
    was, stay.is_away = stay.is_away, stay.unwatched >= stay.pages
    return stay.is_away is not was
