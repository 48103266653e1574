"""News from other processes, and what happens when the line is cut."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import pytest
import sqlalchemy.exc

from app.db import feed as feed_module
from app.db.engine import Database, connect
from app.db.feed import Feed
from app.db.history import History
from app.db.ledger import Ledger
from app.db.queue import Queue
from app.db.statements import CHANNEL
from app.domain.moves import Accept, RequestAmendment, SendMessage
from tests.conftest import Deal, Market
from tests.db.outage import cut, outage
from tests.db.server import Server

News = tuple[int, int, bool]


class Listener:
    """A process that listens: what it heard, and how often it was told to catch up."""

    def __init__(self, database: Database, origin: str = "here") -> None:
        self.news: list[News] = []
        self.resumptions = 0
        self.feed = Feed(database, origin, self.heard, self.resumed)

    def heard(self, trade_id: int, seq: int, own: bool) -> None:
        self.news.append((trade_id, seq, own))

    async def resumed(self) -> None:
        self.resumptions += 1

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Listener"]:
        """Run the feed; it must not end by itself. Resumptions count from when it listens."""
        task = asyncio.create_task(self.feed.run())
        await until(lambda: self.feed.listening or task.done())
        self.resumptions = 0
        try:
            yield self
            assert not task.done(), f"the feed has ended: {task.exception()!r}"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def until(happened: Callable[[], bool], *, within: float = 3) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(within):
        while not happened():  # noqa: ASYNC110 - nobody tells us
            await asyncio.sleep(0.01)


async def test_news_of_this_process_and_of_others_arrive_in_order_and_are_told_apart(
    market: Market, url: str, database: Database
) -> None:
    there = Ledger(database, Queue(url), "there")
    async with Listener(database).running() as here:
        deal = await market.deal()
        assert await there.record(await deal.ask(SendMessage("Hello"), deal.buyer))
        assert await there.record(await deal.ask(Accept(1), deal.buyer))
        await deal.play(SendMessage("Thanks"), deal.seller)
        await until(lambda: len(here.news) == 5)
    assert here.news == [(deal.id, seq, own) for seq, own in enumerate((True, True, False, False, True), start=1)]
    assert not here.feed.listening


async def test_sessions_that_end_are_heard_of_too(market: Market, database: Database) -> None:
    sam = await market.person("Sam")
    await market.accounts.create_session(sam.id, bytes(32))
    [session] = await market.accounts.sessions_of(sam.id)
    ended: list[int] = []
    here = Listener(database)
    here.feed = Feed(database, "here", here.heard, here.resumed, ended=ended.append)
    async with here.running():
        await market.accounts.end_sessions(sam.id)
        await until(lambda: bool(ended))
    assert (ended, here.news) == ([session.id], [])


async def test_every_process_hears_everything(market: Market, url: str, database: Database) -> None:
    other = Database(url)
    await other.open()
    async with Listener(database).running() as here, Listener(other, "there").running() as there:
        deal = await market.draft()
        await until(lambda: bool(here.news and there.news))
    assert (here.news, there.news) == ([(deal.id, 1, True)], [(deal.id, 1, False)])
    await other.close()


async def test_a_reader_finds_in_the_database_what_the_news_are_about(
    deal: Deal, database: Database, history: History
) -> None:
    """A notification never overtakes its row."""
    late: list[int] = []
    tasks: list[asyncio.Task[None]] = []

    async def look(trade_id: int, seq: int) -> None:
        if len(await history.actions_since(trade_id, seq - 1, limit=1)) != 1:
            late.append(seq)

    listener = Listener(database)
    feed = Feed(database, "there", lambda t, seq, _: tasks.append(asyncio.create_task(look(t, seq))), listener.resumed)
    listener.feed = feed
    async with listener.running():
        for n in range(30):
            await deal.play(SendMessage(f"message {n}"), deal.buyer)
        await until(lambda: len(tasks) == 30)
        await asyncio.gather(*tasks)
    assert late == []


async def test_a_cut_line_is_mended_and_the_rooms_are_told_to_catch_up(
    deal: Deal, database: Database, url: str
) -> None:
    async with Listener(database).running() as here:
        for times in (1, 2):
            await cut(url)
            await until(lambda times=times: here.resumptions == times and here.feed.listening)  # type: ignore[misc]
        async with asyncio.TaskGroup() as group:  # the pool is whole: all ten connections, at once
            for _ in range(20):
                group.create_task(deal.play(SendMessage("Still there?"), deal.buyer))
        await until(lambda: len(here.news) == 20)
    assert [seq for _, seq, _ in here.news] == list(range(3, 23))


async def test_what_is_recorded_while_the_rooms_catch_up_is_heard_too(deal: Deal, database: Database, url: str) -> None:
    """Listen first, then read: nothing falls between."""
    here = Listener(database)

    async def resumed() -> None:
        await deal.play(SendMessage("Meanwhile"), deal.buyer)
        here.resumptions += 1

    here.feed = Feed(database, "here", here.heard, resumed)
    async with here.running():
        await cut(url)
        await until(lambda: here.resumptions == 1)
        seq = (await deal.standing()).seq
        await until(lambda: (deal.id, seq, True) in here.news)


async def test_the_feed_says_that_it_does_not_listen_while_the_database_is_away_and_returns_within_a_second(
    server: Server, url: str, database: Database
) -> None:
    async with Listener(database).running() as here:
        async with outage(server, url):
            await until(lambda: not here.feed.listening)
            await asyncio.sleep(0.6)
            assert not here.feed.listening
            assert here.resumptions == 0
        await until(lambda: here.feed.listening, within=1.5)
        assert here.resumptions == 1


async def test_a_feed_that_could_not_listen_at_first_tells_the_rooms_to_catch_up_when_it_does(
    server: Server, url: str, database: Database
) -> None:
    here = Listener(database)
    async with outage(server, url):
        task = asyncio.create_task(here.feed.run())
        await asyncio.sleep(0.3)
        assert not here.feed.listening
    await until(lambda: here.feed.listening)
    task.cancel()
    await asyncio.wait([task])
    assert here.resumptions == 1


async def test_a_listener_that_fails_does_not_end_the_feed(
    deal: Deal, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    class Clumsy(Listener):
        def heard(self, trade_id: int, seq: int, own: bool) -> None:
            super().heard(trade_id, seq, own)
            raise KeyError(seq)

    async with Clumsy(database).running() as here:
        await deal.play(SendMessage("One"), deal.buyer)
        await deal.play(SendMessage("Two"), deal.buyer)
        await until(lambda: len(here.news) == 2)
    assert "could not be delivered" in caplog.text


async def test_rooms_that_fail_to_catch_up_do_not_end_the_feed(deal: Deal, database: Database, url: str) -> None:
    """The database may go away again while they read; SQLAlchemy's exceptions are not psycopg's."""

    class Unlucky(Listener):
        async def resumed(self) -> None:
            await super().resumed()
            if self.resumptions == 1:
                raise sqlalchemy.exc.OperationalError("SELECT", {}, Exception("the connection is lost"))

    async with Unlucky(database).running() as here:
        await cut(url)
        await until(lambda: here.resumptions == 1)
        await until(lambda: here.resumptions == 2 and here.feed.listening)
        await deal.play(SendMessage("Still there?"), deal.buyer)
        await until(lambda: len(here.news) == 1)


@pytest.mark.parametrize("payload", ["", "hello", "1 2", "one 2 here", "1 2 here or there"])
async def test_a_payload_of_somebody_else_s_does_not_end_the_feed(
    deal: Deal, database: Database, url: str, payload: str
) -> None:
    async with Listener(database).running() as here:
        async with await connect(url) as stranger:
            await stranger.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
        await deal.play(SendMessage("Still there?"), deal.buyer)
        await until(lambda: (deal.id, 3, True) in here.news)


async def test_news_that_arrive_between_two_beats_are_not_lost(
    deal: Deal, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed_module, "_BEAT", 0.001)
    monkeypatch.setattr(feed_module, "_MISSED", 1_000_000)
    async with Listener(database).running() as here:
        for n in range(100):
            await deal.play(RequestAmendment(f"Less, please ({n})"), deal.buyer)
        await until(lambda: len(here.news) == 100)
    assert [seq for _, seq, _ in here.news] == list(range(3, 103))


async def test_a_pool_that_is_exhausted_is_no_database_that_is_away(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(feed_module, "_BEAT", 0.05)
    database = Database(url, pool_size=1)
    await database.open()
    async with Listener(database).running() as here:
        async with database.raw():
            await asyncio.sleep(1)
            assert here.feed.listening
        assert here.resumptions == 0
    await database.close()
    assert not caplog.records


async def test_the_database_s_clock_is_measured_again_and_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine's clock that runs fast or slow, or a step of the database's, is made good while the server runs."""
    monkeypatch.setattr(feed_module, "_BEAT", 0.05)
    monkeypatch.setattr(feed_module, "_MEASURED", 2)
    clock, right = database.clock, database.clock._at_zero
    async with Listener(database).running():
        for wrong in (timedelta(seconds=3), timedelta(seconds=-3)):  # the first one the look at the start may set right
            clock._at_zero = right + wrong
            await until(lambda: abs(clock._at_zero - right) < timedelta(seconds=0.1))
