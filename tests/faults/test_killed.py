"""Processes that are killed in the middle of their work (kill -9): what people saw confirmed is kept, exactly once."""

import asyncio

from tests.bench.town import town
from tests.faults.talk import Said, amend_on, fall_silent, hears, nothing_is_lost, talk_on
from tests.faults.traderoom import BACK, Traderoom, rows, until

PAIRS = 6
_ENOUGH = 40
"""Messages after which the server is killed, while others are on their way."""


async def test_what_was_confirmed_before_a_kill_is_there_exactly_once_and_what_fell_due_meanwhile_expires(
    application: Traderoom, url: str, owner_url: str
) -> None:
    async with town(url) as there:
        deals = await there.rooms(PAIRS)
    pairs = await application.meet_all(deals)
    before = await application.held()
    said = Said()
    saved: list[list[int]] = [[], []]
    work = [asyncio.create_task(talk_on(person, said)) for pair in pairs[2:] for person in pair]
    for number, prices in enumerate(saved):
        work.append(asyncio.create_task(amend_on(*pairs[number], 10_000 * (number + 1), prices)))
    await until(lambda: len(said.sent) >= _ENOUGH and all(len(prices) >= 3 for prices in saved))
    await application.server.kill()
    assert all(not task.done() for task in work), "everybody was in the middle of it"
    await fall_silent(work)

    async with town(url) as there:
        overdue = [await there.deal(deal.seller, deal.buyer, minutes=0.5 / 60) for deal in deals[:3]]
        await until(lambda: _is_past(url))
    await nothing_is_lost(owner_url, said)
    for deal, prices in zip(deals[:2], saved, strict=True):
        statement = "SELECT (price * 100)::bigint FROM trade_versions WHERE trade_id = %s ORDER BY version"
        kept = [cents for (cents,) in await rows(owner_url, statement, deal.trade.id)]
        assert kept[1:] in (prices, [*prices, prices[-1] + 1]), "the last one may have been saved and not been shown"

    await application.start_again()
    came_back = await until(lambda: _expired(url, [deal.trade.id for deal in overdue]), within=BACK)
    for person in application.people:
        person.cut()
    application.people.clear()
    pairs = await application.meet_all(deals)
    for seller, buyer in pairs:
        await hears(buyer, seller, said)
        await hears(seller, buyer, said)
    await nothing_is_lost(owner_url, said)
    await application.leaves_nothing_behind(before)
    assert came_back < BACK


async def _is_past(url: str) -> bool:
    return not await rows(
        url, "SELECT 1 FROM trades WHERE closed_at IS NULL AND expires_at BETWEEN now() AND now() + '1 min'"
    )


async def _expired(url: str, trades: list[int]) -> bool:
    found = await rows(url, "SELECT 1 FROM trades WHERE id = ANY(%s) AND status = 'expired'", trades)
    return len(found) == len(trades)
