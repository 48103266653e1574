"""Turns at something scarce."""

import asyncio
from collections import Counter

import pytest

from app import capacity
from app.capacity import CapacityLimiter, Turns


async def test_a_few_at_once_in_the_order_in_which_they_came() -> None:
    turns, inside, came, at_once = CapacityLimiter(2, each=2, patience=5), 0, list[int](), list[int]()

    async def one(number: int) -> None:
        nonlocal inside
        async with turns.place("somebody"):
            inside += 1
            came.append(number)
            at_once.append(inside)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(one(number) for number in range(20)))
    assert came == list(range(20))
    assert max(at_once) == 2


async def test_nobody_waits_for_ever_and_who_gave_up_holds_up_nobody() -> None:
    turns = CapacityLimiter(1, each=1, patience=0.05)
    async with turns.place("somebody"):
        for _ in range(3):
            with pytest.raises(TimeoutError):
                async with turns.place("somebody"):
                    pytest.fail("there was no turn to take")
    async with turns.place("somebody"):
        pass


async def test_a_turn_is_given_back_after_an_error_and_by_somebody_who_is_cancelled() -> None:
    turns = CapacityLimiter(1, each=1, patience=0.5)
    with pytest.raises(KeyError):
        async with turns.place("somebody"):
            raise KeyError
    async with turns.place("somebody"):
        waiting = asyncio.create_task(turns.place("somebody").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
    async with turns.place("somebody"):
        pass


async def test_each_client_comes_in_turn_and_has_no_more_than_its_share() -> None:
    turns, came, inside, at_once = CapacityLimiter(3, each=2, patience=5), list[str](), Counter[str](), list[int]()

    async def one(client: str) -> None:
        async with turns.place(client):
            came.append(client)
            inside[client] += 1
            at_once.append(inside["many"])
            await asyncio.sleep(0.001)
            inside[client] -= 1

    many = [asyncio.create_task(one("many")) for _ in range(100)]
    await asyncio.sleep(0)
    await asyncio.gather(*(one(client) for client in ("ann", "bea", "bea", "cem")))
    assert not many[-1].done()
    assert came.count("many") <= 8, "nobody waits behind more than one of theirs each time"
    await asyncio.gather(*many)
    assert max(at_once) == 2
    assert turns._free == 3
    assert not turns._held
    assert not turns._waiting


async def test_who_waits_for_more_rests_as_long_as_it_had_a_place_and_others_go_on() -> None:
    turns, began = CapacityLimiter(1, each=1, patience=5, rests=True), dict[str, float]()
    loop = asyncio.get_running_loop()

    async def one(client: str, name: str) -> None:
        async with turns.place(client):
            began[name] = loop.time()
            await asyncio.sleep(0.1)

    await asyncio.gather(one("many", "first"), one("many", "second"), one("one", "other's"))
    assert began["first"] < began["other's"] < began["second"]
    assert began["second"] - began["first"] >= 0.2


async def test_who_goes_in_the_moment_in_which_its_turn_comes_leaves_its_place_to_others() -> None:
    turns = CapacityLimiter(1, each=1)

    async def one() -> None:
        async with turns.place("somebody"):
            pass

    async with turns.place("somebody"):
        goes, stays = asyncio.create_task(one()), asyncio.create_task(one())
        await asyncio.sleep(0)
    goes.cancel()
    with pytest.raises(asyncio.CancelledError):
        await goes
    async with asyncio.timeout(5):
        await stays


async def test_of_one_client_so_much_begins_at_once_and_the_rest_beside_what_others_ask_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(capacity, "_AT_ONCE", 60.0)
    crowd, one = Turns(2), Turns(2)
    begun: list[str] = []
    assert [crowd.take(lambda: begun.append("crowd")) for _ in range(5)] == [True, True, False, False, False]
    assert one.take(lambda: begun.append("one"))
    assert begun == ["crowd"] * 2 + ["one"]
    waiting = asyncio.create_task(crowd.wait())
    for so_far in (2, 4, 5):
        assert (begun.count("crowd"), waiting.done()) == (so_far, False)
        await asyncio.sleep(0)
    await waiting
    assert one.take(lambda: begun.append("one"))
    monkeypatch.setattr(capacity, "_AT_ONCE", 0.0)
    assert crowd.take(lambda: begun.append("crowd")), "that is a while ago"
