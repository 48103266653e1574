"""The composer as a simulated browser has it: what the page's script does with a message that is typed and sent."""

import json
import re
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from app.ui.components.html_block import Block

if TYPE_CHECKING:
    from tests.ui.browser import Browser


class Composer:
    """The text in the field, what is said at it, and what was sent and not answered yet, by the requests' names."""

    def __init__(self, browser: "Browser") -> None:
        self.text = ""
        self.problem = ""
        self.waiting: dict[UUID, str] = {}
        self._browser = browser

    @property
    def box(self) -> Block:
        """What the field stands in."""
        (box,) = (e for e in self._browser.visible() if isinstance(e, Block) and "composer" in e.classes)
        return box

    def fill(self, text: str) -> None:
        """Type another text; the field tells that, not what."""
        self.text, self.problem = text, ""
        self.tell("typing", bool(text.strip()))

    def send(self) -> None:
        """Press Enter, or `Send`: the text leaves the field in the same step."""
        if self.text.strip():
            request, text, self.problem = uuid4(), self.text, ""
            self.waiting[request], self.text = text, ""
            self.tell("send", {"request": str(request), "text": text})

    def tell(self, event: str, detail: object) -> None:
        """Let the script tell something."""
        self._browser.trigger(self.box, event, detail)

    def hear(self, script: str) -> None:
        """Let the page run a script; of a message that was refused, the text comes back."""
        if said := re.fullmatch(r"messages\.say\((.*)\)", script):
            self.problem = json.loads(said[1])
        if answer := re.fullmatch(r"messages\.settle\('(.*?)', (.*)\)", script):
            text, self.problem = self.waiting.pop(UUID(answer[1])), json.loads(answer[2])
            if self.problem:
                self.text = "\n".join(filter(None, (text, self.text)))
