"""Traderoom with a window: ``main.py`` as it is, and one more address that counts what the process holds.

``python -m tests.bench.glass_house serve --port PORT``
"""

import asyncio
import sys

from nicegui import Client, app, binding

from app import cli
from app.bootstrap import Application
from app.ui.live.collector import collect

_houses: list[Application] = []


class GlassHouse(Application):
    """The house, which can be looked into."""

    async def go_live(self) -> None:
        """Start what runs in the background."""
        await super().go_live()
        _houses.append(self)


@app.get("/held")
async def _held() -> dict[str, int]:
    collect()
    [application] = _houses
    return {
        "tasks": len(asyncio.all_tasks()),
        "pages": len(Client.instances),
        "rooms": application.lobby.open_rooms,
        "people": len(application.presence.people(None)),
        "bindings": sum(map(len, binding.bindings.values())),
        "clocks": len(application.ticker._dials),
        "tabs": len(app.storage._tabs),
        "blocks": sys.getallocatedblocks(),
    }


if __name__ == "__main__":
    cli.Application = GlassHouse  # type: ignore[attr-defined]
    cli.main()
