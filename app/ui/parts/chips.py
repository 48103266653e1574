"""A row of filter chips, of which one is chosen."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.trade import Status


def filter_chips(
    filters: dict[str, tuple[Status, ...]], chosen: Callable[[tuple[Status, ...]], Awaitable[None]]
) -> None:
    """Show one chip for each filter; `chosen(statuses)` is awaited when another one is pressed."""
    chips: dict[str, ui.button] = {}

    async def choose(name: str) -> None:
        mark(name)
        await chosen(filters[name])

    def mark(name: str) -> None:
        for label, chip in chips.items():
            chip.props["aria-pressed"] = "true" if label == name else "false"

    with ui.element("div").classes("chips").props('role="group" aria-label="Show"'):
        for name in filters:
            chips[name] = ui.button(name, on_click=lambda name=name: choose(name), color=None)
            chips[name].props("flat dense no-caps rounded").classes("chip")
    mark(next(iter(filters)))
