"""The only reader of trades. It returns the domain's values, in pages whose cost does not grow with history."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, func, or_, select, text, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.db import values
from app.db.checks import among
from app.db.engine import Database, Prepared
from app.db.selections import public_place, trades, trades_of
from app.db.tables import ActionRow, MessageRow, TradeRow, UserRow, VersionRow
from app.domain.actions import Action, Version
from app.domain.kind_lists import kinds_that_close, kinds_with
from app.domain.kinds import OPEN, Role, Status
from app.domain.terms import Terms
from app.domain.trade import RECENTLY, Person, Standing, Trade
from app.domain.traits import VersionUse

_NO_SEQ = 2**63 - 1
"""Above every `seq`."""
_BESIDES_THE_NEWEST = 4
"""Milestones: each side's first offer, the latest of the side that has made none of late, the close."""

_Before = aliased(VersionRow, name="before")


class History:
    """Reads trades, their actions and versions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def trade(self, trade_id: int) -> Standing | None:
        """The trade as it stands, or None."""
        return _one(await self._database.ask(_BY_ID, trade=trade_id))

    async def by_code(self, code: str) -> Standing | None:
        """The trade of an invitation code (as stored, lower case), or None."""
        return _one(await self._database.ask(_BY_CODE, code=code))

    async def actions(self, trade_id: int, *, before: int | None = None, limit: int = 50) -> list[Action]:
        """The newest `limit` actions with seq < before, oldest first."""
        bound = _NO_SEQ if before is None else before
        rows = await self._database.ask(_NEWEST, trade=trade_id, before=bound, limit=limit)
        return [values.action(row) for row in reversed(rows)]

    async def actions_since(self, trade_id: int, seq: int, *, limit: int = 500) -> list[Action]:
        """The first `limit` actions after `seq`, oldest first."""
        return [values.action(row) for row in await self._database.ask(_SINCE, trade=trade_id, after=seq, limit=limit)]

    async def milestones(self, trade: Trade, *, versions: int) -> list[Action]:
        """What made each side's first and latest offer and the newest versions, so many, and what closed the trade;
        oldest first. It costs the same however much was said and offered between."""
        rows = await self._database.ask(
            _MILESTONES, trade=trade.id, above=trade.version - versions, limit=versions + _BESIDES_THE_NEWEST
        )
        return [values.action(row) for row in rows]

    async def requested(self, actor_id: int, request: UUID) -> tuple[int, Action] | None:
        """The trade's id and the action that a person's request of this name has led to, or None."""
        statement = select(col(ActionRow.trade_id), col(ActionRow.seq)).where(
            col(ActionRow.actor_id) == actor_id, col(ActionRow.request_id) == request
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(statement)).one_or_none()
        if found is None:
            return None
        trade_id, seq = found
        return trade_id, (await self.actions_since(trade_id, seq - 1, limit=1))[0]

    async def of_party(self, user_id: int, statuses: Sequence[Status], *, after: int, limit: int) -> list[Standing]:
        """The next of a person's trades on either side, by id, above `after`: in such pages none is missing, and none
        there twice, whatever happens to them between."""
        own = union_all(
            *(
                select(col(TradeRow.id)).where(side == user_id)
                for side in (col(TradeRow.seller_id), col(TradeRow.buyer_id))
            )
        )
        return await self._many(
            trades()
            .where(col(TradeRow.id).in_(own), col(TradeRow.id) > after, col(TradeRow.status).in_(statuses))
            .order_by(col(TradeRow.id))
            .limit(limit)
        )

    async def left_by(self, user_id: int) -> list[Standing]:
        """The trades in which somebody has acted and is no party any more: the seat was released."""
        acted = select(col(ActionRow.trade_id)).where(col(ActionRow.actor_id) == user_id).distinct()
        return await self._many(
            trades()
            .where(col(TradeRow.id).in_(acted), col(TradeRow.seller_id) != user_id)
            .where(col(TradeRow.buyer_id).is_distinct_from(user_id))
            .order_by(col(TradeRow.id))
        )

    async def count_open(self, seller_id: int, most: int) -> int:
        """How many open trades a seller has, counted no further than `most`."""
        some = (
            select(col(TradeRow.id))
            .where(col(TradeRow.seller_id) == seller_id, col(TradeRow.status).in_(OPEN))
            .limit(most)
        )
        async with self._database.reading() as connection:
            return (await connection.execute(select(func.count()).select_from(some.subquery()))).scalar_one()

    async def versions(self, trade_id: int, *, before: int | None = None, limit: int = 20) -> list[Version]:
        """The newest `limit` versions numbered below `before`, newest first."""
        statement = (
            select(
                col(VersionRow.version),
                col(ActionRow.at),
                col(ActionRow.actor_id),
                col(ActionRow.note),
                col(UserRow.name).label("actor_name"),
                *_labelled(VersionRow, "new"),
                *_labelled(_Before, "old"),
            )
            .join(ActionRow, and_(col(ActionRow.trade_id) == VersionRow.trade_id, col(ActionRow.seq) == VersionRow.seq))
            .join(UserRow, col(UserRow.id) == ActionRow.actor_id)
            .outerjoin(_Before, _is_before(_Before))
            .where(col(VersionRow.trade_id) == trade_id)
            .order_by(col(VersionRow.version).desc())
            .limit(limit)
        )
        if before is not None:
            statement = statement.where(col(VersionRow.version) < before)
        return [
            Version(
                row.version,
                Terms(row.new_price, row.new_quantity, row.new_description),
                row.at,
                Person(row.actor_id, row.actor_name),
                row.note,
                values.old_terms(row),
            )
            for row in await self._all(statement)
        ]

    async def trades_of(
        self, user_id: int, statuses: Sequence[Status], *, offset: int, limit: int, part: str = ""
    ) -> list[Standing]:
        """A person's trades on either side: first those where it is their turn, then the other open ones, each by
        deadline; closed ones below, the latest first. `part` is one of the title or of the other party's name, any
        case; it is looked for among the open ones and the latest closed ones, so many on each side in each status."""
        return await self._many(trades_of(user_id, statuses, offset + limit, part).offset(offset).limit(limit))

    async def activity(
        self,
        statuses: Sequence[Status],
        title: str,
        *,
        offset: int,
        limit: int,
        viewer: int | None = None,
        own: bool = False,
    ) -> list[Standing]:
        """Open and recently closed trades, newest activity first; `title` is a part of the title, any case.

        Without a `viewer` the list is everybody's, and a private trade stands by its close or else its creation. The
        title of one is found by its parties alone; `own`: only the viewer's trades.
        """
        place = public_place() if viewer is None else col(TradeRow.active_at)
        is_own = or_(col(TradeRow.seller_id) == viewer, col(TradeRow.buyer_id) == viewer)
        statement = (
            trades()
            .where(col(TradeRow.status).in_(statuses))
            .where(or_(col(TradeRow.closed_at).is_(None), col(TradeRow.closed_at) > func.now() - RECENTLY))
            .order_by(place.desc(), col(TradeRow.id).desc())
            .offset(offset)
            .limit(limit)
        )
        if own:
            statement = statement.where(is_own)
        if title:
            statement = statement.where(
                col(TradeRow.title).icontains(title, autoescape=True), or_(col(TradeRow.listed), is_own)
            )
        return await self._many(statement)

    async def count(self) -> tuple[int, int]:
        """How many trades there are, and the highest of their ids."""
        statement = select(func.count(), func.coalesce(func.max(col(TradeRow.id)), 0)).select_from(TradeRow)
        async with self._database.reading() as connection:
            total, newest = (await connection.execute(statement)).one()
        return total, newest

    async def overdue(self, late: float = 0.0, *, limit: int = 100) -> list[int]:
        """The ids of trades that are open though their deadline has passed, by `late` seconds at least."""
        statement = select(col(TradeRow.id)).where(
            col(TradeRow.status).in_(OPEN), col(TradeRow.expires_at) <= func.now() - timedelta(seconds=late)
        )
        return [row[0] for row in await self._all(statement.limit(limit))]

    async def expiry_job(self, trade_id: int) -> int | None:
        """The number of the job that is to expire a trade, or None."""
        rows = await self._all(select(col(TradeRow.expiry_job_id)).where(col(TradeRow.id) == trade_id))
        return rows[0][0] if rows else None

    async def _many(self, statement: Select[Any]) -> list[Standing]:
        return [values.standing(row) for row in await self._all(statement)]

    async def _all(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        async with self._database.reading() as connection:
            rows: Sequence[Row[Any]] = (await connection.execute(statement)).all()
        return rows


def _actions() -> Select[Any]:
    return (
        select(
            ActionRow,
            col(UserRow.name).label("actor_name"),
            col(MessageRow.text).label("message"),
            *_labelled(VersionRow, "new"),
            *_labelled(_Before, "old"),
        )
        .outerjoin(UserRow, col(UserRow.id) == ActionRow.actor_id)
        .outerjoin(
            MessageRow, and_(col(MessageRow.trade_id) == ActionRow.trade_id, col(MessageRow.seq) == ActionRow.seq)
        )
        .outerjoin(
            VersionRow,
            and_(
                or_(*(col(ActionRow.kind) == kind for kind in kinds_with(VersionUse.MAKES))),
                col(VersionRow.trade_id) == ActionRow.trade_id,
                col(VersionRow.version) == ActionRow.version,
            ),
        )
        .outerjoin(_Before, _is_before(_Before))
        .where(col(ActionRow.trade_id) == bindparam("trade"))
        .limit(bindparam("limit"))
    )


def _seqs_of_milestones() -> Select[Any]:
    """By the keys of both tables: the actions in between are not looked at."""
    newest = select(col(VersionRow.seq)).where(
        col(VersionRow.trade_id) == bindparam("trade"), col(VersionRow.version) > bindparam("above")
    )
    ends = [
        select(end(col(ActionRow.seq))).where(
            col(ActionRow.trade_id) == bindparam("trade"),
            col(ActionRow.role) == role,
            text(among("kind", kinds_with(VersionUse.MAKES))),
        )
        for role in Role
        for end in (func.min, func.max)
    ]
    closed = select(col(ActionRow.seq)).where(
        col(ActionRow.trade_id) == bindparam("trade"), text(among("kind", kinds_that_close()))
    )
    return select(union_all(newest, *ends, closed).subquery().c.seq)


def _is_before(before: type[VersionRow]) -> ColumnElement[bool]:
    return and_(col(before.trade_id) == VersionRow.trade_id, col(before.version) == VersionRow.version - 1)


def _labelled(version: type[VersionRow], prefix: str) -> list[ColumnElement[Any]]:
    columns: tuple[Any, ...] = (col(version.price), col(version.quantity), col(version.description))
    return [
        column.label(f"{prefix}_{name}")
        for column, name in zip(columns, ("price", "quantity", "description"), strict=True)
    ]


_BY_ID = Prepared(trades().where(col(TradeRow.id) == bindparam("trade")))
_BY_CODE = Prepared(trades().where(col(TradeRow.code) == bindparam("code")))
_NEWEST = Prepared(_actions().where(col(ActionRow.seq) < bindparam("before")).order_by(col(ActionRow.seq).desc()))
_MILESTONES = Prepared(_actions().where(col(ActionRow.seq).in_(_seqs_of_milestones())).order_by(col(ActionRow.seq)))
_SINCE = Prepared(_actions().where(col(ActionRow.seq) > bindparam("after")).order_by(col(ActionRow.seq)))


def _one(rows: list[Any]) -> Standing | None:
    return values.standing(rows[0]) if rows else None
