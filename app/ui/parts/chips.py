"""A row of filter chips, of which one is chosen."""

from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import ui

from app.domain.trade import Status
from app.ui.button import Button


def filter_chips(
    filters: dict[str, tuple[Status, ...]], chosen: Callable[[tuple[Status, ...]], Awaitable[None]]
) -> None:
    """Show one chip for each filter; `chosen(statuses)` is awaited when another one is pressed."""
    chips: dict[str, Button] = {}

    async def choose(name: str) -> None:
        mark(name)
        await chosen(filters[name])

    def mark(name: str) -> None:
        for label, chip in chips.items():
            chip.props["aria-pressed"] = "true" if label == name else "false"

    with ui.element("div").classes("chips").props('role="group" aria-label="Show"'):
        for name in filters:
            chips[name] = Button(name, on_click=partial(choose, name))
            chips[name].props("flat dense no-caps rounded").classes("chip")
    mark(next(iter(filters)))
