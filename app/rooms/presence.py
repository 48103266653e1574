"""Who is here, and who is away. A person is in a room as long as one of their pages is, and a grace beyond that.

The grace covers a reload and a short drop of the connection, so that nobody flickers. Away is who has pages that nobody
looks at, and no other.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable

from app.domain.trade import Person

GRACE = 12.0
"""Seconds between a person's last socket and their leaving."""


class Presence:
    """Counts pages per place and person; a place is a trade's id, or None for any page at all.

    `changed(place, people)` is called when somebody has come or gone, is away or back, people in the order they came.
    """

    def __init__(self, grace: float = GRACE) -> None:
        self._grace = grace
        self._pages: defaultdict[int | None, Counter[Person]] = defaultdict(Counter)
        self._unwatched: defaultdict[int | None, Counter[Person]] = defaultdict(Counter)
        self._away: defaultdict[int | None, set[Person]] = defaultdict(set)
        self._leaving: dict[tuple[int | None, Person], asyncio.TimerHandle] = {}
        self._listeners: list[Callable[[int | None, tuple[Person, ...]], None]] = []

    def on_change(self, listener: Callable[[int | None, tuple[Person, ...]], None]) -> None:
        """Call `listener(place, people)` whenever somebody has come or gone, is away or back."""
        self._listeners.append(listener)

    def people(self, place: int | None) -> tuple[Person, ...]:
        """Who is in a place now."""
        return tuple(self._pages[place]) if place in self._pages else ()

    def away(self, place: int | None) -> frozenset[Person]:
        """Who of them is away."""
        return frozenset(self._away[place]) if place in self._away else frozenset()

    def looking(self) -> list[tuple[int, int]]:
        """Who is in which trade and not away, as the trade's and the person's ids."""
        rooms = [place for place in self._pages if place is not None]
        return [
            (place, person.id) for place in rooms for person in self.people(place) if person not in self.away(place)
        ]

    def pages_of(self, person: Person) -> int:
        """How many pages of a person's are connected."""
        return self._pages[None][person] if None in self._pages else 0

    @property
    def active_rooms(self) -> int:
        """How many rooms have somebody in them."""
        return len(self._pages) - (None in self._pages)

    def enter(self, place: int | None, person: Person) -> None:
        """One more page of a person's is connected."""
        if leaving := self._leaving.pop((place, person), None):
            leaving.cancel()
        is_new = person not in self._pages[place]
        self._pages[place][person] += 1
        if self._update_away(place, person) or is_new:
            self._tell(place)

    def watch(self, place: int | None, person: Person, watched: bool) -> None:
        """Somebody looks at one of a person's pages again, or looks at it no more; each page begins as watched."""
        self._unwatched[place][person] += -1 if watched else 1
        if self._update_away(place, person):
            self._tell(place)

    def leave(self, place: int | None, person: Person, *, watched: bool = True) -> None:
        """One page fewer; after the grace, unless another came, the person has left. Until then they are what they
        were, here or away."""
        here = self._pages[place]
        here[person] -= 1
        if not watched:
            self._unwatched[place][person] -= 1
        if here[person] > 0 and self._update_away(place, person):
            self._tell(place)
        if here[person] <= 0:
            here[person] = 0
            timer = asyncio.get_running_loop().call_later(self._grace, self._gone, place, person)
            self._leaving[place, person] = timer

    def _gone(self, place: int | None, person: Person) -> None:
        self._leaving.pop((place, person), None)
        here = self._pages[place]
        del here[person], self._unwatched[place][person]
        self._away[place].discard(person)
        if not here:
            del self._pages[place], self._unwatched[place], self._away[place]
        self._tell(place)

    def _update_away(self, place: int | None, person: Person) -> bool:
        """Tells whether the person is away where they were not, or the other way round."""
        away = self._away[place]
        was, now = person in away, self._unwatched[place][person] >= self._pages[place][person]
        if now:
            away.add(person)
        else:
            away.discard(person)
        return now is not was

    def _tell(self, place: int | None) -> None:
        people = self.people(place)
        for listener in self._listeners:
            listener(place, people)
