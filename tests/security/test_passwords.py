"""Passwords cost CPU, each of them: many at once cost others nothing."""

import asyncio

from tests.bench.browser import Browser
from tests.bench.page import csrf_in
from tests.e2e.server import Server
from tests.security.conftest import NewScene
from tests.security.nuisance import assert_nobody_notices

AT_ONCE = 50


async def test_many_guesses_at_once_hold_up_nobody(new_scene: NewScene, server: Server) -> None:
    scene = await new_scene()
    guest = Browser(server.address)
    form = {"csrf": csrf_in((await guest.get("/")).html), "password": "wrong password", "back": "/"}

    async def guess(number: int) -> None:
        assert (await guest.post("/login", name=f"Nobody {number}", **form)).status == 303

    async def attack() -> None:
        while True:
            await asyncio.gather(*(guess(number) for number in range(AT_ONCE)))

    await assert_nobody_notices(scene, server, attack, signs_in=False)
