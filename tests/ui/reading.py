"""What a person reads in elements and in blocks of HTML."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from nicegui import Client, ui
from nicegui.element import Element
from nicegui.page import page

from app.ui.components.button import Button
from app.ui.components.html import Html
from app.ui.components.html_block import Block

_STATIC = re.compile(r"<title>(?P<title>.*?)</title>.*<body[^>]*>(?P<body>.*)</body>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_TIME = re.compile(r"</?time\b[^>]*>")
"""It stands within sentences, where a tag is no gap between words."""
_BUTTON = re.compile(r'<button type="button" class="button [^"]*"([^>]*)>([^<]*)</button>')


@dataclass(frozen=True, slots=True)
class Press:
    """A button that stands in a block."""

    block: Block
    text: str
    enabled: bool


def presses(block: Block) -> Iterator[Press]:
    """The buttons in a block."""
    for marks, text in _BUTTON.findall(block.content):
        yield Press(block, html.unescape(text), " disabled" not in marks)


def descend(element: Element) -> Iterator[Element]:
    """An element and all visible ones in it, in the order in which they stand."""
    if not element.visible or (isinstance(element, ui.dialog) and not element.value):
        return
    yield element
    for slot in element.slots.values():
        for child in slot.children:
            yield from descend(child)


def words(element: Element) -> str:
    """What a person reads in an element."""
    said = []
    for part in descend(element):
        if isinstance(part, Block):
            said.append(html.unescape(_TAG.sub(" ", _TIME.sub("", part.content))))
        elif isinstance(part, ui.label | Button):
            said.append(part.text)
        elif isinstance(part, ui.input | ui.textarea):
            said += [str(part.props.get("label")), str(part.value or ""), part.error or ""]
    return " ".join(" ".join(said).split())


def listening(element: Element) -> Element:
    """The element itself or the nearest around it that hears a click, to which the browser lets it bubble."""
    while not any(listener.type == "click" for listener in element._event_listeners.values()):
        assert element.parent_slot is not None
        element = element.parent_slot.parent
    return element


def parts(content: str, testid: str) -> list[str]:
    """What a person reads in each part of a block of HTML with this test id."""
    reader = _Reader(testid)
    reader.feed(content)
    return [" ".join(" ".join(said).split()) for said in reader.found]


def inputs(content: str) -> dict[str, dict[str, str]]:
    """The attributes of each field in HTML, by its name; of several of one name, those of the first."""
    reader = _Fields()
    reader.feed(content)
    return reader.found


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, dict[str, str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            given = {name: value or "" for name, value in attrs}
            self.found.setdefault(given["name"], given)


class _Reader(HTMLParser):
    def __init__(self, testid: str) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self._testid = testid
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"input", "br", "hr", "img"}:
            return
        if self._depth:
            self._depth += 1
        elif dict(attrs).get("data-testid") == self._testid:
            self._depth = 1
            self.found.append([])

    def handle_endtag(self, tag: str) -> None:
        if self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.found[-1].append(data)


def static(document: str) -> Client:
    """A page that has no socket, to be read like one that has."""
    found = _STATIC.search(document)
    assert found is not None, document
    with Client(page("/static"), request=None) as client:
        client.title = html.unescape(found["title"])
        Block(Html(found["body"]))
    return client
