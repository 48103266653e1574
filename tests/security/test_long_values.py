"""What a field tells the server: longer than any may be it is not taken over, and whoever typed it is told so."""

import asyncio

from app.patches import socket_guard
from tests.bench import deeds
from tests.security.conftest import Scene
from tests.security.test_other_trades import open_dialog, press
from tests.security.test_own_page import error_at
from tests.security.truth import Truth

_FIELD = "Description"
_KEPT = "SELECT count(*) FROM trade_versions WHERE trade_id = %s AND version = 2 AND description = 'Oak, planed'"


async def test_a_value_that_no_field_can_hold_is_dropped_with_a_sentence(scene: Scene, truth: Truth) -> None:
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    scene.seller.fire("update:value", "900", label="Price")
    scene.seller.fire("update:value", "Oak, planed", label=_FIELD)
    told = scene.seller.sees(socket_guard._TOO_LONG)
    async with truth.unchanged(scene.seller, scene.buyer):
        scene.seller.fire("update:value", "x" * 40_000, label=_FIELD)
        await asyncio.wait_for(told, 5)
    seen = scene.buyer.sees("$900.00")
    press(scene.seller, "Save changes")
    await asyncio.wait_for(seen, 5)
    assert await truth.count(_KEPT, scene.deal.trade.id) == 1, "what was typed before still stands in it"
    assert await deeds.say(scene.seller, scene.buyer) > 0


async def test_what_a_field_just_cannot_hold_is_said_by_the_field_itself(scene: Scene) -> None:
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    told = scene.seller.sees(socket_guard._TOO_LONG)
    scene.seller.fire("update:value", "é" * 5_001, label=_FIELD)  # six characters each, as JSON
    press(scene.seller, "Save changes")
    await scene.seller.until(lambda page: error_at(_FIELD, page))
    assert not told.done()
