"""NiceGUI notes each property of each element as one that others can be bound to, seventy for a page, while ours are
bound to rooms; here elements are not noted.

Brings: 10 kB of memory for each person. Without it: more memory, nothing else.
"""

from typing import Any
from weakref import WeakValueDictionary

from nicegui import binding
from nicegui.element import Element

TOUCHES = (
    "nicegui.binding:bindable_properties",
    "nicegui.binding:BindableProperty.__set__ -> bindable_properties",
    "nicegui.binding:BindableProperty.__set__ -> name",
)


def apply() -> None:
    """Put the table in the place of NiceGUI's."""
    binding.bindable_properties = Sources(binding.bindable_properties)


class Sources(WeakValueDictionary[Any, Any]):
    """NiceGUI's table of what can be bound to, without elements: a binding to one would be polled."""

    def __setitem__(self, key: Any, owner: Any) -> None:
        if not isinstance(owner, Element):
            super().__setitem__(key, owner)
