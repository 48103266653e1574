"""Dialogs: built when they are opened and gone from the page when they are closed."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from app.ui.block import Block


class Dialog:
    """One open dialog. Its figures are frozen: nothing in it is bound, so nothing moves under the cursor."""

    def __init__(self, element: ui.dialog, body: Element, problem: ui.label) -> None:
        self._element = element
        self._problem = problem
        self.body = body

    def say(self, sentence: str) -> None:
        """Show why something cannot be done, inside the dialog; what was typed stays."""
        self._problem.text = sentence
        self._problem.visible = bool(sentence)

    def close(self) -> None:
        """Close the dialog."""
        self._element.close()


@contextmanager
def dialog(heading: str, note: str = "") -> Iterator[Dialog]:
    """Open a dialog on the current page; its content goes into the block."""
    with (
        ui.context.client.content,  # not where the button stands: that may be a dialog which is closing
        ui.element("div") as holder,  # takes the mark that NiceGUI leaves where a dialog was made
        ui.dialog(value=True) as element,
        ui.element("div").classes("card dialog stack") as body,
    ):
        element.props["aria-label"] = heading
        Block(f"<h2>{heading}</h2>")
        if note:
            ui.label(note).classes("note")
        problem = ui.label().classes("alert").props('role="alert"')
        problem.visible = False
        yield Dialog(element, body, problem)

    def gone() -> None:
        element.delete()
        holder.delete()

    element.on("hide", gone)


def buttons() -> Element:
    """The row at a dialog's end."""
    return ui.element("div").classes("actions")
