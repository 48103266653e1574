"""Traderoom with a window: ``main.py`` as it is, and one more address that counts what the process holds.

``python -m tests.bench.glass_house serve --port PORT``
"""

import asyncio
import sys

from nicegui import Client, app, binding

from app import cli
from app.bootstrap import House
from app.ui.collector import collect

_houses: list[House] = []


class GlassHouse(House):
    """The house, which can be looked into."""

    async def go_live(self) -> None:
        """Start what runs in the background."""
        await super().go_live()
        _houses.append(self)


@app.get("/held")
async def _held() -> dict[str, int]:
    collect()
    [house] = _houses
    return {
        "tasks": len(asyncio.all_tasks()),
        "pages": len(Client.instances),
        "rooms": house.lobby.open_rooms,
        "people": len(house.presence.people(None)),
        "bindings": sum(map(len, binding.bindings.values())),
        "clocks": len(house.ticker._dials),
        "tabs": len(app.storage._tabs),
        "blocks": sys.getallocatedblocks(),
    }


if __name__ == "__main__":
    cli.House = GlassHouse  # type: ignore[attr-defined]
    cli.main()
