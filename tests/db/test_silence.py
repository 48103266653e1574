"""A database that no longer says anything, though nothing was closed, and one that nobody can listen to."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from app.db import connection as connection_module
from app.db.connection import parameters
from app.db.engine import Database, connect, connect_to_set_up
from app.db.queue import Queue, Worker
from tests.db.line import Line
from tests.db.test_feed import Listener, until

NOTICED = 10.0
"""Seconds in which a process has to know that the database is silent, and that it is not."""


@pytest.fixture
async def line(url: str) -> AsyncIterator[Line]:
    """The way to the database."""
    async with Line(url).running() as line:
        yield line


@pytest.fixture
async def far(line: Line) -> AsyncIterator[Database]:
    """The database at the other end of the line."""
    database = Database(line.url)
    await database.open()
    yield database
    await database.close()


async def test_a_line_that_falls_silent_is_noticed_and_said_in_time_and_so_is_its_return(
    line: Line, far: Database, caplog: pytest.LogCaptureFixture
) -> None:
    told: list[bool] = []
    here = Listener(far)
    here.feed._tell_listening = told.append
    async with here.running():
        line.fall_silent()
        began = time.monotonic()
        await until(lambda: not here.feed.listening, within=NOTICED)
        assert not here.feed.answers
        silent = time.monotonic() - began
        assert told == [False]
        assert "it has fallen silent" in caplog.text
        line.mend()
        began = time.monotonic()
        await until(lambda: here.feed.listening, within=NOTICED)
        logging.getLogger(__name__).info("noticed after %.1f s, back after %.1f s", silent, time.monotonic() - began)
        assert told == [False, True]
        assert here.resumptions == 1


async def test_a_statement_on_a_silent_line_fails_at_our_own_deadline_and_its_connection_is_not_used_again(
    line: Line, far: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "DEADLINE", 0.5)
    line.fall_silent()
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        async with far.transaction() as connection:
            await connection.execute("SELECT 1")
    assert time.monotonic() - began < 2
    line.mend()
    async with asyncio.timeout(5), far.raw() as connection:
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)


async def test_setting_up_on_a_silent_line_fails_at_our_own_deadline_too(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = await asyncio.to_thread(connect_to_set_up, line.url)
    monkeypatch.setattr(connection_module, "SET_UP_DEADLINE", 0.5)
    line.fall_silent()
    began = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        await asyncio.to_thread(connection.execute, "SELECT 1")
    assert time.monotonic() - began < 2
    assert connection.broken


async def test_waiting_for_news_has_no_deadline(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_module, "DEADLINE", 0.2)
    async with await connect(url) as connection:
        await connection.execute("LISTEN something")
        assert [notice async for notice in connection.notifies(timeout=1)] == []
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)


async def test_a_listen_that_hears_nothing_is_not_ready(
    line: Line, far: Database, caplog: pytest.LogCaptureFixture
) -> None:
    line.deaf = True
    here = Listener(far)
    task = asyncio.create_task(here.feed.run())
    await until(lambda: "pooler" in caplog.text, within=NOTICED)
    assert not here.feed.listening
    assert here.feed.answers
    line.deaf = False
    await until(lambda: here.feed.listening, within=NOTICED)
    task.cancel()
    await asyncio.wait([task])


async def test_a_worker_on_a_silent_line_says_that_it_does_not_work(line: Line) -> None:
    queue = Queue(line.url)
    await queue.open()
    worker = Worker(queue, line.url)
    task = asyncio.create_task(worker.run())
    await until(lambda: worker.working, within=NOTICED)
    line.fall_silent()
    await until(lambda: not worker.working, within=NOTICED)
    line.mend()
    await until(lambda: worker.working, within=2 * NOTICED)
    task.cancel()
    await asyncio.wait([task])
    await queue.close()


async def test_a_tcp_connection_is_watched_by_the_system_and_what_the_address_says_of_it_stands(line: Line) -> None:
    async with await connect(make_conninfo(line.url, keepalives_idle=77)) as connection:
        used = connection.info.get_parameters()
    assert used["tcp_user_timeout"] == "10000"
    assert (used["keepalives_idle"], used["keepalives_interval"]) == ("77", "2")
    assert parameters("postgresql://somewhere/x?tcp_user_timeout=5", "").keys() - {"options"} == {
        *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count")
    }
