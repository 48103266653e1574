"""A page that its browser has left goes soon; one whose connection was cut waits for its browser."""

import asyncio

from tests.bench.town import town
from tests.faults.traderoom import Traderoom, until

SOON = 15.0
"""Seconds: five for the page, and a slow machine. Who was cut off has ninety."""


async def test_a_page_that_was_left_goes_soon_and_one_that_was_cut_off_stays(application: Traderoom, url: str) -> None:
    async with town(url) as there:
        deals = await there.rooms(2)
    before = (await application.held()).pages
    pairs = await application.meet_all(deals)
    assert (await application.held()).pages == before + 4
    for seller, buyer in pairs:
        await seller.leave()
        buyer.cut()
    await until(lambda: _pages(application, before + 2), within=SOON)
    await asyncio.sleep(SOON / 2)
    assert (await application.held()).pages == before + 2


async def _pages(application: Traderoom, count: int) -> bool:
    return (await application.held()).pages == count
