"""Dialogs: built when they are opened and gone from the page when they are closed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from app.domain.refusals import Refusal
from app.ui.components.button import Button
from app.ui.components.feedback import Field, attempt, busy, mark, text_of
from app.ui.components.html_block import Block

Act = Callable[[Mapping[str, str]], Awaitable[object]]
"""What a form's button does with what was typed, by the fields' names. Its result is not None when it was done."""


class Dialog:
    """One open dialog. Its figures are frozen: nothing in it is bound, so nothing moves under the cursor."""

    def __init__(self, element: ui.dialog, problem: ui.label) -> None:
        self._element = element
        self._problem = problem

    def say(self, sentence: str) -> None:
        """Show why something cannot be done, inside the dialog; what was typed stays."""
        self._problem.text = sentence
        self._problem.visible = bool(sentence)

    def close(self) -> None:
        """Close the dialog."""
        self._element.close()


class Form:
    """What stands in a dialog with fields: `fields` by the names that refusals give them, and `content`, all of it."""

    def __init__(
        self, opened: Dialog, content: Element, act: Act, refused: "Callable[[Form, Refusal], bool] | None"
    ) -> None:
        self.dialog = opened
        self.content = content
        self.fields: dict[str, Field] = {}
        self._act = act
        self._refused = refused

    async def submit(self, button: Button) -> None:
        """Do it once, and close the dialog; what is wrong is said at its field, or above all of them."""
        if not button.enabled:
            return
        self.dialog.say("")
        mark(self.fields, {})
        with busy(button):
            typed = {name: text_of(field) for name, field in self.fields.items()}
            done = await attempt(self._act(typed), self._refuse)
        if done is not None:
            self.dialog.close()

    def _refuse(self, refusal: Refusal) -> None:
        if self._refused is not None and self._refused(self, refusal):
            return
        if not mark(self.fields, refusal.wrong):
            self.dialog.say(str(refusal))


@contextmanager
def dialog(heading: str, note: str = "") -> Iterator[Dialog]:
    """Open a dialog on the current page; its content goes into the block."""
    with (
        ui.context.client.content,  # not where the button stands: that may be a dialog which is closing
        ui.element("div") as holder,  # takes the mark that NiceGUI leaves where a dialog was made
        ui.dialog(value=True) as element,
        ui.element("div").classes("card dialog stack"),
    ):
        element.props["aria-label"] = heading
        Block(f"<h2>{heading}</h2>")
        if note:
            ui.label(note).classes("note")
        problem = ui.label().classes("alert").props('role="alert"')
        problem.visible = False
        yield Dialog(element, problem)

    def gone() -> None:
        element.delete()
        holder.delete()

    element.on("hide", gone)


@contextmanager
def form_dialog(
    heading: str,
    note: str = "",
    *,
    submit: str,
    act: Act,
    color: str = "primary",
    refused: Callable[[Form, Refusal], bool] | None = None,
) -> Iterator[Form]:
    """Open a dialog that asks before it acts; its content goes into the block, its fields into `Form.fields`.

    `submit` stands on the button. `refused` hears of a refusal first, and tells whether it has dealt with it; it is
    given the form, because a closure over it would be a circle.
    """
    with dialog(heading, note) as opened, ui.element("div").classes("stack") as content:
        form = Form(opened, content, act, refused)
        yield form
        with buttons():
            Button("Cancel", on_click=opened.close).props("flat no-caps").classes("quiet")
            button = Button(submit, on_click=lambda: form.submit(button))
            button.props(f'unelevated no-caps color="{color}"')


def buttons() -> Element:
    """The row at a dialog's end."""
    return ui.element("div").classes("actions")
