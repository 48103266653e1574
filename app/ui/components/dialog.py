"""Dialogs: built when they are opened and gone from the page when they are closed."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from uuid import UUID, uuid4

from nicegui import ui
from nicegui.element import Element

from app.domain.refusals import Refusal
from app.ui import browser
from app.ui.browser import typed
from app.ui.components.button import Button
from app.ui.components.feedback import AT_A_PAUSE, Field, as_time, as_uuid, attempt, busy, keep, mark, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block, Press

RESTORED = (
    "<span>What you typed before is back.</span>"
    '<button type="button" class="button plain start-over">Start over</button>'
)
"""Said where fields were filled with what was typed and not recorded; the browser shows it then."""
Act = Callable[[Mapping[str, str], UUID], Awaitable[object]]
"""What a form's button does with what was typed, by the fields' names. Its result is not None when it was done."""


class Dialog:
    """One open dialog. Its figures are frozen: nothing in it is bound, so nothing moves under the cursor."""

    def __init__(self, element: ui.dialog, holder: Element, head: Block, problem: Block) -> None:
        self._element = element
        self._holder = holder
        self._head = head
        self._problem = problem
        self._on_close: list[Callable[[], object]] = []

    def head(self, heading: str, note: str) -> None:
        """Show what the dialog is about, and a note below it."""
        note = Html('<p class="note">{}</p>').format(note) if note else ""
        self._head.show(Html("<h2>{}</h2>{}").format(heading, note))

    def say(self, sentence: str) -> None:
        """Show why something cannot be done, or what has changed, inside the dialog; what was typed stays."""
        self._problem.show(Html("{}").format(sentence))
        self._problem.visible = bool(sentence)

    def close(self) -> None:
        """Close the dialog."""
        self._element.close()

    def remove(self) -> None:
        """Take the dialog from the page at once: closed, or making room for another one of the same names."""
        self.gone()
        self._element.delete()
        self._holder.delete()

    def on_close(self, leave: Callable[[], object]) -> None:
        """Call `leave` once when the dialog, or its page, is gone."""
        self._on_close.append(leave)

    def gone(self) -> None:
        """Let go of what hangs on the dialog."""
        while self._on_close:
            self._on_close.pop()()

    def ask_before_leaving(self, leave: Press) -> None:
        """Escape and a click beside the dialog no longer close it, but call `leave`."""
        # Quasar shakes a persistent dialog that somebody wants to leave; the theme keeps it still.
        self._element.props("persistent").on("shake", leave, [])


class Form:
    """What stands in a dialog with fields: `fields` by the names that refusals give them, and `content`, all of it.

    What was typed is not lost by a slip: Escape or a click beside the dialog asks first.
    """

    def __init__(self, opened: Dialog, content: Element, act: Act, kept: str) -> None:
        self.dialog = opened
        self.content = content
        self.fields: dict[str, Field] = {}
        #: The name of what is asked for; where fields are kept, the browser keeps one beside them.
        self.request = uuid4()
        #: The deadline that was said when the button was pressed, where the browser has told it.
        self.deadline: datetime | None = None
        #: Whether the button works no more, for good.
        self.is_shut = False
        #: Whether the answer to a press is still to come.
        self.is_busy = False
        #: Called after a refusal, before it is told: what it was about may have changed, and shut the form.
        self.catch_up: Callable[[], None] | None = None
        self._act = act
        #: The key below which the browser keeps what is typed; may be empty.
        self.kept = kept
        self._offered: dict[str, str] = {}

    @property
    def typed(self) -> dict[str, str]:
        """What stands in the fields, by their names."""
        return {name: text_of(field) for name, field in self.fields.items()}

    def furnish(self, submit: str, color: str) -> None:
        """Put the row of buttons below the fields, which are complete from here on."""
        self._offered = self.typed
        for field in self.fields.values():
            field.props(AT_A_PAUSE)
        if self.fields:
            self.dialog.ask_before_leaving(self._leave)
        if self.fields and self.kept:
            keep(self.fields, self.kept)
            Block(RESTORED).classes("note restored")
        with buttons() as self._row:
            self._way_out = Button("Cancel", on_click=self._discard).props("flat no-caps").classes("quiet")
            button = Button(submit).props(f'unelevated no-caps type="submit" color="{color}"')
            if self.fields and self.kept:
                button.on(
                    "click",
                    lambda event: self.submit(button, event.args),
                    js_handler=typed.name_request(self.kept),
                )
            else:
                button.on("click", lambda: self.submit(button), [])

    def shut(self, sentence: str, way_on: str = "", go: Press | None = None) -> None:
        """Say why the button cannot work any more; it goes for good, and what was typed stays.

        A way on stands on the other side from where the button was, so that a second click does not land on it.
        """
        was_visible = self._row.visible
        self._row.delete()
        self.is_shut = True
        self.content.classes("shut")  # what is a `promise` is hidden
        self.dialog.say(sentence)
        with self.content, buttons().classes("turned") as self._row:
            if go is not None:
                Button(way_on, on_click=go).props('unelevated no-caps color="primary"')
            self._way_out = Button("Close", on_click=self.dialog.close).props("flat no-caps").classes("quiet")
            self._row.visible = was_visible
            if was_visible:
                ui.run_javascript(browser.focus(self._way_out.id, unless_typing=True))

    async def submit(self, button: Button, told: object = None) -> None:
        """Do it once, and close the dialog; what is wrong is said at its field, or above all of them.

        `told` is the name that the browser has given it, or that and the deadline that it showed.
        """
        if not button.enabled:
            return
        request, deadline = told if isinstance(told, list) and len(told) == 2 else (told, None)  # noqa: PLR2004 - a pair
        self.request = as_uuid(request) or self.request
        self.deadline = as_time(deadline)
        self.dialog.say("")
        mark(self.fields, {})
        refusals: list[Refusal] = []
        self.is_busy = True
        with busy(button):
            await attempt(self._act(self.typed, self.request), refusals.append)
        self.is_busy = False
        if not refusals:
            button.enabled = False  # a press that is still on its way asks for nothing more
            self._discard()
            return
        if self.catch_up is not None:
            self.catch_up()
        if not self.is_shut and not mark(self.fields, refusals[0].wrong):
            self.dialog.say(str(refusals[0]))

    def _discard(self) -> None:
        """Close, and have the browser forget what was typed."""
        if self.kept:
            ui.run_javascript(typed.forget(f"{self.kept}/"))
        self.dialog.close()

    def _leave(self) -> Awaitable[None] | None:
        if self.fields and self.typed == self._offered:
            return self._leave_unless_typed()
        self._discard_or_ask()
        return None

    async def _leave_unless_typed(self) -> None:
        """Escape leaves no field: the focus does, so that the field tells what was typed just now."""
        with suppress(TimeoutError):  # the browser is gone, or busy: what it has told is what there is
            await ui.run_javascript(browser.focus(self._way_out.id))
        if self.fields:  # else it was closed meanwhile
            self._discard_or_ask()

    def _discard_or_ask(self) -> None:
        if not self.fields or self.typed == self._offered:
            self._discard()
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
            ui.run_javascript(browser.focus(typed_into.id))

        with self.content, buttons() as question:
            ui.label("Discard what you typed?").props('role="alert"').classes("question")
            Button("Discard", on_click=self._discard).props("flat no-caps").classes("danger")
            self._keep = Button("Keep typing", on_click=go_on).props('unelevated no-caps color="primary"')


def promise(text: str) -> Html:
    """What a form's button would do; it is on the page for as long as that button is."""
    return Html('<span class="promise">{}</span>').format(text)


def is_open() -> bool:
    """Whether a dialog stands open on the current page. A button behind it was pressed before it was to be seen: once
    more, on a slow line, or twice in a moment."""
    return any(isinstance(element, ui.dialog) and element.value for element in ui.context.client.elements.values())


@contextmanager
def dialog(heading: str, note: str = "") -> Iterator[Dialog]:
    """Open a dialog on the current page; its content goes into the block."""
    with (
        ui.context.client.content,  # not where the button stands: that may be a dialog which is closing
        ui.element("div") as holder,  # takes the mark that NiceGUI leaves where a dialog was made
        ui.dialog(value=True) as element,
        ui.element("div").classes("card dialog stack"),
    ):
        heading = Html("{}").format(heading)
        element.props["aria-label"] = heading.striptags()
        head = Block().classes("dialog-head")
        problem = Block().classes("alert").props('role="alert"')
        problem.visible = False
        opened = Dialog(element, holder, head, problem)
        opened.head(heading, note)
        yield opened
    element.on("hide", opened.remove)


@contextmanager
def form_dialog(
    heading: str, note: str = "", *, submit: str, act: Act, color: str = "primary", kept: str = ""
) -> Iterator[Form]:
    """Open a dialog that asks before it acts; its content goes into the block, its fields into `Form.fields`.

    `submit` stands on the button. Below the key `kept` the browser keeps what is typed, until it is done or discarded.
    """
    with dialog(heading, note) as opened, ui.element("div").classes("stack") as content:
        form = Form(opened, content, act, kept)
        opened.on_close(form.fields.clear)
        yield form
        form.furnish(submit, color)


def buttons() -> Element:
    """The row at a dialog's end."""
    return ui.element("div").classes("actions")
