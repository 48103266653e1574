"""What can be done to an element's classes, style and props, and what comes of it, as JSON.

``python -m tests.ui.deeds_on_elements`` tells it of NiceGUI's own collections, which no test process has any more.
"""

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.page import page

_MANY = 200


def _a_list_in_a_prop(element: Element) -> None:
    element.props["options"] = ["one", {"of": "two"}]
    element.client.outbox.updates.clear()
    element.props["options"].append("three")


DEEDS: dict[str, Callable[[Element], object]] = {
    "classes added": lambda element: element.classes("wide danger"),
    "a class added twice": lambda element: element.classes("wide wide").classes("wide more"),
    "classes toggled": lambda element: element.classes("open danger").classes(toggle="open", remove="danger"),
    "classes replaced": lambda element: element.classes(replace="one two"),
    "a class appended": lambda element: element.classes.append("more"),
    "style": lambda element: element.style("color: red; margin: 0"),
    "style removed": lambda element: element.style("color: red").style(remove="color: red"),
    "props": lambda element: element.props('flat size=sm aria-label="Left here"'),
    "a prop added twice": lambda element: element.props('a=1 a=2 b=""').props("a=2"),
    "props with a list": lambda element: element.props("options=['one','two'] :style={'a':1}"),
    "props removed": lambda element: element.props("flat dense").props(remove="flat"),
    "a prop set": lambda element: element.props.__setitem__("title", "<b>"),
    "a prop deleted": lambda element: element.props("flat").props.pop("flat"),
    "props updated": lambda element: element.props.update(a=1, b=[1, {"c": 2}]),
    "a list in a prop": _a_list_in_a_prop,
    "nothing": lambda element: element.props("").classes("").style(""),
}


def outcomes() -> dict[str, object]:
    """By deed: what browsers would be told, if anything, of an element of each kind. And what an element costs."""
    told: dict[str, object] = {}
    with Client(page("/")) as client:
        client._response_built = True  # from here on browsers are told
        for name, deed in DEEDS.items():
            for kind in ("div", "button"):
                element = ui.button("Send") if kind == "button" else ui.element(kind)
                client.outbox.updates.clear()
                deed(element)
                said = element._to_dict() if element.id in client.outbox.updates else None
                told[f"{name}: {kind}"] = json.loads(json.dumps(said, default=str).replace(f"c{element.id}", "c"))
        told["bytes"] = _cost(client)
    return told


def _cost(client: Client) -> float:
    gc.collect()
    tracemalloc.start()
    elements = [ui.element("div") for _ in range(_MANY)]
    client.outbox.updates.clear()
    cost = tracemalloc.get_traced_memory()[0] / len(elements)
    tracemalloc.stop()
    return cost


if __name__ == "__main__":
    sys.stdout.write(json.dumps(outcomes()))
