"""Who is to be told of something by mail: a question to the rows, asked again and again, and no event that can be lost.

What somebody did themselves they have seen, and all before it. One absence brings one mail about what is new, one
before the deadline where there is something to answer, and one about the outcome; the next about news comes after they
have been there again. The warning goes also to who has seen the offer and is not there now. A deadline that creeps on
is warned of again only when it is as much later as warnings come early, however often it has moved. The marks of that
move in the transaction that defers the jobs.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import namedtuple_row

from app.db.checks import among
from app.db.engine import Database
from app.db.queue import MAIL_NEWS, Queue
from app.domain.kind_lists import kinds_that_close, kinds_that_matter
from app.domain.kinds import OPEN, Kind
from app.domain.read_marks import BEFORE_DEADLINE

UNSEEN_FOR = timedelta(minutes=2)
"""So long something must have been there before somebody is told."""
_LOOK_BACK = timedelta(days=1)
"""Trades in which nothing happened for so long have nothing to tell that was not told."""
_AT_ONCE = 200
"""How many are told in one transaction."""
_LOCK = 5_202_611_227
"""The advisory lock with which one process sweeps and the others leave it to that one."""
DEADLINE = "deadline"
"""What a mail is about that is not about something that happened."""
_TOLD = kinds_that_matter()


class Absence(NamedTuple):
    """What a mail has to say, as the database has it now; `kinds` of what is new."""

    name: str
    address: str
    time_zone: str
    other: str | None
    title: str
    code: str
    version: int
    deadline: datetime
    kinds: Sequence[str]


class Absences:
    """Finds whom to tell, and what."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue

    async def sweep(self, here: Sequence[tuple[int, int]] = ()) -> int:
        """Defer a job for each person and trade that is due, once however many sweep at the same time; how many.

        `here` are those who look at a trade right now, as trade's and person's ids: they need no warning.
        """
        total = 0
        while count := await self._sweep_some(here):
            total += count
            if count < SWEEP_VALUES["at_once"]:
                break
        return total

    async def read(self, trade_id: int, user_id: int, seq: int, *, warns: bool = False) -> Absence | None:
        """What to tell somebody who has not seen this action; None where they have, or want no mail any more.

        A mail may come late, after hours without a mail server: None also where the trade has ended since, which has a
        mail of its own, or will have. `warns` of a deadline: None where there is nothing more to answer, or no time, or
        so much that a later sweep warns: the deadline may have moved a little meanwhile.
        """
        values = {"trade": trade_id, "user": user_id, "seq": seq, "warns": warns, "before": 2 * BEFORE_DEADLINE}
        async with self._database.raw() as connection:
            row = await (await connection.execute(_READ.encode(), values)).fetchone()
        return Absence(*row) if row else None

    async def _sweep_some(self, here: Sequence[tuple[int, int]]) -> int:
        present = {"here": [trade for trade, _ in here], "who": [person for _, person in here]}
        async with self._database.transaction() as connection:
            row = await (await connection.execute(_TAKE_TURN, {"lock": _LOCK})).fetchone()
            if not row or not row[0]:
                return 0
            cursor = connection.cursor(row_factory=namedtuple_row)
            await cursor.execute(SWEEP.encode(), {**SWEEP_VALUES, **present})
            due: list[Any] = await cursor.fetchall()
            jobs = ({"trade_id": d.trade_id, "user_id": d.user_id, "seq": d.seq, "about": about(d)} for d in due)
            await self._queue.defer(MAIL_NEWS, *jobs, connection=connection)
        return len(due)


def about(due: Any) -> str:
    """What the mail is about: the weightiest of what is new, but the deadline where that is why it is sent."""
    if due.is_warning:
        return DEADLINE
    return weightiest(due.kinds).value


def weightiest(kinds: Sequence[str]) -> Kind:
    """What a mail tells, of all that is new."""
    return next(kind for kind in _TOLD if kind in kinds)


_TAKE_TURN = "SELECT pg_try_advisory_xact_lock(%(lock)s)"

_PARTIES = """
    CROSS JOIN LATERAL (VALUES (t.seller_id, 'seller'), (t.buyer_id, 'buyer')) AS party (user_id, role)
    JOIN addresses e ON e.user_id = party.user_id AND e.subscribed AND e.address IS NOT NULL
    LEFT JOIN read_marks m ON m.trade_id = t.id AND m.user_id = party.user_id
"""
_OWN = """
    CROSS JOIN LATERAL (
        SELECT greatest(coalesce(m.seen_seq, 0), coalesce(max(a.seq), 0)) AS seen FROM trade_actions a
        WHERE a.trade_id = t.id AND a.seq > coalesce(m.seen_seq, 0) AND a.actor_id = party.user_id
    ) AS own
"""
_ENDS = among("kind", kinds_that_close())
_LAST_CALL = """
    t.status = 'in_negotiation' AND t.expires_at > now() AND t.expires_at <= now() + %(before)s
    AND (t.offered_by <> party.role OR party.role = 'seller' AND t.request <> '')
"""
_AWAY = """
    coalesce(m.seen_at, '-infinity') <= now() - %(unseen_for)s
    AND (t.id, party.user_id) NOT IN (SELECT * FROM unnest(%(here)s::bigint[], %(who)s::bigint[]))
"""

SWEEP = f"""
    WITH trade AS (
        SELECT id FROM trades WHERE active_at > now() - %(look_back)s
        UNION
        SELECT id FROM trades
        WHERE {among("status", OPEN)} AND expires_at > now() AND expires_at <= now() + %(before)s
    ), due AS (
        SELECT t.id AS trade_id, party.user_id, news.kinds, last_call.warns AND NOT news.has_ended AS is_warning,
               CASE WHEN last_call.warns THEN t.seq ELSE news.newest END AS seq,
               CASE WHEN last_call.is_now THEN t.expires_at END AS warned
        FROM trade JOIN trades t USING (id) {_PARTIES} {_OWN}
        CROSS JOIN LATERAL (
            SELECT max(seq) AS newest, array_agg(DISTINCT kind) AS kinds,
                   coalesce(bool_or({_ENDS}), false) AS has_ended,
                   coalesce(bool_or({_ENDS} AND seq > coalesce(m.mailed_seq, 0)), false) AS ends
            FROM trade_actions a
            WHERE a.trade_id = t.id AND a.seq > own.seen AND a.actor_id IS DISTINCT FROM party.user_id
              AND {among("kind", _TOLD)} AND a.at <= now() - %(unseen_for)s
        ) AS news
        CROSS JOIN LATERAL (
            SELECT is_now, is_now AND t.expires_at >= coalesce(m.mailed_deadline + %(before)s, '-infinity')
                   AND (news.newest IS NOT NULL OR {_AWAY}) AS warns
            FROM (SELECT {_LAST_CALL} AS is_now) AS answerable
        ) AS last_call
        WHERE (t.closed_at IS NULL OR t.closed_at <= now() - %(unseen_for)s)
          AND (last_call.warns OR news.newest IS NOT NULL AND (coalesce(m.mailed_seq, 0) <= own.seen OR news.ends))
        ORDER BY t.expires_at, t.id
        LIMIT %(at_once)s
    ), marked AS (
        INSERT INTO read_marks (trade_id, user_id, mailed_seq, mailed_deadline)
        SELECT trade_id, user_id, seq, warned FROM due
        ON CONFLICT (trade_id, user_id) DO UPDATE SET
            mailed_seq = greatest(read_marks.mailed_seq, EXCLUDED.mailed_seq),
            mailed_deadline = coalesce(EXCLUDED.mailed_deadline, read_marks.mailed_deadline)
    )
    SELECT trade_id, user_id, seq, kinds, is_warning FROM due
"""  # noqa: S608 - put together from the constants above
SWEEP_VALUES: dict[str, Any] = {
    "look_back": _LOOK_BACK,
    "before": BEFORE_DEADLINE,
    "unseen_for": UNSEEN_FOR,
    "at_once": _AT_ONCE,
}

_READ = f"""
    SELECT me.name, e.address, coalesce(zone.time_zone, 'UTC'), other.name, t.title, t.code, t.version, t.expires_at,
           news.kinds
    FROM trades t {_PARTIES} {_OWN}
    CROSS JOIN LATERAL (
        SELECT array_agg(DISTINCT kind) AS kinds, coalesce(max(seq) FILTER (WHERE {_ENDS}), 0) AS ended
        FROM trade_actions a
        WHERE a.trade_id = t.id AND a.seq > own.seen AND a.actor_id IS DISTINCT FROM party.user_id
          AND {among("kind", _TOLD)}
    ) AS news
    JOIN users me ON me.id = party.user_id
    LEFT JOIN users other ON other.id = CASE party.role WHEN 'seller' THEN t.buyer_id ELSE t.seller_id END
    LEFT JOIN LATERAL (
        SELECT time_zone FROM sessions s WHERE s.user_id = me.id ORDER BY s.seen_at DESC LIMIT 1
    ) AS zone ON true
    WHERE t.id = %(trade)s AND party.user_id = %(user)s
      AND CASE WHEN %(warns)s THEN {_LAST_CALL} ELSE
          own.seen < %(seq)s AND news.ended <= %(seq)s AND (t.closed_at IS NOT NULL OR t.expires_at > now())
      END
"""  # noqa: S608 - the same
