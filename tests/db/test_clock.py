"""The database's clock in this process: right whatever the system's clock says."""

import asyncio
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Self
from unittest.mock import AsyncMock

import pytest

import app.db.clock
from app.db.clock import DatabaseClock
from app.db.engine import Database

CLOSE = timedelta(milliseconds=50)
"""Generous: a busy machine's round trip. On an idle one the offset is right to a fraction of a millisecond."""


class HourAhead(datetime):
    """A system whose clock is an hour ahead."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + timedelta(hours=1)


async def off(database: Database, clock: DatabaseClock) -> timedelta:
    """How far the clock is from the database's."""
    async with database.raw() as connection:
        row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
    assert row is not None
    at: datetime = row[0]
    return abs(clock.now() - at)


async def test_the_clock_is_right_though_the_system_s_is_an_hour_ahead(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.db.clock, "datetime", HourAhead)
    database = Database(url)
    assert abs(database.clock.now() - datetime.now(UTC) - timedelta(hours=1)) < CLOSE, "the system's clock is not wrong"
    await database.open()
    assert await off(database, database.clock) < CLOSE
    await database.close()


async def test_a_step_of_the_system_s_clock_changes_nothing_once_it_was_measured(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.db.clock, "datetime", HourAhead)
    assert await off(database, database.clock) < CLOSE


async def test_the_clock_speaks_utc_whatever_the_connection_s_time_zone(database: Database) -> None:
    clock = DatabaseClock()
    async with database.raw() as connection:
        await connection.execute("SET timezone = 'Asia/Kolkata'")
        await clock.measure(connection)
        await connection.execute("SET timezone = 'UTC'")
    assert clock.now().utcoffset() == timedelta(0)
    assert await off(database, clock) < CLOSE


async def test_the_clock_runs_on_by_itself(database: Database) -> None:
    before = database.clock.now()
    await asyncio.sleep(0.05)
    assert timedelta(milliseconds=49) < database.clock.now() - before < timedelta(seconds=1)


async def test_the_fastest_answer_is_believed() -> None:
    """Two of three answers are slow on their way back and would put the clock behind by half of that."""
    connection = AsyncMock()
    delays = iter((0.2, 0.0, 0.2))

    async def answer(_: str) -> AsyncMock:
        at = datetime.now(UTC)
        await asyncio.sleep(next(delays))
        return AsyncMock(fetchone=AsyncMock(return_value=(at,)))

    connection.execute = answer
    clock = DatabaseClock()
    await clock.measure(connection)
    assert abs(clock.now() - datetime.now(UTC)) < CLOSE
