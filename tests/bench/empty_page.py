"""A NiceGUI server with one label on its page: what NiceGUI itself costs, run as Traderoom runs it.

``python -m tests.bench.empty_page PORT``
"""

import asyncio
import sys

import uvicorn
from fastapi import FastAPI
from nicegui import app, ui

_STEPS = 20
"""Into so many parts a second is cut, over which the ticking labels are spread."""
_ticking: list[ui.label] = []


@ui.page("/")
def _empty() -> None:
    label = ui.label().props('data-testid="label"')
    label.on("say", lambda event: label.set_text(event.args))


@ui.page("/ticking")
def _clock() -> None:
    label = ui.label()
    _ticking.append(label)
    ui.context.client.on_delete(lambda: _ticking.remove(label))


@app.get("/readyz")
def _ready() -> dict[str, str]:
    return {}


async def _tick() -> None:
    for step in range(sys.maxsize):
        for label in _ticking[step % _STEPS :: _STEPS]:
            label.text = str(step)
        await asyncio.sleep(1 / _STEPS)


def _main(port: int) -> None:
    app.on_startup(_tick)
    web = FastAPI(openapi_url=None)
    ui.run_with(web, reconnect_timeout=10, binding_refresh_interval=None, tailwind=False, show_welcome_message=False)
    uvicorn.run(web, port=port, ws="websockets-sansio", ws_per_message_deflate=False, log_level="warning")


if __name__ == "__main__":
    _main(int(sys.argv[1]))
