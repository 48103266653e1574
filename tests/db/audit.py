"""The promises that every trade keeps whatever happens, asked of the database itself."""

from decimal import Decimal

import psycopg

from app.domain.actions import Action
from app.domain.chain import GENESIS, body_of, link, utc_text
from app.domain.kind_lists import kinds_that_close
from app.domain.kinds import OPEN, Kind, Role
from app.domain.terms import Terms
from app.domain.trade import Person, Trade

_CLOSING = ", ".join(f"'{kind}'" for kind in kinds_that_close())
_OPEN = ", ".join(f"'{status}'" for status in OPEN)
_PROMISES = {
    "seq is gapless and the trade's own is the newest": """
        SELECT t.id FROM trades t LEFT JOIN trade_actions a ON a.trade_id = t.id GROUP BY t.id
        HAVING min(a.seq) <> 1 OR max(a.seq) <> t.seq OR count(a.seq) <> t.seq""",
    "time never runs backwards along seq": """
        SELECT trade_id FROM (SELECT trade_id, at, lag(at) OVER (PARTITION BY trade_id ORDER BY seq) AS earlier
                              FROM trade_actions) AS steps WHERE at < earlier""",
    "a trade has exactly the one closing action that its status names": f"""
        SELECT t.id FROM trades t LEFT JOIN trade_actions a
            ON a.trade_id = t.id AND a.kind IN ({_CLOSING}) GROUP BY t.id
        HAVING coalesce(string_agg(a.kind, '+'), 'none')
               <> CASE WHEN t.status IN ({_OPEN}) THEN 'none' ELSE t.status END""",
    "a closed trade was closed when its closing action was recorded": f"""
        SELECT t.id FROM trades t JOIN trade_actions a
            ON a.trade_id = t.id AND a.kind IN ({_CLOSING}) WHERE a.at <> t.closed_at""",
    "after the outcome there are messages only": f"""
        SELECT a.trade_id FROM trade_actions a JOIN trade_actions c
            ON c.trade_id = a.trade_id AND c.kind IN ({_CLOSING})
        WHERE a.seq > c.seq AND a.kind <> 'message_sent'""",
    "no move at or after the deadline that was in force, and no expiry before it": """
        SELECT trade_id FROM (SELECT trade_id, kind, at, lag(deadline, 1, deadline) OVER (
                                  PARTITION BY trade_id ORDER BY seq) AS in_force FROM trade_actions) AS steps
        WHERE kind <> 'message_sent' AND (kind = 'expired') <> (at >= in_force)""",
    "the deadline only grows, by extensions and offers alone, and the trade's is the last action's": """
        SELECT t.id FROM trades t JOIN (
            SELECT trade_id, seq, kind, deadline, at, lag(deadline, 1, deadline) OVER (
                PARTITION BY trade_id ORDER BY seq) AS before FROM trade_actions) AS a ON a.trade_id = t.id
        WHERE a.deadline < a.before
            OR (a.deadline > a.before) <> (a.kind = 'extended' OR (a.kind = 'amended' AND a.deadline <> a.before))
            OR (a.kind = 'amended' AND a.deadline > a.before AND a.deadline <> a.at + interval '2 minutes')
            OR (a.seq = t.seq AND a.deadline <> t.expires_at)""",
    "every offer in a negotiation leaves the other side two minutes": """
        SELECT a.trade_id FROM trade_actions a WHERE a.kind = 'amended' AND a.deadline < a.at + interval '2 minutes'
            AND (SELECT j.kind FROM trade_actions j WHERE j.trade_id = a.trade_id AND j.seq < a.seq
                     AND j.kind IN ('joined', 'seat_released') ORDER BY j.seq DESC LIMIT 1) = 'joined'""",
    "the version that was decided on is the one on the table": """
        SELECT t.id FROM trades t JOIN trade_actions a ON a.trade_id = t.id
        WHERE a.kind IN ('accepted', 'rejected', 'withdrawn') AND a.version <> t.version""",
    "the offer that stands is by whoever made the newest version": """
        SELECT t.id FROM trades t JOIN trade_actions a ON a.trade_id = t.id AND a.version = t.version
            AND a.kind IN ('created', 'amended') WHERE a.role <> t.offered_by""",
    "an offer is accepted, rejected and seen by the other side, and withdrawn by its own": """
        SELECT d.trade_id FROM trade_actions d JOIN trade_actions o ON (o.trade_id, o.version) = (d.trade_id, d.version)
            AND o.kind IN ('created', 'amended')
        WHERE d.kind IN ('accepted', 'rejected', 'offer_seen', 'withdrawn')
            AND (d.role = o.role) <> (d.kind = 'withdrawn')""",
    "an open request is the last one after the newest version": """
        SELECT t.id FROM trades t LEFT JOIN LATERAL (
            SELECT CASE kind WHEN 'amendment_requested' THEN note END AS request FROM trade_actions
            WHERE trade_id = t.id AND kind IN ('created', 'amended', 'amendment_requested') ORDER BY seq DESC LIMIT 1
        ) AS last ON true
        WHERE t.request <> coalesce(last.request, '')""",
    "what was seen last since the seat was taken is what the trade says": """
        SELECT t.id FROM trades t WHERE t.seen_version <> coalesce((
            SELECT max(a.version) FROM trade_actions a WHERE a.trade_id = t.id AND a.kind = 'offer_seen'
                AND a.seq > coalesce((SELECT max(seq) FROM trade_actions
                                      WHERE trade_id = t.id AND kind = 'seat_released'), 0)), 0)""",
    "seen moves no activity, everything else does": """
        SELECT t.id FROM trades t WHERE t.active_at <> (
            SELECT max(at) FROM trade_actions WHERE trade_id = t.id AND kind <> 'offer_seen')""",
    "versions are gapless, each made by one action": """
        SELECT t.id FROM trades t LEFT JOIN trade_versions v ON v.trade_id = t.id
            LEFT JOIN trade_actions a ON (a.trade_id, a.seq, a.version) = (v.trade_id, v.seq, v.version)
                AND a.kind IN ('created', 'amended') GROUP BY t.id
        HAVING min(v.version) <> 1 OR max(v.version) <> t.version OR count(a.seq) <> t.version""",
    "the trade shows the terms of its newest version": """
        SELECT t.id FROM trades t JOIN trade_versions v ON (v.trade_id, v.version) = (t.id, t.version)
        WHERE (v.price, v.quantity, v.description) <> (t.price, t.quantity, t.description)""",
    "the seat belongs to the one who joined last, unless it was released since": """
        SELECT t.id FROM trades t LEFT JOIN LATERAL (
            SELECT CASE kind WHEN 'joined' THEN actor_id END AS buyer FROM trade_actions
            WHERE trade_id = t.id AND kind IN ('joined', 'seat_released') ORDER BY seq DESC LIMIT 1
        ) AS last ON true
        WHERE last.buyer IS DISTINCT FROM t.buyer_id""",
    "the seat is taken and released in turns": """
        SELECT trade_id FROM (
            SELECT trade_id, kind, lag(kind, 1, 'seat_released') OVER (PARTITION BY trade_id ORDER BY seq) AS earlier
            FROM trade_actions WHERE kind IN ('joined', 'seat_released')) AS turns
        WHERE kind = earlier""",
    "only the seller and who sits in the buyer's seat act, each in their own role": """
        SELECT t.id FROM trades t JOIN trade_actions a ON a.trade_id = t.id
        WHERE a.actor_id IS DISTINCT FROM CASE a.role WHEN 'seller' THEN t.seller_id WHEN 'buyer' THEN (
            SELECT j.actor_id FROM trade_actions j WHERE j.trade_id = t.id AND j.kind IN ('joined', 'seat_released')
                AND j.seq <= a.seq ORDER BY j.seq DESC LIMIT 1) END
        OR (a.role = 'buyer' AND a.actor_id = t.seller_id)""",
    "a seat is released only before the buyer's first answer": """
        SELECT r.trade_id FROM trade_actions r JOIN trade_actions q ON q.trade_id = r.trade_id AND q.seq < r.seq
        WHERE r.kind = 'seat_released' AND q.role = 'buyer'
            AND q.kind IN ('amendment_requested', 'amended', 'accepted', 'rejected')""",
    "a trade is answered when the buyer has answered": """
        SELECT t.id FROM trades t WHERE t.answered <> EXISTS (SELECT FROM trade_actions a
            WHERE a.trade_id = t.id AND a.role = 'buyer'
                AND a.kind IN ('amendment_requested', 'amended', 'accepted', 'rejected'))""",
    "a person's request is recorded once": """
        SELECT min(trade_id) FROM trade_actions WHERE request_id IS NOT NULL
        GROUP BY actor_id, request_id HAVING count(*) > 1""",
    "every message has its text, and every text its message": """
        SELECT coalesce(a.trade_id, m.trade_id)
        FROM (SELECT * FROM trade_actions WHERE kind = 'message_sent') AS a
            FULL JOIN messages m ON (m.trade_id, m.seq) = (a.trade_id, a.seq)
        WHERE a.seq IS NULL OR m.seq IS NULL""",
    "an open trade has its one job, due at its deadline; a closed one has none": f"""
        SELECT t.id FROM trades t LEFT JOIN procrastinate_jobs j
            ON (j.args ->> 'trade_id')::bigint = t.id AND j.status IN ('todo', 'doing') GROUP BY t.id
        HAVING count(j.id) <> (t.status IN ({_OPEN}))::int
            OR max(j.id) <> t.expiry_job_id OR max(j.scheduled_at) <> t.expires_at""",
}


_NOBODY, _NOTHING = Person(0, ""), Terms(Decimal(1), 1)
_ACTIONS = """
    SELECT a.trade_id, a.seq, a.kind, a.actor_id, a.role, a.version, coalesce(m.text, a.note), a.at,
           a.deadline, t.title, t.currency, t.unit, v.price, v.quantity, v.description, a.hash, t.head, t.seq
    FROM trade_actions a JOIN trades t ON t.id = a.trade_id
        LEFT JOIN messages m ON (m.trade_id, m.seq) = (a.trade_id, a.seq)
        LEFT JOIN trade_versions v ON (v.trade_id, v.seq) = (a.trade_id, a.seq)
    ORDER BY a.trade_id, a.seq
"""


async def broken_promises(connection: psycopg.AsyncConnection) -> dict[str, list[int]]:
    """The promises that are broken, each with the ids of the trades that break it; empty when all is well."""
    broken = {}
    for promise, offenders in _PROMISES.items():
        if rows := await (await connection.execute(offenders.encode())).fetchall():
            broken[promise] = sorted({row[0] for row in rows})
    if chains := await _broken_chains(connection):
        broken["every action is linked to the one before it, and the newest to the trade"] = sorted(chains)
    return broken


async def _broken_chains(connection: psycopg.AsyncConnection) -> set[int]:
    broken, previous = set(), GENESIS
    for row in await (await connection.execute(_ACTIONS.encode())).fetchall():
        trade, seq, kind, actor, role, version, text, at, deadline, *named, price, quantity, description = row[:-3]
        stored, head, newest = row[-3:]
        action = Action(
            Kind(kind),
            at,
            Person(actor, "whoever") if actor else None,
            Role(role) if role else None,
            version,
            text,
            Terms(price, quantity, description) if price is not None else None,
        )
        title, currency, unit = named
        whole = Trade(trade, "", title, _NOBODY, _NOTHING, at, at, at, currency=currency, unit=unit)
        previous = GENESIS if seq == 1 else previous
        previous = link(previous, body_of(action, whole), seq, utc_text(at), utc_text(deadline))
        if stored != previous or (seq == newest and head != previous):
            broken.add(trade)
    return broken
