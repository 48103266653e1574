"""A worker that is told to stop does so, whatever happens in that very moment."""

import asyncio

import pytest

from app.db.queue import Queue


@pytest.mark.parametrize("turns", range(5))
async def test_who_waits_for_jobs_can_be_told_to_stop_while_one_is_put_back(queue: Queue, turns: int) -> None:
    nap = asyncio.create_task(queue.nap(60))
    await asyncio.sleep(0.01)
    queue._connector.put_back.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    is_over = nap.done()
    nap.cancel()
    await asyncio.wait([nap])
    assert nap.cancelled() or is_over
