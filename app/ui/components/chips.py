"""A row of chips, of which one is chosen."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TypeVar

from nicegui import ui

from app.domain.kinds import OPEN, Status
from app.ui.components.button import Button

T = TypeVar("T")


def status_filters(alone: Iterable[Status]) -> dict[str, tuple[Status, ...]]:
    """All trades, the open ones, and each status of `alone` by itself."""
    return {"All": tuple(Status), "Open": OPEN, **{status.word: (status,) for status in alone}}


def choice_chips(choices: dict[str, T], chosen: Callable[[T], Awaitable[None]], *, label: str = "Show") -> None:
    """Show one chip for each choice, the first one chosen; `chosen(choice)` is awaited when one is pressed."""
    chips: dict[str, Button] = {}

    async def choose(name: str) -> None:
        mark(name)
        await chosen(choices[name])

    def mark(name: str) -> None:
        for each, chip in chips.items():
            chip.props["aria-pressed"] = "true" if each == name else "false"

    with ui.element("div").classes("chips").props('role="group"') as group:
        group.props["aria-label"] = label
        for name in choices:
            chips[name] = Button(name, on_click=partial(choose, name))
            chips[name].props("flat dense no-caps rounded").classes("chip")
    mark(next(iter(choices)))
