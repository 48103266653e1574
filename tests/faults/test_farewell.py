"""A page that its browser has left goes soon; one whose connection was cut waits for its browser."""

import asyncio

from tests.bench.town import town
from tests.faults.traderoom import Traderoom, until

SOON = 15.0
"""Seconds: five for the page, and a slow machine. Who was cut off has ninety."""


async def test_a_page_that_was_left_goes_soon_and_one_that_was_cut_off_stays(house: Traderoom, url: str) -> None:
    async with town(url) as there:
        deals = await there.rooms(2)
    before = (await house.held()).pages
    pairs = await house.meet_all(deals)
    assert (await house.held()).pages == before + 4
    for seller, buyer in pairs:
        await seller.leave()
        buyer.cut()
    await until(lambda: _pages(house, before + 2), within=SOON)
    await asyncio.sleep(SOON / 2)
    assert (await house.held()).pages == before + 2


async def _pages(house: Traderoom, count: int) -> bool:
    return (await house.held()).pages == count
