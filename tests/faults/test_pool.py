"""All connections of a server's pool are held by moves that wait for locked rows."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from time import perf_counter

import psycopg

from tests.bench import deeds
from tests.bench.person import NoPageError
from tests.bench.town import Deal, town
from tests.faults.talk import CALM, Said, hears, nothing_is_lost, say_at_last, try_to_say
from tests.faults.traderoom import BACK, Traderoom, rows, until

log = logging.getLogger(__name__)
POOL = 10
BOUND = 20.0
"""Seconds in which everybody is answered: five for a connection, ten for a statement, and a slow machine."""
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'traderoom' AND wait_event_type = 'Lock'
"""


async def test_while_every_connection_waits_for_a_lock_all_are_answered_in_time_and_afterwards_all_is_as_before(
    application: Traderoom, url: str, owner_url: str
) -> None:
    async with town(url) as there:
        deals = await there.rooms(POOL)
    said = Said()
    stuck = await application.meet_all(deals[1:])
    seller, buyer = await application.meet(deals[0])
    await hears(buyer, seller, said)
    people = [person for pair in stuck for person in pair]
    async with _locked(owner_url, deals[1:]):
        asked = [asyncio.create_task(try_to_say(person, deeds.token())) for person in people]
        await until(lambda: _waits(owner_url, POOL), within=BOUND)
    await asyncio.wait_for(asyncio.gather(*asked), BOUND)
    before = await application.held()  # with all the connections that the pool may have

    async with _locked(owner_url, deals[1:]):
        texts = [deeds.token() for _ in people]
        began = perf_counter()
        asked = [asyncio.create_task(try_to_say(*each)) for each in zip(people, texts, strict=True)]
        await until(lambda: _waits(owner_url, POOL), within=BOUND, what="the pool is exhausted")
        free = asyncio.gather(try_to_say(seller, deeds.token()), _look_around(application, deals[0]))
        assert (await asyncio.wait_for(free, BOUND))[0] in {"", CALM}
        assert set(await asyncio.wait_for(asyncio.gather(*asked), BOUND)) == {CALM}
        figures = {"answered": perf_counter() - began}
        assert figures["answered"] < BOUND
        assert await application.is_ready(), "the database works, and so does the worker"
    freed = perf_counter()
    await asyncio.gather(*(say_at_last(*each, said, BACK) for each in zip(people, texts, strict=True)))
    figures["all sent"] = perf_counter() - freed
    assert figures["all sent"] < BACK
    for two in (*stuck, (seller, buyer)):
        await hears(two[1], two[0], said)
    await application.leaves_nothing_behind(before)
    assert (await application.held()).connections == before.connections
    await nothing_is_lost(owner_url, said)
    log.info("seconds: %s", figures)


@asynccontextmanager
async def _locked(url: str, deals: list[Deal]) -> AsyncIterator[None]:
    """Somebody holds the rows of these trades."""
    async with await psycopg.AsyncConnection.connect(url) as elsewhere:
        held = [deal.trade.id for deal in deals]
        await elsewhere.execute("SELECT 1 FROM trades WHERE id = ANY(%s) FOR UPDATE", (held,))
        yield


async def _waits(url: str, count: int) -> bool:
    return await rows(url, _WAITING) == [(count,)]


async def _look_around(application: Traderoom, deal: Deal) -> None:
    """A page is shown, or calmly not shown."""
    try:
        await (await application.enter(deal.seller, "/trades")).leave()
    except NoPageError as error:
        if " 503 " not in str(error):
            raise
