"""The bench's own people can still do what people do: as long as this holds, the bench measures something."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import NoPageError, Person
from tests.bench.process import ROOT, Process, free_port, start
from tests.bench.stage import UNLIMITED, Site
from tests.bench.town import SECRET, Town, town


@pytest.fixture
async def traderoom(url: str, tmp_path: Path) -> AsyncIterator[Process]:
    """A real Traderoom in a process of its own."""
    port = free_port()
    settings = {**UNLIMITED, "TRADEROOM_DATABASE_URL": url, "TRADEROOM_SECRET": SECRET}
    running = start(
        tmp_path, "server", str(ROOT / "main.py"), "serve", "--port", str(port), port=port, settings=settings
    )
    try:
        await running.wait("/readyz")
        yield running
    finally:
        await running.stop()


@pytest.fixture
async def citizens(url: str) -> AsyncIterator[Town]:
    """The town that the server serves."""
    async with town(url) as inhabited:
        yield inhabited


async def test_headless_people_sign_up_meet_talk_and_amend(traderoom: Process, citizens: Town) -> None:
    newcomer = Person(Browser(traderoom.site))
    await newcomer.sign_in("Nora Newcomer", "a long password", new=True)
    await newcomer.visit("/trades")
    assert 5_000 < newcomer.page.size < 50_000
    await newcomer.leave()

    deal = (await citizens.rooms(1))[0]
    site = Site(traderoom)
    seller, buyer = await site.meet(deal)
    assert await deeds.say(seller, buyer) > 0
    assert await deeds.say(buyer, seller) > 0
    assert len(await deeds.amend(seller, [buyer, seller], 123_456)) == 2
    assert await deeds.say(seller, buyer) > 0
    deeds.show_tab(buyer, visible=False)
    assert await deeds.say(seller, buyer) > 0
    assert not seller.dropped
    assert not buyer.dropped
    assert traderoom.cpu() > 0
    assert traderoom.memory() > 0
    await site.empty()

    outsider = Person(newcomer.browser)
    with pytest.raises(NoPageError):
        await outsider.visit(deal.path)
    assert "Traceback" not in traderoom.said()


async def test_a_crowd_obeys_the_constraints(citizens: Town) -> None:
    seller, buyer = await citizens.people(2)
    await citizens.crowd(seller, buyer, 100, closed=50)
    deal = await citizens.crowd(seller, buyer, 1, messages=30)
    assert await citizens.count("trades") == 101
    assert await citizens.count("messages") == 30
    await citizens.say(deal, "One more.")
    actions = await citizens.history.actions(deal.trade.id)
    assert [action.seq for action in actions] == list(range(1, 34))
