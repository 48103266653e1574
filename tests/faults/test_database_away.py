"""PostgreSQL is restarted, killed, or stopped for a while under a server with people in its rooms."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from time import perf_counter

import pytest_asyncio

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.town import Deal, town
from tests.faults.postgres import Postgres, postgres
from tests.faults.talk import (
    CALM,
    Said,
    fall_silent,
    hears,
    nothing_is_lost,
    say_at_last,
    status_of,
    talk_on,
    try_to_say,
)
from tests.faults.traderoom import BACK, Traderoom, rows, running, until

log = logging.getLogger(__name__)
Fault = Callable[[Person, Person], Awaitable[None]]
"""What happens to the database while two people are in a room; they do nothing else meanwhile."""
A_WHILE = 6.0
"""Seconds for which the database is away; `test_a_minute` has a longer one."""
SOON = 8.0
"""Seconds after the fault's beginning or its end to a deadline."""
POLLED = 6.0
"""Seconds after which a job is found at the latest that was made, as here, with so near a deadline: it takes a minute's
for expiry to be exact to a fraction of a second, which `test_a_minute` shows."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database() -> AsyncIterator[Postgres]:
    """The PostgreSQL that is to be broken."""
    async with postgres() as database:
        yield database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def application(place: Path, database: Postgres) -> AsyncIterator[Traderoom]:
    """A Traderoom on it, which goes on through all tests: each fault must leave no trace."""
    async with running(place, database.url, owner=database.owner) as application:
        yield application


async def test_a_restart_of_the_database_interrupts_nobody_for_long(application: Traderoom, database: Postgres) -> None:
    async def restart(*_: Person) -> None:
        await database.stop()
        await database.start()

    await _come_back(application, database, restart)


async def test_after_the_database_was_killed_everything_confirmed_is_there_and_all_goes_on(
    application: Traderoom, database: Postgres
) -> None:
    async def kill(*_: Person) -> None:
        await database.kill()
        await database.start()

    await _come_back(application, database, kill)


async def test_while_the_database_is_stopped_people_are_told_calmly_and_keep_what_they_typed(
    application: Traderoom, database: Postgres
) -> None:
    async def stop_for_a_while(seller: Person, buyer: Person) -> None:
        began = perf_counter()
        await database.stop()
        await until(lambda: _not(application.is_ready()), within=5)
        text = deeds.token()
        sent = asyncio.create_task(try_to_say(buyer, text))
        while not sent.done():
            deeds.type_message(seller)  # other pages work on meanwhile
            await asyncio.sleep(0.2)
        assert await sent == CALM
        assert perf_counter() - began < BACK, "it takes no longer to be told"
        for path in ("/trades", "/activity", buyer.path):
            answer = await asyncio.wait_for(Browser(application.server.site, buyer.browser.cookies).get(path), BACK)
            assert answer.status == 503
            assert "Nothing is lost" in answer.html
        assert (await Browser(application.server.site).get("/healthz")).status == 200
        await asyncio.sleep(max(0.0, began + A_WHILE - perf_counter()))
        await database.start()

    await _come_back(application, database, stop_for_a_while, A_WHILE)


async def test_a_server_that_is_told_to_stop_while_the_database_is_away_stops(place: Path, database: Postgres) -> None:
    application = Traderoom(place, database.url, owner=database.owner)
    try:
        await application.is_up()
        async with database.stopped():
            await until(lambda: _not(application.is_ready()), within=BACK)
            os.kill(application.server.pid, signal.SIGTERM)
            await until(lambda: application.server.ended, within=2 * BACK, what="the server ends by itself")
    finally:
        await application.server.kill()


async def _come_back(application: Traderoom, database: Postgres, fault: Fault, away: float = 0.0) -> None:
    """People talk in some rooms and are silent in others, the fault comes and goes, and all is as before in time."""
    async with town(database.url) as there:
        people = await there.people(10, token_hex(4))
        couples = list(zip(people[::2], people[1::2], strict=True))
        quiet, *loud = await there.deals(couples[:3])
        ending = await there.deal(*couples[3], minutes=3 / 60)
        later = await there.deal(*couples[4], minutes=(away + SOON) / 60)
    pairs = await application.meet_all([quiet, *loud])
    watcher = await application.enter(ending.buyer, ending.path)
    other_watcher = await application.enter(later.buyer, later.path)
    silent = pairs[0]
    said = Said()
    await hears(silent[1], silent[0], said)
    before = await application.held()
    talk = [asyncio.create_task(talk_on(person, said)) for pair in pairs[1:] for person in pair]
    await until(lambda: len(said.sent) > 10)
    await fault(*silent)

    back, returned = perf_counter(), datetime.now(UTC)
    figures = {"ready": await until(application.is_ready, within=BACK)}
    figures["said again"] = await say_at_last(silent[0], deeds.token(), said, BACK)
    await _is_expired(database, ending)
    await watcher.until(lambda page: status_of(page) == "Expired")
    figures["expiry seen"] = perf_counter() - back
    figures["news of others"] = await _news_arrives(silent, database, quiet)
    count = len(said.sent)
    await until(lambda: len(said.sent) > count + 10, within=BACK, what="the others talk on")
    figures["all"] = perf_counter() - back
    assert figures["all"] < 2 * BACK
    assert max(figures.values()) < BACK, figures
    for task in talk:
        assert not task.done(), task
    await fall_silent(talk)

    await other_watcher.until(lambda page: status_of(page) == "Expired")
    [(closed, deadline)] = await rows(
        database.owner, "SELECT closed_at, expires_at FROM trades WHERE id = %s", later.trade.id
    )
    figures["late"] = (closed - max(deadline, returned)).total_seconds()
    assert closed >= deadline
    assert figures["late"] < POLLED, "what falls due after the return expires in time"
    await nothing_is_lost(database.owner, said)
    # What pokes the queue sleeps up to half a minute, perhaps on a connection that is dead; and the queue's pool finds
    # its dead ones only when it needs them.
    await application.leaves_nothing_behind(before, files=3)
    assert not any(person.dropped for person in application.people), "no page was lost"
    await application.empty()
    log.info("seconds: %s", {name: round(figure, 3) for name, figure in figures.items()})


async def _news_arrives(people: tuple[Person, Person], database: Postgres, deal: Deal) -> float:
    """What another process records is seen in the room; returns the seconds from recording to the last seeing."""
    text = deeds.token()
    seen = [person.sees(text) for person in people]
    began = perf_counter()
    async with town(database.url) as elsewhere:
        await elsewhere.say(deal, text)
    return max(await asyncio.wait_for(asyncio.gather(*seen), BACK)) - began


async def _is_expired(database: Postgres, deal: Deal) -> None:
    async def expired() -> bool:
        return bool(
            await rows(database.owner, "SELECT 1 FROM trades WHERE id = %s AND status = 'expired'", deal.trade.id)
        )

    await until(expired, within=BACK)


async def _not(answer: Awaitable[bool]) -> bool:
    return not await answer
