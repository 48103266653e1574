"""What a room shows for long is found by keys, however much was said since."""

import json

import psycopg

from app.db.history import _MILESTONES
from tests.bench.crowd import CROWD
from tests.conftest import Market
from tests.db.test_my_trades import rows_read


async def test_milestones_cost_the_same_however_much_was_said(market: Market, owner_url: str) -> None:
    seller, buyer = await market.person("Sam"), await market.person("Bea")
    lots = {"seller": seller.id, "buyer": buyer.id, "name": "crowd", "count": 5, "closed": 0, "messages": 2_000}
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        made = await (await connection.execute(CROWD, lots)).fetchone()
        await connection.execute("ANALYZE trade_actions")
        asked = {"trade": made and made[0], "above": -49, "seen_version": 0, "seen_by": 0, "limit": 55}
        answer = await connection.execute(
            b"EXPLAIN (ANALYZE, FORMAT JSON) " + _MILESTONES.sql, _MILESTONES.constants | asked
        )
        ((plan,),) = await answer.fetchall()
        (top,) = plan if isinstance(plan, list) else json.loads(plan)
        assert rows_read(top["Plan"], "trade_actions") < 20
