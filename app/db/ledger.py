"""The only writer of trades: one statement for each move.

The statement locks the trade's row first, looks at the database's clock only then (`clock_timestamp()`; `now()` would
be older than the wait for the lock), repeats the guards the rules relied on, takes the next `seq` from the row, inserts
the action with its version or message, and notifies. No row back means that somebody was faster: read again, ask the
rules again. A move that closes the trade cancels its expiry job in the same transaction; creating a trade defers it.
A request that is named is recorded once: a unique index on the person and the name says so.
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from app.db.engine import Database
from app.db.queue import Queue
from app.db.tables import REQUEST_INDEX
from app.domain.actions import Action, Outcome
from app.domain.chain import GENESIS, body_of, canonical
from app.domain.kinds import KINDS, Kind, KindRules, Role, SeatChange, Timing, VersionUse
from app.domain.terms import Terms
from app.domain.trade import Person, Trade

CHANNEL = "traderoom"
"""NOTIFY's channel; the payload is ``<trade id> <seq> <origin>``."""

CLEARED_CHANNEL = "traderoom_cleared"
"""NOTIFY's channel for trades that were deleted; the payload is how many."""

_CODE_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is easily taken for a digit; 26 of them make 130 bits."""

_SAME = "(status, version, answered, code) = (%(status)s, %(base)s, %(was_answered)s, %(old_code)s)"
"""What changes a trade was judged on all of it: an outcome carries everything it saw."""
_TIMING = {Timing.BEFORE: ["at < expires_at"], Timing.AFTER: ["at >= expires_at"], Timing.ANY: []}
_COLUMN = {Role.SELLER: "seller_id", Role.BUYER: "buyer_id"}
_SEAT = {SeatChange.STAYS: "", SeatChange.TAKEN: ", buyer_id = %(actor)s", SeatChange.FREED: ", buyer_id = NULL"}


def _guard(rules: KindRules) -> str:
    """What the rules looked at, as SQL, to be asked again under the lock."""
    guards = [_SAME] if rules.changes_trade else []
    guards += _TIMING[rules.when]
    if rules.seat is SeatChange.TAKEN:
        guards.append("buyer_id IS NULL")
    elif rules.by:
        columns = ", ".join(column for role, column in _COLUMN.items() if role in rules.by)
        guards.append(f"%(actor)s IN ({columns})")
    return " AND ".join(guards)


def _changes(rules: KindRules) -> str:
    """What becomes of the trade's row, besides its place in time."""
    return "".join(
        (
            ", status = %(new_status)s" if rules.to is not None else "",
            ", closed_at = g.at" if rules.closes else "",
            ", answered = true" if rules.answers else "",
            ", code = %(new_code)s" if rules.renews_code else "",
            _SEAT[rules.seat],
            ", price = %(price)s, quantity = %(quantity)s, description = %(description)s,"
            " version = g.version + 1, amended_at = g.at"
            if rules.version is VersionUse.MAKES
            else "",
        )
    )


def _also(kind: Kind) -> str:
    """The rows beside the action's."""
    if kind is Kind.MESSAGE_SENT:
        return ", m AS (INSERT INTO messages (trade_id, seq, text) SELECT id, seq + 1, %(text)s FROM g)"
    if KINDS[kind].version is VersionUse.MAKES:
        return (
            ", v AS (INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)"
            " SELECT id, version + 1, seq + 1, %(price)s, %(quantity)s, %(description)s FROM g)"
        )
    return ""


_UTC = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def _link(previous: str, seq: str) -> str:
    """The chain's link in SQL; `domain.chain.link` is its twin."""
    line = f"%(body)s::text || '|' || ({seq}) || '|' || {_UTC.format('at')} || '|' || {_UTC.format('expires_at')}"
    return f"sha256({previous} || convert_to({line}, 'UTF8'))"


def _statement(kind: Kind) -> str:
    return f"""
        WITH l AS MATERIALIZED (
            SELECT id, code, seq, head, status, version, answered, seller_id, buyer_id, expires_at, expiry_job_id
            FROM trades WHERE id = %(trade)s FOR UPDATE
        ), t AS MATERIALIZED (
            SELECT l.*, clock_timestamp() AS at FROM l
        ), g AS MATERIALIZED (
            SELECT t.*, {_link("t.head", "t.seq + 1")} AS hash FROM t WHERE {_guard(KINDS[kind])}
        ), u AS (
            UPDATE trades SET seq = g.seq + 1, head = g.hash, active_at = g.at{_changes(KINDS[kind])}
            FROM g WHERE trades.id = g.id
        ), a AS (
            INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, version, note, hash, request_id)
            SELECT id, seq + 1, %(kind)s, %(actor)s, %(role)s, at, %(version)s, %(note)s, hash, %(request)s FROM g
        ){_also(kind)}
        SELECT seq + 1, at, expiry_job_id, pg_notify('{CHANNEL}', id || ' ' || seq + 1 || ' ' || %(origin)s) FROM g
    """  # noqa: S608 - put together from the constants above


_STATEMENTS = {kind: _statement(kind) for kind, rules in KINDS.items() if rules.during}

_CREATE = f"""
    WITH t AS MATERIALIZED (
        SELECT at, at + %(minutes)s * interval '1 minute' AS expires_at
        FROM (SELECT clock_timestamp() AS at OFFSET 0) AS once
    ), h AS MATERIALIZED (
        SELECT at, expires_at, {_link("%(genesis)s", "1")} AS hash FROM t
    ), n AS (
        INSERT INTO trades (code, title, seller_id, invited, price, quantity, description, status, head,
                            created_at, amended_at, active_at, expires_at)
        SELECT %(code)s, %(title)s, %(seller)s, %(invited)s, %(price)s, %(quantity)s, %(description)s, 'draft', hash,
               at, at, at, expires_at FROM h
        RETURNING id, created_at, expires_at, head
    ), a AS (
        INSERT INTO trade_actions (trade_id, seq, kind, actor_id, role, at, version, hash, request_id)
        SELECT id, 1, 'created', %(seller)s, 'seller', created_at, 1, head, %(request)s FROM n
    ), v AS (
        INSERT INTO trade_versions (trade_id, version, seq, price, quantity, description)
        SELECT id, 1, 1, %(price)s, %(quantity)s, %(description)s FROM n
    )
    SELECT id, created_at, expires_at, pg_notify('{CHANNEL}', id || ' 1 ' || %(origin)s) FROM n
"""  # noqa: S608 - the same


class RecordedBeforeError(Exception):
    """The person's request of this name has been recorded already."""


def new_code() -> str:
    """An invitation code: 130 random bits in letters and digits that survive being read aloud."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(26))


class Ledger:
    """Records what happens. `origin` marks this process's own notifications."""

    def __init__(self, database: Database, queue: Queue, origin: str) -> None:
        self._database = database
        self._queue = queue
        self._origin = origin

    async def create(
        self, seller: Person, title: str, terms: Terms, invited: str, minutes: int, *, request: UUID | None = None
    ) -> Outcome:
        """A new trade with its first version, first action and expiry job, in one transaction.

        `minutes` counts from the database's clock at this moment. Raises `RecordedBeforeError`.
        """
        code = new_code()
        created = Action(Kind.CREATED, self._database.clock.now(), seller, Role.SELLER, version=1, terms=terms, seq=1)
        parameters = {
            "code": code,
            "genesis": GENESIS,
            "body": canonical(body_of(created, title)),
            "title": title,
            "seller": seller.id,
            "invited": invited,
            "minutes": minutes,
            "request": request,
            "origin": self._origin,
            **_figures(terms),
        }
        async with self._database.transaction() as connection:
            row = await _one(connection, _CREATE, parameters)
            if row is None:
                raise RuntimeError("creating a trade returned no row")
            trade_id, created_at, expires_at, _ = row
            job_id = await self._queue.defer_expiry(trade_id, expires_at, connection)
            await connection.execute("UPDATE trades SET expiry_job_id = %s WHERE id = %s", (job_id, trade_id))
        trade = Trade(
            trade_id, code, title, seller, terms, created_at, expires_at, amended_at=created_at, invited=invited
        )
        return Outcome(trade, replace(created, at=created_at), before=trade)

    async def record(self, outcome: Outcome, request: UUID | None = None) -> Outcome | None:
        """The outcome as it was stored, with its `seq` and time; None when it is no longer true (ask the rules again).

        `request` names what was asked for. Raises `RecordedBeforeError` when that was recorded already, and
        `psycopg.Error` when the database fails; nothing is known about the move then, but asking again under the same
        name is safe.
        """
        action, kind = outcome.action, outcome.action.kind
        is_message = kind is Kind.MESSAGE_SENT
        parameters = {
            "trade": outcome.before.id,
            "status": outcome.before.status,
            "base": outcome.before.version,
            "new_status": outcome.trade.status,
            "was_answered": outcome.before.answered,
            "old_code": outcome.before.code,
            "new_code": outcome.trade.code,
            "request": request,
            "kind": kind,
            "actor": action.actor.id if action.actor else None,
            "role": action.role,
            "version": action.version,
            "note": "" if is_message else action.text,
            "text": action.text,
            "body": canonical(body_of(action, outcome.trade.title)),
            "origin": self._origin,
            **_figures(outcome.trade.terms),
        }
        if KINDS[kind].closes:
            return await self._record_closing(outcome, parameters)
        async with self._database.raw() as connection:
            row = await _one(connection, _STATEMENTS[kind], parameters)
        return outcome.recorded(row[0], row[1]) if row else None

    async def clear_drafts(self) -> int:
        """Delete what the database allows to be deleted: offers that were closed a month ago and nobody ever joined."""
        async with self._database.raw() as connection:
            row = await (await connection.execute("SELECT traderoom_clear_drafts()")).fetchone()
        return int(row[0]) if row else 0

    async def _record_closing(self, outcome: Outcome, parameters: dict[str, Any]) -> Outcome | None:
        async with self._database.transaction() as connection:
            row = await _one(connection, _STATEMENTS[outcome.action.kind], parameters)
            if row is None:
                return None
            seq, at, job_id, _ = row
            if job_id is not None:
                await self._queue.cancel_expiry(job_id, connection)
        return outcome.recorded(seq, at)


def _figures(terms: Terms) -> dict[str, Any]:
    return {"price": terms.price, "quantity": terms.quantity, "description": terms.description}


async def _one(
    connection: psycopg.AsyncConnection, statement: str, parameters: dict[str, Any]
) -> tuple[int, datetime, Any, Any] | None:
    try:
        cursor = await connection.execute(statement.encode(), parameters)
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name == REQUEST_INDEX:
            raise RecordedBeforeError from None
        raise
    row: tuple[int, datetime, Any, Any] | None = await cursor.fetchone()
    return row
