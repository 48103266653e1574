"""A page as its script holds it: the elements by id, and what updates make of them."""

import ast
import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

_ELEMENTS = re.compile(r"parseElements\(String\.raw`(.*?)`\)", re.DOTALL)
_QUERY = re.compile(r"query: (\{.*?\}),\n")
_CSRF = re.compile(r"csrf\W+value[^\w-]+([\w-]+)")
_UNESCAPED = (("&#36;", "$"), ("&#96;", "`"), ("&gt;", ">"), ("&lt;", "<"), ("&amp;", "&"))  # as nicegui.js does
_LAYOUT = "0"
_PROPS = {"testid": "data-testid"}

Element = dict[str, Any]


def csrf_in(page: str) -> str:
    """The token in the forms of a page, in HTML or in an element of NiceGUI's. Raises `MissingError`."""
    token = _CSRF.search(page)
    if token is None:
        raise MissingError("the page has no form with a token")
    return token[1]


class MissingError(Exception):
    """The page has no such element."""


@dataclass(slots=True)
class Page:
    """What is on the page now. `size` is the HTML's in bytes, `sent` the same as it was compressed on the way."""

    size: int = 0
    sent: int = 0
    query: dict[str, str] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)
    composer: str = ""
    """The element that sends messages, once it was looked for."""
    answer: str = ""
    """The last script that the server had run: its answer to a message names the request."""

    @property
    def client_id(self) -> str:
        """The server's name for this page."""
        return self.query["client_id"]

    def find(self, event: str = "", **props: str) -> tuple[str, Element]:
        """The newest element with these props (`label`, `testid`, …) that listens to the event; raises `MissingError`.

        Without props it is the page itself, which takes what `emitEvent` sends.
        """
        if not props:
            return _LAYOUT, self.elements[_LAYOUT]
        wanted = {_PROPS.get(name, name): value for name, value in props.items()}.items()
        for number in sorted(self.elements, key=int, reverse=True):
            element = self.elements[number]
            each = element.get("props") or {}
            if all(each.get(name) == value for name, value in wanted) and (not event or listener(element, event)):
                return number, element
        raise MissingError(f"nothing with {props} listens to {event!r}")

    def pressable(self, text: str) -> tuple[str, Element]:
        """What hears a press of the button with this text: itself, or the block it stands in; raises `MissingError`."""
        for number, element in self.elements.items():
            each = element.get("props") or {}
            stands = each.get("label") == text or f">{text}</button>" in str(each.get("innerHTML"))
            if stands and listener(element, "click"):
                return number, element
        raise MissingError(f"no button {text!r}")

    def has_button(self, text: str) -> bool:
        """Whether there is a button with this text, shut or not."""
        with suppress(MissingError):
            return bool(self.pressable(text))
        return False

    def text(self, testid: str) -> str:
        """What is in the part with this test id, which may stand in a block of HTML; raises `MissingError`."""
        for element in self.elements.values():
            each = element.get("props") or {}
            if each.get("data-testid") == testid:
                return str(element.get("text") or each.get("innerHTML") or "")
            part = rf'<(\w+)[^>]*data-testid="{testid}"[^>]*>(.*?)</\1>'
            if found := re.search(part, str(each.get("innerHTML") or ""), re.DOTALL):
                return found[2]
        raise MissingError(f"nothing with the test id {testid!r}")

    def apply(self, update: dict[str, Element | None]) -> None:
        """Take an update over: changed and new elements, None for those that are gone."""
        for number, element in update.items():
            if element is None:
                self.elements.pop(number, None)
            else:
                self.elements[number] = element


def listener(element: Element, event: str) -> dict[str, Any] | None:
    """The element's listener to an event, if it has one."""
    found: dict[str, Any] | None = next((each for each in element.get("events") or () if each["type"] == event), None)
    return found


def parse(html: str, sent: int) -> Page:
    """The page of an HTML document. Raises `MissingError` where it is none of NiceGUI's."""
    elements, query = _ELEMENTS.search(html), _QUERY.search(html)
    if not elements or not query:
        raise MissingError(f"not a live page: {html[:200]!r}")
    text = elements[1]
    for escaped, plain in _UNESCAPED:
        text = text.replace(escaped, plain)
    values: dict[str, object] = ast.literal_eval(query[1])
    return Page(
        size=len(html.encode()),
        sent=sent,
        query={name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in values.items()},
        elements=json.loads(text),
    )
