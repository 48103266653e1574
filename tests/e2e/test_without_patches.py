"""The journey once more on a server without the speed patches: everything works, slower."""

import asyncio
import json
from collections.abc import Iterator
from urllib.request import urlopen

import httpx
import pytest

from app.patches import SPEED
from app.ui.http.headers import on_every_answer
from tests.e2e.server import Server, running
from tests.e2e.test_journey import *  # noqa: F403 - each of its tests, here with the people below


@pytest.fixture(scope="module")
def site() -> Iterator[Server]:
    """A running server without the speed patches, which complains of nothing but that they were left out."""
    with running(PATCHES="false") as server:
        yield server


async def test_it_says_which_patches_were_left_out(site: Server) -> None:
    def ask() -> dict[str, object]:
        with urlopen(f"{site.address}/readyz", timeout=5) as answer:
            told: dict[str, object] = json.load(answer)
        return told

    told = await asyncio.to_thread(ask)
    assert told["patches_left_out"] == dict.fromkeys(SPEED, "TRADEROOM_PATCHES is false")


async def test_an_address_with_a_line_break_is_answered_as_ever(site: Server) -> None:
    async with httpx.AsyncClient(base_url=site.address) as http:
        answer = await http.get("/x%0ay")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text
    assert [name for name in on_every_answer(https=False) if name.lower() not in answer.headers] == []
