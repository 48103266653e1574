"""What nobody waits for: once, a moment later, for all that has asked for it meanwhile."""

import asyncio
import gc
import weakref

from app.ui.components.later import Later


async def test_asked_three_times_it_is_done_once_and_can_be_asked_for_again() -> None:
    done: list[int] = []
    later = Later(0.02)
    for _ in range(3):
        later(lambda: done.append(1))
    assert done == []
    await asyncio.sleep(0.05)
    assert done == [1]
    later(lambda: done.append(2))
    await asyncio.sleep(0.05)
    assert done == [1, 2]


async def test_what_is_forgotten_is_not_done() -> None:
    done: list[int] = []
    later = Later(0.02)
    later(lambda: done.append(1))
    later.forget()
    later.forget()
    await asyncio.sleep(0.05)
    assert done == []


async def test_whoever_has_it_is_free_without_the_garbage_collector() -> None:
    class Owner:
        def __init__(self) -> None:
            self.later = Later(0.02)
            self.later(self.do)

        def do(self) -> None:
            """Nothing."""

    owner = Owner()
    await asyncio.sleep(0.05)
    gc.disable()
    try:
        gone = weakref.ref(owner)
        del owner
        assert gone() is None
    finally:
        gc.enable()
