"""Dialogs: built when they are opened and gone from the page when they are closed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager

from nicegui import ui
from nicegui.element import Element

from app.domain.refusals import Refusal
from app.ui import browser
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

    def ask_before_leaving(self, leave: Callable[[], None]) -> None:
        """Escape and a click beside the dialog no longer close it, but call `leave`."""
        # Quasar shakes a persistent dialog that somebody wants to leave; the theme keeps it still.
        self._element.props("persistent").on("shake", leave, [])


class Form:
    """What stands in a dialog with fields: `fields` by the names that refusals give them, and `content`, all of it.

    What was typed is not lost by a slip: Escape or a click beside the dialog asks first.
    """

    def __init__(
        self, opened: Dialog, content: Element, act: Act, refused: "Callable[[Form, Refusal], bool] | None"
    ) -> None:
        self.dialog = opened
        self.content = content
        self.fields: dict[str, Field] = {}
        self._act = act
        self._refused = refused
        self._offered: dict[str, str] = {}

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields, by their names."""
        return {name: text_of(field) for name, field in self.fields.items()}

    def furnish(self, submit: str, color: str) -> None:
        """Put the row of buttons below the fields, which are complete from here on."""
        self._offered = self.typed
        if self.fields:
            self.dialog.ask_before_leaving(self._leave)
        with buttons() as self._row:
            Button("Cancel", on_click=self.dialog.close).props("flat no-caps").classes("quiet")
            button = Button(submit, on_click=lambda: self.submit(button))
            button.props(f'unelevated no-caps color="{color}"')

    async def submit(self, button: Button) -> None:
        """Do it once, and close the dialog; what is wrong is said at its field, or above all of them."""
        if not button.enabled:
            return
        self.dialog.say("")
        mark(self.fields, {})
        with busy(button):
            done = await attempt(self._act(self.typed), self._refuse)
        if done is not None:
            self.dialog.close()

    def _refuse(self, refusal: Refusal) -> None:
        if self._refused is not None and self._refused(self, refusal):
            return
        if not mark(self.fields, refusal.wrong):
            self.dialog.say(str(refusal))

    def _leave(self) -> None:
        if self.typed == self._offered:
            self.dialog.close()
            return
        if self._row.visible:
            self._row.visible = False
            self._ask()
        ui.run_javascript(browser.focus(self._keep.id))

    def _ask(self) -> None:
        typed_into = next(field for name, field in self.fields.items() if text_of(field) != self._offered[name])

        def go_on() -> None:
            question.delete()
            self._row.visible = True
            typed_into.run_method("focus")

        with self.content, buttons() as question:
            ui.label("Discard what you typed?").props('role="alert"').classes("question")
            Button("Discard", on_click=self.dialog.close).props("flat no-caps").classes("danger")
            self._keep = Button("Keep typing", on_click=go_on).props('unelevated no-caps color="primary"')


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
        form.furnish(submit, color)


def buttons() -> Element:
    """The row at a dialog's end."""
    return ui.element("div").classes("actions")
