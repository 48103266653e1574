"""A block of HTML: many things on a page that are one element to the server and to its updates."""

from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Self

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from app.ui import browser
from app.ui.components.html import Html

_BUTTON = Html('<button type="button" class="button {look}" value="{text}"{key}>{text}</button>')
Press = Callable[[], Awaitable[None] | None]


class Block(Element):
    """HTML of ours, where texts of people stand escaped. The browser sets it as it is.

    Unlike `ui.html`, which is a component of its own, it is an ordinary element: half the work here and in the browser.
    """

    def __init__(self, content: str = "", *, tag: str = "div") -> None:
        super().__init__(tag)
        self.props["innerHTML"] = content

    @property
    def content(self) -> str:
        """The HTML."""
        return str(self.props["innerHTML"])

    def show(self, content: str) -> None:
        """Show other HTML instead."""
        if content != self.props["innerHTML"]:
            self.props["innerHTML"] = content

    @staticmethod
    @lru_cache(200)
    def button(text: str, look: str, key: str = "") -> Html:
        """The HTML of a button; `look` are its classes, `key` its shortcut."""
        shortcut = Html(' aria-keyshortcuts="{}"').format(key) if key else ""
        return _BUTTON.format(text=text, look=look, key=shortcut)

    def on_press(self, presses: Mapping[str, Press]) -> Self:
        """What its buttons do, by their texts. Whether one is disabled only the browser knows."""

        def pressed(event: GenericEventArguments) -> Awaitable[None] | None:
            press = presses.get(event.args) if isinstance(event.args, str) else None
            return press() if press else None

        return self.on("click", pressed, js_handler=browser.tell_pressed_button())
