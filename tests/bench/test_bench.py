"""The bench's own people can still do what people do: as long as this holds, the bench measures something."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import NoPageError, Person
from tests.bench.process import ROOT, Process, start
from tests.bench.stage import UNLIMITED, Site
from tests.bench.town import SECRET, Town, town
from tests.ports import free_port

MEASURED = (
    "message", "amend", "room page", "highest rate with p95 ≤ 250 ms", "memory per person", "40 connected",
    "1,000 earlier messages", "dashboard", "expiry", "one action in the ledger", "start to first answer",
    "20 join at once", "sign-in, a first visit", "room, a first visit", "room, a second visit", "key pressed",
)  # fmt: skip
"""What a short run has rows about, by the beginnings of their names."""


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


@pytest.mark.timeout(400)
def test_a_short_run_measures_everything_and_the_server_complains_of_nothing(tmp_path: Path) -> None:
    kept = tmp_path / "figures.json"
    command = [sys.executable, "-m", "tests.bench", "--short", "--json", str(kept)]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    told = json.loads(kept.read_text())
    figures = {row["name"]: row["median"] for row in told["rows"]}
    assert [name for name, figure in figures.items() if figure is None] == []
    assert [missing for missing in MEASURED if not any(name.startswith(missing) for name in figures)] == []
    assert [curve["name"] for curve in told["curves"]] == [
        "latency against load",
        "latency against load, 12 keys typed before each",
        "memory against people",
    ]
    assert {figures["messages lost"], figures["20 join at once: turned away or dropped"]} == {0}
    assert told["complaints"] == []


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
