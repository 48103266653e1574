"""How far people have seen their trades, and what is new to them. It lies outside of the chain, and changes nothing."""

from collections.abc import Collection
from typing import Any

from psycopg.rows import namedtuple_row

from app.db.engine import Database
from app.domain.actions import Action
from app.domain.kinds import KINDS, Kind, Role
from app.domain.read_marks import News, ReadMark
from app.domain.trade import Person

MOST_COUNTED = 100
"""So many of the newest actions are looked at for what is new; where all of them are, there may be more."""
_SILENT = [kind.value for kind, rules in KINDS.items() if rules.silent]


class ReadMarkStore:
    """Keeps one mark for each person and trade."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def see(self, user_id: int, trade_id: int, seq: int) -> bool:
        """Keep that a party has seen everything up to `seq`, and is there now; the mark never goes back.

        False, and nothing is kept, for somebody else, or whose account is deleted.
        """
        return bool(await self._rows(_SEE, user=user_id, trade=trade_id, seq=seq))

    async def of_trade(self, user_id: int, trade_id: int) -> dict[int, ReadMark]:
        """The marks in a trade, by user id, as one of its parties may know them."""
        return {row.user_id: _mark(row) for row in await self._rows(_OF_TRADE, user=user_id, trade=trade_id)}

    async def of_person(self, user_id: int) -> dict[int, ReadMark]:
        """All marks of a person, by the trade's id."""
        return {row.trade_id: _mark(row) for row in await self._rows(_OF_PERSON, user=user_id)}

    async def news(self, user_id: int, trade_ids: Collection[int]) -> dict[int, News]:
        """What is new to somebody in their own trades among these, by the trade's id: one question for all of them.

        Whoever has acted has seen what came before. It costs the same at any length of a trade.
        """
        values = {"user": user_id, "trades": list(trade_ids), "silent": _SILENT, "most": MOST_COUNTED}
        return {row.trade_id: News(row.unread, _newest(row)) for row in await self._rows(_NEWS, **values)}

    async def _rows(self, statement: str, **values: object) -> list[Any]:
        async with self._database.raw() as connection, connection.cursor(row_factory=namedtuple_row) as cursor:
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchall()


def _mark(row: Any) -> ReadMark:
    return ReadMark(row.seen_seq, row.seen_at, row.mailed_seq, row.mailed_deadline)


def _newest(row: Any) -> Action:
    kind = Kind(row.kind)
    return Action(
        kind=kind,
        at=row.at,
        actor=Person(row.actor_id, row.actor_name) if row.actor_id is not None else None,
        role=Role(row.role) if row.role is not None else None,
        version=row.version,
        text=row.text,
        seq=row.seq,
    )


_SEE = """
    INSERT INTO read_marks AS mark (trade_id, user_id, seen_seq, seen_at)
    SELECT t.id, u.id, least(%(seq)s, t.seq), clock_timestamp()
    FROM trades t JOIN users u ON u.id IN (t.seller_id, t.buyer_id)
    WHERE t.id = %(trade)s AND u.id = %(user)s AND u.deleted_at IS NULL
    ON CONFLICT (trade_id, user_id) DO UPDATE SET
        seen_seq = greatest(mark.seen_seq, excluded.seen_seq), seen_at = greatest(mark.seen_at, excluded.seen_at)
    RETURNING seen_seq
"""
_OF_TRADE = """
    SELECT mark.user_id, mark.seen_seq, mark.seen_at, mark.mailed_seq, mark.mailed_deadline
    FROM read_marks mark JOIN trades t ON t.id = mark.trade_id
    WHERE t.id = %(trade)s AND %(user)s IN (t.seller_id, t.buyer_id)
"""
_OF_PERSON = """
    SELECT trade_id, seen_seq, seen_at, mailed_seq, mailed_deadline FROM read_marks WHERE user_id = %(user)s
"""
_NEWS = """
    SELECT t.id AS trade_id, unseen.unread, newest.*, u.name AS actor_name
    FROM trades t
    LEFT JOIN read_marks mark ON mark.trade_id = t.id AND mark.user_id = %(user)s
    CROSS JOIN LATERAL (
        SELECT count(*) AS unread
        FROM (
            SELECT seq, max(seq) FILTER (WHERE actor_id = %(user)s) OVER () AS acted
            FROM (
                SELECT seq, actor_id FROM trade_actions
                WHERE trade_id = t.id AND seq > coalesce(mark.seen_seq, 0) AND kind <> ALL(%(silent)s)
                ORDER BY seq DESC LIMIT %(most)s
            ) later
        ) told
        WHERE seq > coalesce(acted, 0)
    ) unseen
    CROSS JOIN LATERAL (
        SELECT a.kind, a.at, a.actor_id, a.role, a.version, a.seq, left(coalesce(m.text, a.note), 200) AS text
        FROM trade_actions a LEFT JOIN messages m ON m.trade_id = a.trade_id AND m.seq = a.seq
        WHERE a.trade_id = t.id AND a.kind <> ALL(%(silent)s) ORDER BY a.seq DESC LIMIT 1
    ) newest
    LEFT JOIN users u ON u.id = newest.actor_id
    WHERE t.id = ANY(%(trades)s) AND %(user)s IN (t.seller_id, t.buyer_id)
"""
