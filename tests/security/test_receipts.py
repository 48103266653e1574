"""Receipts of a very long trade, again and again: made away from everybody else's pages, one at a time for a person.
And all that is held about people, and trades on paper, as often as they may ask for it at once."""

import asyncio

import pytest

from app.domain import rules
from app.domain.kinds import Role
from app.domain.moves import Accept
from tests.bench.town import Citizen, Deal, Town
from tests.e2e.server import Server
from tests.security.conftest import NewScene
from tests.security.intruder import client
from tests.security.nuisance import PATIENCE, assert_nobody_notices
from tests.security.test_sessions import cookies_of

MESSAGES = 20_000
EXPORTS = 28
"""At once: two less than a person may ask for within a minute."""


async def long_trade(place: Town) -> Deal:
    """Two people have talked very much, and agreed."""
    seller, buyer = await place.people(2, "Somebody talkative")
    deal = await place.crowd(seller, buyer, 1, messages=MESSAGES)
    accepted = rules.apply(deal.trade, Accept(1), by=Role.BUYER, now=place.database.clock.now())
    assert await place.ledger.record(accepted) is not None
    return deal


@pytest.mark.by_the_clock
async def test_receipts_of_a_very_long_trade_hold_up_nobody(new_scene: NewScene, server: Server, place: Town) -> None:
    scene, deal = await new_scene(), await long_trade(place)
    answers: set[int] = set()

    async def ask(party: Citizen, kind: str) -> int:
        async with client(server.address, headers=cookies_of(party.cookies), timeout=PATIENCE * 3) as http:
            status = (await http.get(f"{deal.path}/receipt.{kind}")).status_code
        answers.add(status)
        return status

    async def attack() -> None:
        while True:
            parties = (deal.seller, deal.buyer)
            await asyncio.gather(*(ask(party, kind) for party in parties for kind in ("json", "pdf") * 3))

    await assert_nobody_notices(scene, server, attack)
    assert 429 in answers, "one at a time for a person"
    for party in (deal.seller, deal.buyer):
        async with asyncio.timeout(PATIENCE * 3):
            while await ask(party, "json") != 200:  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.2)
    assert answers == {200, 429}


@pytest.mark.by_the_clock
async def test_exports_of_many_trades_hold_up_nobody(new_scene: NewScene, server: Server, place: Town) -> None:
    scene = await new_scene()
    people = await place.people(2 * 5, "Somebody busy")  # others for each comparison: they may ask no more
    busy = list(zip(people[::2], people[1::2], strict=True))
    for seller, buyer in busy:
        await place.crowd(seller, buyer, 100, messages=100)

    async def ask(party: Citizen) -> None:
        async with client(server.address, headers=cookies_of(party.cookies), timeout=None) as http:
            assert (await http.get("/account/data.json")).status_code == 200

    async def attack() -> None:
        await asyncio.gather(*(ask(party) for party in busy.pop() for _ in range(EXPORTS)))

    await assert_nobody_notices(scene, server, attack)


@pytest.mark.by_the_clock
async def test_printouts_of_a_very_long_trade_hold_up_nobody(new_scene: NewScene, server: Server, place: Town) -> None:
    scene = await new_scene()
    people = await place.people(2 * 5, "Somebody who prints")  # others for each comparison: they may ask no more
    deals = [
        await place.crowd(seller, buyer, 1, messages=MESSAGES)
        for seller, buyer in zip(people[::2], people[1::2], strict=True)
    ]

    async def ask(party: Citizen, path: str) -> None:
        async with client(server.address, headers=cookies_of(party.cookies), timeout=None) as http:
            assert (await http.get(f"{path}/print")).status_code == 200

    async def attack() -> None:
        deal = deals.pop()
        await asyncio.gather(*(ask(party, deal.path) for party in (deal.seller, deal.buyer) for _ in range(EXPORTS)))

    await assert_nobody_notices(scene, server, attack)
