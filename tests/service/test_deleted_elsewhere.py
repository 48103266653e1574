"""An account that was deleted is "Deleted user" in every process at once: in rooms, on dashboards and in lists."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from app.db.engine import Database
from app.db.feed import Feed
from app.db.history import History
from app.domain.names import GONE
from app.domain.trade import Person
from app.rooms.dashboard import Dashboard
from app.rooms.listing import Query
from app.rooms.lists import Watcher
from app.rooms.lobby import Lobby
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from tests.conftest import Market
from tests.db.test_feed import until


class Elsewhere:
    """Another process: its lobby, its dashboard, and the feed that brings it news."""

    def __init__(self, database: Database) -> None:
        history, presence = History(database), Presence()
        self.dashboard = Dashboard(history, presence)
        self.lobby = Lobby(history, Ticker(database.clock.now), presence, self.dashboard)
        self.feed = Feed(
            database,
            "elsewhere",
            self.lobby.heard,
            self.lobby.resume,
            renamed=lambda user_id, name: self.lobby.rename(Person(user_id, name)),
        )


@pytest.fixture
async def elsewhere(url: str) -> AsyncIterator[Elsewhere]:
    """Another process that listens."""
    database = Database(url)
    await database.open()
    process = Elsewhere(database)
    task = asyncio.create_task(process.feed.run())
    await until(lambda: process.feed.listening)
    yield process
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await database.close()


async def test_who_is_deleted_has_no_name_in_another_process(elsewhere: Elsewhere, market: Market) -> None:
    deal = await market.draft(by="Ann who goes")
    room = await elsewhere.lobby.enter(deal.id)
    assert room is not None
    listing = await elsewhere.dashboard.open(Query())
    shown: list[Person] = []
    elsewhere.lobby.lists.watch(deal.buyer.id, Watcher(lambda *_: None, shown.append))
    put: list[str] = []
    listing.changed.subscribe(lambda _, in_place, __: put.extend(line.trade.seller.name for line in in_place))
    assert room.trade.seller.name == "Ann who goes"
    assert deal.seller in elsewhere.lobby.people()

    assert await market.accounts.delete_user(deal.seller.id, GONE)
    await until(lambda: bool(shown))
    assert shown == [Person(deal.seller.id, GONE)]
    assert room.trade.seller.name == GONE
    assert {action.actor.name for action in room.recent if action.actor} == {GONE}
    assert listing.lines[deal.id].trade.seller.name == GONE
    assert put == [GONE]


async def test_a_room_that_was_read_before_and_opens_after_the_deletion_has_the_new_name(
    elsewhere: Elsewhere, market: Market
) -> None:
    deal = await market.draft(by="Ann in a hurry")
    before = await market.history.trade(deal.id)
    assert await market.accounts.delete_user(deal.seller.id, GONE)
    await until(lambda: deal.seller.id in elsewhere.lobby._names)
    room = await elsewhere.lobby.enter(deal.id, before)
    assert room is not None
    assert room.trade.seller.name == GONE


async def test_who_was_deleted_while_no_news_came_is_found_out(market: Market) -> None:
    deal = await market.draft(by="Ann in the dark")
    assert await market.accounts.renamed([deal.seller, deal.buyer]) == []
    assert await market.accounts.delete_user(deal.seller.id, GONE)
    assert await market.accounts.renamed([deal.seller, deal.buyer]) == [Person(deal.seller.id, GONE)]
