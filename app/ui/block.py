"""A block of HTML: many things on a page that are one element to the server and to its updates."""

from nicegui.element import Element


class Block(Element):
    """HTML of ours, where texts of people stand escaped. The browser sets it as it is.

    Unlike `ui.html`, which is a component of its own, it is an ordinary element: half the work here and in the browser.
    """

    def __init__(self, content: str = "", *, tag: str = "div") -> None:
        super().__init__(tag)
        self._props["innerHTML"] = content

    @property
    def content(self) -> str:
        """The HTML."""
        return str(self._props["innerHTML"])

    def show(self, content: str) -> None:
        """Show other HTML instead."""
        if content != self._props["innerHTML"]:
            self.props["innerHTML"] = content
