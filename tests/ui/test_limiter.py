"""Turns at something scarce."""

import asyncio

import pytest

from app.ui.http.limiter import CapacityLimiter


async def test_a_few_at_once_in_the_order_in_which_they_came() -> None:
    turns, inside, came, at_once = CapacityLimiter(2, patience=5), 0, list[int](), list[int]()

    async def one(number: int) -> None:
        nonlocal inside
        async with turns:
            inside += 1
            came.append(number)
            at_once.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(one(number) for number in range(20)))
    assert came == list(range(20))
    assert max(at_once) == 2


async def test_nobody_waits_for_ever_and_who_gave_up_holds_up_nobody() -> None:
    turns = CapacityLimiter(1, patience=0.05)
    async with turns:
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with turns:
                    pytest.fail("there was no turn to take")
    async with turns:
        pass


async def test_a_turn_is_given_back_after_an_error_and_by_somebody_who_is_cancelled() -> None:
    turns = CapacityLimiter(1, patience=0.5)
    with pytest.raises(KeyError):
        async with turns:
            raise KeyError
    async with turns:
        waiting = asyncio.create_task(turns.__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with turns:
        pass
