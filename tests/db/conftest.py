"""The sweep for who is to be told by mail, on a test's database."""

from datetime import timedelta
from typing import Any

import pytest

from app.db.absences import SWEEP_VALUES, Absences
from app.db.queue import MAIL_NEWS, Queue
from app.domain.trade import Person
from tests.conftest import Deal, Market


class Post:
    """The sweep on a test's database, and what has been put into the queue by it."""

    def __init__(self, market: Market, queue: Queue) -> None:
        self.market = market
        self.absences = Absences(market.database, queue)

    async def run(self, statement: str, *values: object) -> list[Any]:
        """What a statement returns, if anything."""
        async with self.market.database.raw() as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []

    async def address(self, person: Person, *, subscribed: bool = True) -> None:
        """Give somebody a confirmed address."""
        await self.run(
            "INSERT INTO addresses (user_id, address, subscribed) VALUES (%s, %s, %s)",
            person.id,
            f"person-{person.id}@example.com",
            subscribed,
        )

    async def see(self, deal: Deal, person: Person, seq: int | None = None) -> None:
        """Somebody has the trade on their screen."""
        await self.run(
            "INSERT INTO read_marks (trade_id, user_id, seen_seq, seen_at) VALUES (%s, %s, %s, now())"
            " ON CONFLICT (trade_id, user_id) DO UPDATE SET seen_seq = EXCLUDED.seen_seq",
            deal.id,
            person.id,
            seq or (await deal.standing()).seq,
        )

    async def told(self, *here: tuple[int, int]) -> list[tuple[int, str]]:
        """Sweep once: whom that told, and of what."""
        await self.run("DELETE FROM procrastinate_jobs")
        await self.absences.sweep(here)
        rows = await self.run("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", MAIL_NEWS)
        return [(args["user_id"], args["about"]) for (args,) in rows]


@pytest.fixture
async def post(market: Market, queue: Queue, deal: Deal, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Sam and Bea have addresses and have seen that Bea has joined; what is new is due at once."""
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", timedelta(0))
    post = Post(market, queue)
    for person in (deal.seller, deal.buyer):
        await post.address(person)
        await post.see(deal, person)
    return post
