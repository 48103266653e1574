"""Passwords cost CPU, each of them: many of one client at once cost others nothing, signing in included."""

import asyncio

import pytest

from tests.e2e.server import Server
from tests.security.conftest import NewScene
from tests.security.nuisance import assert_nobody_notices
from tests.security.test_guessing import Door, from_address

AT_ONCE = 50


@pytest.mark.by_the_clock
async def test_many_guesses_of_one_client_at_once_hold_up_nobody(new_scene: NewScene, server: Server) -> None:
    scene = await new_scene()
    async with from_address(by="127.0.0.9") as http:
        door = await Door(http, server.address).open()

        async def attack() -> None:
            while True:
                await asyncio.gather(*(door.knock(f"Nobody {number}", "wrong password") for number in range(AT_ONCE)))

        await assert_nobody_notices(scene, server, attack)
