"""Each dial ticks at its own deadline's fraction of a second, shows 0:00 at the deadline, and tells nothing twice."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from nicegui import binding

from app.domain.countdown import Phase, Reading
from app.domain.kinds import Status
from app.domain.trade import Trade
from app.rooms.ticker import Dial, Ticker
from tests.domain.offers import negotiation
from tests.rooms.conftest import until

LATE = timedelta(seconds=0.3)
"""How much later than due a busy machine may be."""


class Face:
    """Something on a page that is bound to a dial: it notes what it is told, and when."""

    reading = binding.BindableProperty()

    def __init__(self, dial: Dial) -> None:
        self.reading = None
        self.told: list[tuple[datetime, Reading]] = []
        binding.bind_from(self, "reading", dial, "reading", self._note)

    def _note(self, reading: Reading) -> Reading:
        self.told.append((datetime.now(UTC), reading))
        return reading

    @property
    def texts(self) -> list[str]:
        """The texts it was told."""
        return [reading.text for _, reading in self.told]


class Page:
    """Something that is bound to a dial."""

    reading = binding.BindableProperty()

    def __init__(self) -> None:
        self.reading = None


@pytest.fixture
def ticker() -> Ticker:
    """A ticker by this machine's clock."""
    return Ticker(lambda: datetime.now(UTC))


def ending(after: float, *, number: int = 1) -> Trade:
    """A trade with so many seconds left."""
    return replace(negotiation(), id=number, expires_at=datetime.now(UTC) + timedelta(seconds=after))


@asynccontextmanager
async def running(ticker: Ticker) -> AsyncIterator[None]:
    """Let the clocks run; they must not stop by themselves."""
    task = asyncio.create_task(ticker.run())
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@pytest.mark.by_the_clock
async def test_every_face_changes_at_its_own_deadlines_fraction_and_is_zero_at_the_deadline(ticker: Ticker) -> None:
    trades = [ending(1.25 + n / 10, number=n) for n in range(5)]
    async with running(ticker):
        faces = [Face(ticker.watch(trade)) for trade in trades]
        await until(lambda: all(face.reading and face.reading.text == "0:00" for face in faces))
    for trade, face in zip(trades, faces, strict=True):
        assert face.texts == ["0:02", "0:01", "0:00"]
        (_, one), (_, zero) = face.told[1:]
        assert (one.phase, zero.phase) == (Phase.URGENT, Phase.OVER)
        for (at, _), left in zip(face.told[1:], (1, 0), strict=True):
            due = trade.expires_at - timedelta(seconds=left)
            assert due <= at < due + LATE


async def test_a_dial_that_is_watched_later_starts_the_sleeping_ticker(ticker: Ticker) -> None:
    async with running(ticker):
        await asyncio.sleep(0.02)
        late = Face(ticker.watch(ending(3600.9, number=1)))
        soon = Face(ticker.watch(ending(0.1, number=2)))
        await until(lambda: soon.texts[-1] == "0:00")
        assert late.texts == ["1:00:01"]


async def test_the_same_text_tells_nobody_anything(ticker: Ticker) -> None:
    dial = ticker.watch(ending(100.5))
    face = Face(dial)
    for _ in range(5):
        dial.tick()
    assert len(face.told) == 1


async def test_a_closed_trade_s_clock_stands_still(ticker: Ticker) -> None:
    trade = ending(0.1)
    over = replace(trade, status=Status.ACCEPTED, closed_at=trade.expires_at - timedelta(seconds=90))
    async with running(ticker):
        face = Face(ticker.watch(over))
        await asyncio.sleep(0.3)
    assert face.texts == ["1:30"]


async def test_the_end_of_a_trade_stops_its_clock_at_once(ticker: Ticker) -> None:
    trade = ending(200)
    face = Face(ticker.watch(trade))
    ticker.follow(replace(trade, status=Status.REJECTED, closed_at=trade.expires_at - timedelta(seconds=65)))
    assert face.reading == Reading("1:05", Phase.OVER)
    ticker.follow(replace(trade, id=99))


async def test_one_listener_that_fails_does_not_stop_the_other_clocks(
    ticker: Ticker, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object = None) -> None:
        raise KeyError("a page's mistake")

    bad, worse, good = (ticker.watch(ending(0.3 + n / 10, number=n)) for n in range(3))
    face = Face(good)
    with caplog.at_level(logging.ERROR):
        async with running(ticker):
            bad.on_tick = fail
            worse_face = Face(worse)
            binding.bind_to(worse, "reading", Page(), "reading", lambda r: fail() if r.text == "0:00" else r)
            await until(lambda: face.texts[-1] == "0:00")
    assert face.texts == ["0:01", "0:00"]
    assert worse_face.texts[-1] == "0:00"
    assert all(f"the clock of trade {number} could not be shown" in caplog.text for number in (0, 1))
    assert bad.reading.text == "0:00"


async def test_all_who_watch_a_trade_share_its_dial_until_the_last_one_goes(ticker: Ticker) -> None:
    trade = ending(0.2)
    first = ticker.watch(trade)
    assert ticker.watch(trade) is first
    ticker.unwatch(first)
    async with running(ticker):
        await until(lambda: first.reading.text == "0:00")
        ticker.unwatch(first)
        second = ticker.watch(trade)
        assert second is not first
        await asyncio.sleep(0.2)
    assert second.reading.text == "0:00"


async def test_what_nobody_watches_is_not_ticked(ticker: Ticker) -> None:
    ticks: list[str] = []
    dial = ticker.watch(ending(0.1))
    dial.on_tick = lambda: ticks.append("tick")
    ticker.unwatch(dial)
    async with running(ticker):
        await asyncio.sleep(0.3)
    assert ticks == []


async def test_the_databases_clock_is_shown_and_not_this_machines() -> None:
    ahead = timedelta(hours=1)
    ticker = Ticker(lambda: datetime.now(UTC) + ahead)
    trade = ending(3600 + 90)
    assert ticker.watch(trade).reading.text == "1:30"
