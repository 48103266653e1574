"""The only writer of trades: one statement for each move (`statements.py`).

No row back means that somebody was faster: read again, ask the rules again. A move that closes the trade cancels its
expiry job in the same transaction, one that moves the deadline puts another in its place, and creating a trade defers
the first: an open trade has one job, at its deadline. A request that is named is recorded once: a unique index on the
person and the name says so.
"""

import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple, assert_never
from uuid import UUID

import psycopg

from app.db.engine import Database
from app.db.queue import Queue
from app.db.statements import CREATE, STATEMENTS
from app.db.tables import REQUEST_INDEX
from app.domain.actions import Action, Outcome
from app.domain.chain import GENESIS, body_of, canonical
from app.domain.currency import USD
from app.domain.kinds import KINDS, Kind, Role, Status
from app.domain.rules import LONGEST, TIME_TO_ANSWER
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.domain.traits import DeadlineChange

CLEARED_CHANNEL = "traderoom_cleared"
"""NOTIFY's channel for trades that were deleted; the payload is how many."""

_CODE_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no letter that is easily taken for a digit; 26 of them make 130 bits."""
_SOON = timedelta(seconds=1)
"""By how much this process's notion of the database's clock may be wrong without a second try."""


class RecordedBeforeError(Exception):
    """The person's request of this name has been recorded already."""


def new_code() -> str:
    """An invitation code: 130 random bits in letters and digits that survive being read aloud."""
    return "".join(secrets.choice(_CODE_ALPHABET) for _ in range(26))


class _Row(NamedTuple):
    """What a statement answers of the action that it recorded."""

    seq: int
    at: datetime
    deadline: datetime
    job_id: int | None


class Ledger:
    """Records what happens. `origin` marks this process's own notifications."""

    def __init__(self, database: Database, queue: Queue, origin: str) -> None:
        self._database = database
        self._queue = queue
        self._origin = origin

    async def create(
        self,
        seller: Person,
        title: str,
        terms: Terms,
        invited: str,
        minutes: int,
        *,
        currency: str = USD,
        unit: str = "",
        listed: bool = True,
        request: UUID | None = None,
    ) -> Outcome:
        """A new trade with its first version, first action and expiry job, in one transaction.

        `minutes` counts from the database's clock at this moment. Raises `RecordedBeforeError`.
        """
        code, now = new_code(), self._database.clock.now()
        created = Action(Kind.CREATED, now, seller, Role.SELLER, version=1, terms=terms, seq=1)
        measure: dict[str, Any] = {"currency": currency, "unit": unit, "listed": listed}
        draft = Trade(0, code, title, seller, terms, now, now, amended_at=now, invited=invited, **measure)
        parameters = {
            "code": code,
            "genesis": GENESIS,
            "body": canonical(body_of(created, draft)),
            "title": title,
            "seller": seller.id,
            "invited": invited,
            "minutes": minutes,
            "request": request,
            "origin": self._origin,
            **measure,
            **_figures(terms),
        }
        async with self._database.transaction() as connection:
            row = await _one(connection, CREATE, parameters)
            if row is None:
                raise RuntimeError("creating a trade returned no row")
            trade_id, at, deadline, _ = row
            await self._defer_expiry(trade_id, deadline, connection)
        trade = replace(draft, id=trade_id, created_at=at, amended_at=at, expires_at=deadline)
        return Outcome(trade, replace(created, at=at, deadline=deadline), before=trade)

    async def record(self, outcome: Outcome, request: UUID | None = None) -> Outcome | None:
        """The outcome as it was stored, with its `seq` and time; None when it is no longer true (ask the rules again).

        `request` names what was asked for. Raises `RecordedBeforeError` when that was recorded already, and
        `psycopg.Error` when the database fails; nothing is known about the move then, but asking again under the same
        name is safe.
        """
        action, kind = outcome.action, outcome.action.kind
        is_message, moves = kind is Kind.MESSAGE_SENT, _may_move_deadline(outcome)
        parameters = {
            "trade": outcome.before.id,
            "status": outcome.before.status,
            "base": outcome.before.version,
            "new_status": outcome.trade.status,
            "was_answered": outcome.before.answered,
            "new_answered": outcome.trade.answered,
            "old_deadline": outcome.before.expires_at,
            "until": outcome.trade.expires_at,
            "time_to_answer": None if outcome.before.status is Status.DRAFT else TIME_TO_ANSWER,
            "longest": LONGEST,
            "moves": moves,
            "was_seen": outcome.before.seen_version,
            "old_request": outcome.before.request,
            "new_request": outcome.trade.request,
            "old_code": outcome.before.code,
            "new_code": outcome.trade.code,
            "request": request,
            "kind": kind,
            "actor": action.actor.id if action.actor else None,
            "role": action.role,
            "version": action.version,
            "note": "" if is_message else action.text,
            "text": action.text,
            "body": canonical(body_of(action, outcome.trade)),
            "origin": self._origin,
            **_figures(outcome.trade.terms),
        }
        if moves or KINDS[kind].closes:
            return await self._record_with_job(outcome, parameters)
        async with self._database.raw() as connection:
            row = await _one(connection, STATEMENTS[kind], parameters)
        return outcome.recorded(row.seq, row.at, row.deadline) if row else None

    async def clear_drafts(self) -> int:
        """Delete what the database allows to be deleted: offers that were closed a month ago and nobody ever joined."""
        async with self._database.raw() as connection:
            row = await (await connection.execute("SELECT traderoom_clear_drafts()")).fetchone()
        return int(row[0]) if row else 0

    async def _record_with_job(self, outcome: Outcome, parameters: dict[str, Any]) -> Outcome | None:
        async with self._database.transaction() as connection:
            row = await _one(connection, STATEMENTS[outcome.action.kind], parameters)
            if row is None:
                return None
            has_moved = row.deadline != outcome.before.expires_at
            if row.job_id is not None and (has_moved or outcome.trade.status.final):
                await self._queue.cancel_expiry(row.job_id, connection)
            if has_moved:
                await self._defer_expiry(outcome.before.id, row.deadline, connection)
        return outcome.recorded(row.seq, row.at, row.deadline)

    async def _defer_expiry(self, trade_id: int, deadline: datetime, connection: psycopg.AsyncConnection) -> None:
        job_id = await self._queue.defer_expiry(trade_id, deadline, connection)
        await connection.execute("UPDATE trades SET expiry_job_id = %s WHERE id = %s", (job_id, trade_id))


def _may_move_deadline(outcome: Outcome) -> bool:
    """Whether the deadline moves with it, as far as this process's notion of the time can tell."""
    before = outcome.before
    match KINDS[outcome.action.kind].deadline:
        case DeadlineChange.STAYS:
            return False
        case DeadlineChange.EXTENDED:
            return True
        case DeadlineChange.LEAVES_TIME:
            left = before.expires_at - outcome.action.at
            return before.status is not Status.DRAFT and left < TIME_TO_ANSWER + _SOON
        case _:
            assert_never(KINDS[outcome.action.kind].deadline)


def _figures(terms: Terms) -> dict[str, Any]:
    return {"price": terms.price, "quantity": terms.quantity, "description": terms.description}


async def _one(connection: psycopg.AsyncConnection, statement: str, parameters: dict[str, Any]) -> _Row | None:
    try:
        cursor = await connection.execute(statement.encode(), parameters)
    except psycopg.errors.UniqueViolation as error:
        if error.diag.constraint_name == REQUEST_INDEX:
            raise RecordedBeforeError from None
        raise
    row = await cursor.fetchone()
    return _Row(*row[:4]) if row else None
