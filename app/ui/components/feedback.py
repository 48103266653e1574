"""Attempting a use case from a page: a refusal is shown as it stands, an error of ours as a calm sentence."""

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from nicegui import ui

from app.domain.refusals import Reason, Refusal
from app.ui import browser
from app.ui.components.button import Button

log = logging.getLogger(__name__)
T = TypeVar("T")
Field = ui.input | ui.textarea
PAUSE = 300
"""Milliseconds without a key after which a field tells the server what stands in it. It tells at once when it is left,
and before a press of a button (`browser.typed.tell_before_a_press`)."""
AT_A_PAUSE = f'debounce="{PAUSE}"'
"""The prop of a field that does so."""
_FAULT_OF_OURS = "That did not go through, and it is our fault. What you typed is kept; please try again."


async def attempt(use_case: Awaitable[T], show: Callable[[Refusal], None] | None = None) -> T | None:
    """The use case's result, or None after `show` has told the person why not (a toast, unless given)."""
    try:
        return await use_case
    except Refusal as refusal:
        (show or toast)(refusal)
    except Exception:
        log.exception("a use case failed: %s", getattr(use_case, "__qualname__", use_case))
        (show or toast)(Refusal(Reason.INVALID, _FAULT_OF_OURS))
    return None


def text_of(field: Field) -> str:
    """What stands in a field. A value that is no text was forged, and counts as nothing."""
    return field.value if isinstance(field.value, str) else ""


def as_uuid(told: object) -> UUID | None:
    """The name of a request, which the browser has made; None where it is none."""
    try:
        return UUID(told) if isinstance(told, str) else None
    except ValueError:
        return None


def as_time(told: object) -> datetime | None:
    """A time that a page says, as the browser tells it; None where it is none."""
    try:
        return datetime.fromisoformat(told) if isinstance(told, str) else None
    except ValueError:
        return None


def keep(fields: Mapping[str, Field], under: str) -> None:
    """Have the browser keep what is typed into the fields, by their names below a key, until it is forgotten."""
    for name, field in fields.items():
        field.props["data-kept"] = f"{under}/{name}"


def mark(fields: Mapping[str, Field], wrong: Mapping[str, str]) -> bool:
    """Say at each field what is wrong there, by the fields' names, and at no other; the first of them gets the focus,
    unless somebody types elsewhere already.

    Tells whether there was one.
    """
    marked = False
    for name, field in fields.items():
        field.error = wrong.get(name)
        if field.error and not marked:
            ui.run_javascript(browser.focus_what_is_wrong(field.id))
            marked = True
    return marked


def clear(field: Field, sent: str) -> None:
    """Empty a field whose text was taken, unless somebody has gone on typing there. A password is not told back."""
    if text_of(field) == sent:
        length = len(sent.encode("utf-16-le")) // 2  # as browsers count
        ui.run_javascript(browser.clear_what_was_sent(field.id, length))


@contextmanager
def busy(button: Button) -> Iterator[None]:
    """Show a button as working and take no second press meanwhile; handlers ask `button.enabled` first."""
    button.is_busy = True
    try:
        yield
    finally:
        if not button.is_deleted:
            button.is_busy = False


def toast(refusal: Refusal) -> None:
    """Show a refusal for a moment at the top, where it covers no button."""
    ui.notify(str(refusal), position="top", classes="toast")
