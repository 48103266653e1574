"""The composer as a simulated browser has it: what the page's script does with a message that is typed and sent."""

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from nicegui.element import Element

from app.ui.browser import typed

if TYPE_CHECKING:
    from tests.ui.browser import Browser


class Composer:
    """The text in the field, and what was sent and not answered yet, by the names of the requests."""

    def __init__(self, browser: "Browser") -> None:
        self.text = ""
        self.waiting: dict[UUID, str] = {}
        self._browser = browser

    @property
    def problem(self) -> str:
        """What is said at the field."""
        (said,) = (e for e in self._browser.visible() if "problem" in e.classes)
        return str(said.props["innerHTML"])

    def fill(self, text: str) -> None:
        """Type another text; the field tells that, not what."""
        self.text = text
        self.tell("typing", bool(text.strip()))

    def send(self) -> None:
        """Press Enter, or `Send`: the text leaves the field in the same step."""
        if self.text.strip():
            request, text = uuid4(), self.text
            self.waiting[request], self.text = text, ""
            self.tell("send", {"request": str(request), "text": text})

    def tell(self, event: str, detail: object) -> None:
        """Let the script tell something."""
        self._browser.trigger(self._box(), event, detail)

    def hear(self, script: str) -> None:
        """Let the page run a script; of a message that was refused, the text comes back."""
        for request in list(self.waiting):
            if script == typed.settle(request, recorded=True):
                del self.waiting[request]
            elif script == typed.settle(request, recorded=False):
                self.text = "\n".join(filter(None, (self.waiting.pop(request), self.text)))

    def _box(self) -> Element:
        (box,) = (e for e in self._browser.visible() if "composer" in e.classes)
        return box
