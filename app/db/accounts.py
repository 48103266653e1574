"""Users and sessions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from app.db.engine import Database, Prepared
from app.db.tables import AddressRow, MailLinkRow, Purpose, ReadMarkRow, SessionRow, TradeRow, UserRow
from app.domain.kinds import Status
from app.domain.names import name_capitals, name_skeleton
from app.domain.trade import Person

IDLE_FOR = timedelta(days=14)
"""A session that is not used for so long is over."""
LASTS_FOR = timedelta(days=90)
"""However much it is used, a session is over after so long."""
_NOTED_EVERY = timedelta(minutes=1)

SESSIONS_CHANNEL = "traderoom_sessions"
"""NOTIFY's channel for sessions that have ended; the payload is the session's id."""
NAMES_CHANNEL = "traderoom_names"
"""NOTIFY's channel for people who have another name; the payload is ``<user id> <name>``."""


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in browser: whose it is, its time zone (an IANA name) and its theme (light, dark or system)."""

    id: int
    person: Person
    time_zone: str
    theme: str
    created_at: datetime
    seen_at: datetime
    #: Whether the person has put away how a room works.
    introduced: bool


class AccountStore:
    """Stores users and sessions; knows nothing of passwords but their hashes, of tokens but their digests."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create_user(self, name: str, key: str, password_hash: str) -> Person | None:
        """A new user, or None when the name's key is taken, or one that looks like it."""
        looks = {"name_skeleton": name_skeleton(name), "name_capitals": name_capitals(name)}
        statement = (
            insert(UserRow)
            .values(name=name, name_key=key, password_hash=password_hash, **looks)
            .on_conflict_do_nothing()
            .returning(col(UserRow.id))
        )
        async with self._database.reading() as connection:
            user_id = (await connection.execute(statement)).scalar_one_or_none()
        return Person(user_id, name) if user_id is not None else None

    async def is_taken(self, name: str, key: str) -> bool | None:
        """Whether an account has, or had, a name of this key; None where one only looks like it."""
        alike = or_(
            col(UserRow.name_key) == key,
            col(UserRow.name_skeleton) == name_skeleton(name),
            col(UserRow.name_capitals) == name_capitals(name),
        )
        async with self._database.reading() as connection:
            keys = (await connection.execute(select(col(UserRow.name_key)).where(alike))).scalars().all()
        return (key in keys or None) if keys else False

    async def find_user(self, key: str) -> tuple[Person, str] | None:
        """The user of a name's key with the password's hash, or None; an account that was deleted is none."""
        statement = select(col(UserRow.id), col(UserRow.name), col(UserRow.password_hash)).where(
            col(UserRow.name_key) == key, col(UserRow.deleted_at).is_(None)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return (Person(row[0], row[1]), row[2]) if row else None

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace the password's hash."""
        await self._run(update(UserRow).where(col(UserRow.id) == user_id).values(password_hash=password_hash))

    async def set_new_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace the hash by another password's; the links by which one was to be chosen work no more."""
        links = delete(MailLinkRow).where(
            col(MailLinkRow.user_id) == user_id, col(MailLinkRow.purpose) == Purpose.RECOVER
        )
        statement = update(UserRow).where(col(UserRow.id) == user_id).values(password_hash=password_hash)
        await self._run(statement.add_cte(links.cte()))

    async def delete_user(self, user_id: int, name: str) -> bool:
        """Put `name` in the place of the user's own, make the password unusable, and forget the e-mail address and what
        the user has seen; every process hears of it. False, and nothing is changed, while one of the user's trades is
        being negotiated."""
        negotiated = _negotiated(user_id)
        gone = (
            update(UserRow)
            .where(col(UserRow.id) == user_id, not_(negotiated.exists()))
            .values(name=name, password_hash="", deleted_at=func.now())
            .returning(col(UserRow.id))
            .cte("gone")
        )
        statement = select(gone.c.id, func.pg_notify(NAMES_CHANNEL, f"{user_id} {name}"))
        for row in (AddressRow, MailLinkRow, ReadMarkRow):
            statement = statement.add_cte(delete(row).where(col(row.user_id).in_(select(gone.c.id))).cte())
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).one_or_none() is not None

    async def renamed(self, people: Collection[Person]) -> list[Person]:
        """Those of these people who have another name now."""
        statement = select(col(UserRow.id), col(UserRow.name)).where(col(UserRow.id).in_({p.id for p in people}))
        async with self._database.reading() as connection:
            now = {row[0]: row[1] for row in (await connection.execute(statement)).all()}
        return [Person(p.id, now[p.id]) for p in people if now.get(p.id, p.name) != p.name]

    async def is_negotiating(self, user_id: int) -> bool:
        """Whether one of the user's trades is being negotiated."""
        async with self._database.reading() as connection:
            return bool((await connection.execute(select(_negotiated(user_id).exists()))).scalar_one())

    async def created_at(self, user_id: int) -> datetime:
        """When the account was made."""
        async with self._database.reading() as connection:
            return (
                await connection.execute(select(col(UserRow.created_at)).where(col(UserRow.id) == user_id))
            ).scalar_one()

    async def create_session(self, user_id: int, token_hash: bytes) -> bool:
        """Keep a session by its token's digest; False when the account has been deleted."""
        alive = select(col(UserRow.id), literal(token_hash, LargeBinary)).where(
            col(UserRow.id) == user_id, col(UserRow.deleted_at).is_(None)
        )
        statement = insert(SessionRow).from_select(["user_id", "token_hash"], alive).returning(col(SessionRow.id))
        async with self._database.reading() as connection:
            return (await connection.execute(statement)).scalar_one_or_none() is not None

    async def find_session(self, token_hash: bytes) -> Session | None:
        """The live session of a token's digest, or None. Its use is noted, once a minute at most."""
        rows = await self._database.ask(_BY_TOKEN, token_hash=token_hash)
        if not rows:
            return None
        [row] = rows
        if row.since_seen > _NOTED_EVERY:
            await self._run(update(SessionRow).where(col(SessionRow.id) == row.id).values(seen_at=func.now()))
        return _session(row)

    async def sessions_of(self, user_id: int) -> list[Session]:
        """A person's live sessions, the one used last first."""
        statement = _sessions().where(col(SessionRow.user_id) == user_id).order_by(col(SessionRow.seen_at).desc())
        async with self._database.reading() as connection:
            return [_session(row) for row in (await connection.execute(statement)).all()]

    async def ended_of(self, session_ids: Collection[int]) -> set[int]:
        """Which of these sessions have ended."""
        statement = _sessions().with_only_columns(col(SessionRow.id)).where(col(SessionRow.id).in_(session_ids))
        async with self._database.reading() as connection:
            return set(session_ids) - {row[0] for row in (await connection.execute(statement)).all()}

    async def forget_old_sessions(self) -> None:
        """Delete the sessions whose time is over."""
        await self._end(not_(_is_live()))

    async def remember(self, session_id: int, *, time_zone: str, theme: str) -> None:
        """Keep how this browser shows things."""
        await self._run(
            update(SessionRow).where(col(SessionRow.id) == session_id).values(time_zone=time_zone, theme=theme)
        )

    async def introduce(self, user_id: int) -> None:
        """Keep that a person has put away how a room works."""
        await self._run(update(UserRow).where(col(UserRow.id) == user_id).values(introduced=True))

    async def end_session(self, session_id: int) -> None:
        """End one session."""
        await self._end(col(SessionRow.id) == session_id)

    async def end_sessions(self, user_id: int, *, but: int = 0) -> None:
        """End all of a person's sessions, except the one with the id `but`."""
        await self._end(and_(col(SessionRow.user_id) == user_id, col(SessionRow.id) != but))

    async def _end(self, which: ColumnElement[bool]) -> None:
        """Delete sessions and tell every process, so that their live pages close."""
        gone = delete(SessionRow).where(which).returning(col(SessionRow.id)).cte("gone")
        await self._run(select(func.pg_notify(SESSIONS_CHANNEL, cast(gone.c.id, Text))))

    async def _run(self, statement: Executable) -> None:
        async with self._database.reading() as connection:
            await connection.execute(statement)


def _negotiated(user_id: int) -> Select[Any]:
    statement: Select[Any] = select(col(TradeRow.id)).where(
        col(TradeRow.status) == Status.IN_NEGOTIATION,
        col(TradeRow.expires_at) > func.now(),
        or_(col(TradeRow.seller_id) == user_id, col(TradeRow.buyer_id) == user_id),
    )
    return statement


def _sessions() -> Select[Any]:
    columns: tuple[Any, ...] = (
        col(SessionRow.id),
        col(UserRow.id).label("user_id"),
        col(UserRow.name),
        col(UserRow.introduced),
        col(SessionRow.time_zone),
        col(SessionRow.theme),
        col(SessionRow.created_at),
        col(SessionRow.seen_at),
        (func.now() - col(SessionRow.seen_at)).label("since_seen"),
    )
    return select(*columns).join(UserRow, col(UserRow.id) == SessionRow.user_id).where(_is_live())


def _is_live() -> ColumnElement[bool]:
    return and_(col(SessionRow.seen_at) > func.now() - IDLE_FOR, col(SessionRow.created_at) > func.now() - LASTS_FOR)


_BY_TOKEN = Prepared(_sessions().where(col(SessionRow.token_hash) == bindparam("token_hash")))


def _session(row: Any) -> Session:
    person = Person(row.user_id, row.name)
    return Session(row.id, person, row.time_zone, row.theme, row.created_at, row.seen_at, row.introduced)
