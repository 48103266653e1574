"""What nobody waits for: once, a moment later, for all that has asked for it meanwhile."""

import asyncio

from app.ui.components.later import Later


async def test_asked_three_times_it_is_done_once_and_can_be_asked_for_again() -> None:
    done: list[int] = []
    later = Later(0.02, lambda: done.append(1))
    for _ in range(3):
        later()
    assert done == []
    await asyncio.sleep(0.05)
    assert done == [1]
    later()
    await asyncio.sleep(0.05)
    assert done == [1, 1]


async def test_done_now_it_is_not_done_later_too() -> None:
    done: list[int] = []
    later = Later(0.02, lambda: done.append(1))
    later()
    later.now()
    await asyncio.sleep(0.05)
    assert done == [1]


async def test_what_is_forgotten_is_not_done() -> None:
    done: list[int] = []
    later = Later(0.02, lambda: done.append(1))
    later()
    later.forget()
    await asyncio.sleep(0.05)
    assert done == []
