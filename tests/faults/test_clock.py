"""The server's clock is wrong by an hour, or is stepped by one under a running server: the database's clock counts."""

import os
import signal
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from secrets import token_hex

import pytest

from tests.bench.browser import Browser
from tests.bench.page import Page
from tests.bench.person import Person
from tests.bench.town import town
from tests.conftest import Server
from tests.faults import clock
from tests.faults.talk import Said, hears, nothing_is_lost, status_of
from tests.faults.traderoom import Traderoom, rows, running

HOUR = 3600.0
MINUTES = 7.0
"""To a deadline that is only counted down to."""
_LEFT = "SELECT extract(epoch FROM expires_at - clock_timestamp()) FROM trades WHERE id = %s"
_LATE = "SELECT extract(epoch FROM closed_at - expires_at) FROM trades WHERE id = %s"
LATE = 6.0
"""Seconds: a job with so near a deadline may have to wait for the next poll."""


@pytest.mark.parametrize("wrong_by", [HOUR, -HOUR], ids=["ahead", "behind"])
async def test_a_clock_that_is_an_hour_wrong_and_then_set_right_changes_no_countdown_and_no_deadline(
    place: Path, server: Server, url: str, owner_url: str, wrong_by: float
) -> None:
    file = place / f"clock{wrong_by:+.0f}"
    file.write_text(str(wrong_by))
    async with _under_a_clock(place, url, file) as application:
        seller, buyer, trade = await _keeps_time(application, url, owner_url)
        shown = _shown(buyer.page)
        file.write_text("0")
        os.kill(application.server.pid, signal.SIGUSR2)  # it is set right while people are here: a step of an hour
        await buyer.until(lambda page: _shown(page) <= shown - 2)
        for person in (seller, buyer):
            assert abs(_shown(person.page) - await _remaining(owner_url, trade)) < 2
        await _keeps_time(application, url, owner_url)


def _under_a_clock(place: Path, url: str, file: Path) -> AbstractAsyncContextManager[Traderoom]:
    return running(place, url, program=("-m", "tests.faults.clock"), environment={clock.FILE: str(file)})


async def _keeps_time(application: Traderoom, url: str, owner_url: str) -> tuple[Person, Person, int]:
    """A countdown is right, an offer expires at its deadline and not before, one can sign in and say something.

    Returns two people who are in the room of a trade.
    """
    async with town(url) as there:
        people = await there.people(4, token_hex(4))
        running_on = await there.deal(people[0], people[1], MINUTES)
        ending = await there.deal(people[2], people[3], 3 / 60)
    pair = await application.meet(running_on)
    watcher = await application.enter(ending.buyer, ending.path)
    said = Said()
    await hears(*pair, said)
    assert abs(_shown(pair[0].page) - await _remaining(owner_url, running_on.trade.id)) < 2
    await watcher.until(lambda page: status_of(page) == "Expired")
    [(late,)] = await rows(owner_url, _LATE, ending.trade.id)
    assert 0 <= late < LATE
    newcomer = Person(Browser(application.server.site))
    await newcomer.sign_in(token_hex(8), "correct horse battery", new=True)
    await newcomer.visit("/trades")
    await newcomer.leave()
    await nothing_is_lost(owner_url, said)
    return *pair, running_on.trade.id


def _shown(page: Page) -> float:
    """The seconds that the room's clock shows."""
    minutes, seconds = page.text("countdown").split(":")
    return int(minutes) * 60 + int(seconds)


async def _remaining(owner_url: str, trade: int) -> float:
    [(left,)] = await rows(owner_url, _LEFT, trade)
    return float(left)
