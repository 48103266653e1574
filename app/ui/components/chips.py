"""A row of chips, of which one is chosen."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TypeVar

from nicegui.events import GenericEventArguments

from app.domain.kinds import OPEN, Status
from app.ui.browser import typed
from app.ui.components.html import Html
from app.ui.components.html_block import Block

T = TypeVar("T")
_ROW = Html('<input type="hidden" value="{}">{}')
_CHIP = Html('<button type="button" class="button chip" value="{name}" aria-pressed="{chosen}">{name}</button>')


def status_filters(alone: Iterable[Status]) -> dict[str, tuple[Status, ...]]:
    """All trades, the open ones, and each status of `alone` by itself."""
    return {"All": tuple(Status), "Open": OPEN, **{status.word: (status,) for status in alone}}


def choice_chips(
    choices: Mapping[str, T],
    chosen: Callable[[T], Awaitable[None]],
    *,
    label: str = "Show",
    kept: str = "",
    brought_back: Callable[[T], object] = lambda _: None,
) -> None:
    """Show one chip for each choice, the first one chosen; `chosen(choice)` is awaited when one is pressed.

    What is chosen is kept in the browser under the key `kept`, if there is one, like all that is typed; after a reload
    it is `brought_back(choice)`. The browser marks the chips by itself.
    """
    first = next(iter(choices))
    chips = Html().join(_CHIP.format(chosen="true" if name == first else "false", name=name) for name in choices)

    async def choose(event: GenericEventArguments) -> None:
        told = event.args if isinstance(event.args, dict) else {}
        name = told.get("chip")
        if isinstance(name, str) and name in choices:
            brought_back(choices[name]) if told.get("back") is True else await chosen(choices[name])

    row = Block(_ROW.format(first, chips)).classes("chips").props('role="group"')
    row.props["aria-label"] = label
    if kept:
        row.props["data-kept"] = kept
    row.on("change", choose, js_handler=typed.tell_chip())
