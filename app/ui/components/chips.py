"""A row of filter chips, of which one is chosen."""

from collections.abc import Awaitable, Callable, Iterable
from functools import partial

from nicegui import ui

from app.domain.kinds import OPEN, Status
from app.ui.components.button import Button


def status_filters(alone: Iterable[Status]) -> dict[str, tuple[Status, ...]]:
    """All trades, the open ones, and each status of `alone` by itself."""
    return {"All": tuple(Status), "Open": OPEN, **{status.word: (status,) for status in alone}}


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
