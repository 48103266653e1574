"""What puts a link on the clipboard and says so."""

from collections.abc import Callable

from nicegui import ui

from app.ui.components.button import Button

COPY = "Copy link"


def copy_button(link: Callable[[], str], text: str = COPY) -> Button:
    """A button that copies the link as it is when it is pressed."""
    return Button(text, on_click=lambda: copy(link())).props("outline no-caps").classes("quiet")


def copy(link: str) -> None:
    """Put the link on the clipboard of whoever pressed."""
    ui.clipboard.write(link)
    ui.notify("Link copied", position="top", classes="toast")
