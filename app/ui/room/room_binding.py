"""A page's binding: what of a room it is bound to, and which of its parts want to hear of it.

Making a binding runs all bindings that the same value has already. A page therefore binds itself once to each live
value, however many of its elements show it.
"""

from collections.abc import Callable
from typing import Any

from nicegui import binding, ui

from app.domain.trade import Person, Trade
from app.rooms.room import Room
from app.ui.live.connection import attend

People = tuple[Person, ...]
_VALUES = ("trade", "asked", "present", "away", "typing")


class RoomBinding:
    """Bound to a room while the page's socket is there, until `unbind`; what changed meanwhile is shown then."""

    trade = binding.BindableProperty(on_change=lambda binding, trade: binding._tell("trade", trade))  # noqa: SLF001
    asked = binding.BindableProperty(on_change=lambda binding, asked: binding._tell("asked", asked))  # noqa: SLF001
    present = binding.BindableProperty(on_change=lambda binding, people: binding._tell("present", people))  # noqa: SLF001
    away = binding.BindableProperty(on_change=lambda binding, _: binding._tell("present", binding.present))  # noqa: SLF001
    typing = binding.BindableProperty(on_change=lambda binding, people: binding._tell("typing", people))  # noqa: SLF001

    def __init__(self, room: Room) -> None:
        self._told: dict[str, list[Callable[[Any], object]]] = {"trade": [], "asked": [], "present": [], "typing": []}
        self._ends: list[Callable[[], object]] = []
        self._room = room
        self.trade, self.asked = room.trade, room.asked
        self.present, self.away, self.typing = room.present, room.away, room.typing
        self._end = attend(ui.context.client, self._follow, self._pause)
        ui.context.client.on_delete(self._gone)

    def unbind(self) -> None:
        """Show nothing more."""
        for told in self._told.values():
            told.clear()
        while self._ends:
            self._ends.pop()()
        self._end()

    def _gone(self) -> None:
        self.unbind()
        del self._end  # it leads back here

    def _follow(self) -> None:
        for name in _VALUES:
            binding.bind_from(self, name, self._room, name)

    def _pause(self) -> None:
        binding.remove([self])

    def on_trade(self, show: Callable[[Trade], object]) -> Callable[[], None]:
        """Call `show(trade)` now and whenever the trade changes, until what is returned is called."""
        told = self._told["trade"]
        told.append(show)
        show(self.trade)
        return lambda: told.remove(show) if show in told else None

    def on_asked(self, show: Callable[[int], object]) -> Callable[[], None]:
        """Call `show(seq)` whenever there is another request, be it in the words of the one before, until what is
        returned is called."""
        told = self._told["asked"]
        told.append(show)
        return lambda: told.remove(show) if show in told else None

    def on_end(self, leave: Callable[[], object]) -> Callable[[], None]:
        """Call `leave` once when nothing more is shown, until what is returned is called."""
        self._ends.append(leave)
        return lambda: self._ends.remove(leave) if leave in self._ends else None

    def on_present(self, show: Callable[[People], object]) -> None:
        """Call `show(people)` whenever somebody comes or goes, is away or back."""
        self._told["present"].append(show)

    def on_typing(self, show: Callable[[People], object]) -> None:
        """Call `show(people)` now and whenever somebody begins or stops typing."""
        self._told["typing"].append(show)
        show(self.typing)

    def _tell(self, name: str, value: object) -> None:
        for show in tuple(self._told[name]):
            show(value)
