"""A page of somebody's trades, or of everybody's, where thousands are closed: it is put together from as many rows as
before."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from app.db import selections
from app.domain.kinds import Status
from tests.bench.crowd import CROWD
from tests.conftest import Market

ALL = tuple(Status)


def rows_read(plan: dict[str, Any], table: str = "trades") -> int:
    """How many rows of the table a plan's run has touched."""
    mine = 0
    if plan.get("Relation Name") == table:
        mine = (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"]
    return int(mine) + sum(rows_read(part, table) for part in plan.get("Plans", []))


async def rows_asked_for(market: Market, owner_url: str, ask: Callable[[int, int], Awaitable[Any]]) -> int:
    """How many trades are touched where `ask(seller, buyer)` asks for theirs: three open ones, and thousands of closed
    ones."""
    deals = [await market.deal(f"Open {n}") for n in range(3)]
    people = {"seller": deals[0].seller.id, "buyer": deals[0].buyer.id}
    asked: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        asked.append((statement, parameters))

    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        crowd = people | {"name": "crowd", "count": 5_000, "closed": 100, "messages": 0}
        await connection.execute(CROWD, crowd)
        await connection.execute("ANALYZE trades")
        event.listen(Engine, "before_cursor_execute", note)
        try:
            await ask(*people.values())
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        ((statement, parameters),) = asked
        # So few rows are read as fast all at once; the question is whether they have to be.
        await connection.execute("SET enable_seqscan = off")
        answer = await connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters)
        ((plan,),) = await answer.fetchall()
        (top,) = plan if isinstance(plan, list) else json.loads(plan)
        return rows_read(top["Plan"])


@pytest.mark.parametrize("side", [0, 1])
async def test_a_page_costs_the_same_however_many_trades_are_closed(market: Market, owner_url: str, side: int) -> None:
    async def ask(*people: int) -> None:
        found = await market.history.trades_of(people[side], ALL, offset=20, limit=21)
        assert [standing.trade.status for standing in found] == [Status.ACCEPTED] * 21

    assert await rows_asked_for(market, owner_url, ask) < 200


async def test_a_search_goes_through_the_latest_closed_trades_and_no_further(
    market: Market, owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(selections, "_LOOKED_THROUGH", 50)

    async def ask(seller: int, _: int) -> None:
        assert not await market.history.trades_of(seller, ALL, offset=0, limit=21, part="in no title")

    assert await rows_asked_for(market, owner_url, ask) < 200


@pytest.mark.parametrize("statuses", [ALL, (Status.ACCEPTED,)])
async def test_everybody_s_page_costs_the_same(market: Market, owner_url: str, statuses: tuple[Status, ...]) -> None:
    async def ask(*_: int) -> None:
        assert len(await market.history.activity(statuses, "", offset=25, limit=26)) == 26

    assert await rows_asked_for(market, owner_url, ask) < 200
