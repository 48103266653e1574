"""People's e-mail addresses and the links that are mailed to them; knows nothing of tokens but their digests."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from psycopg.rows import namedtuple_row

from app.db.engine import Database
from app.db.queue import MAIL_CHANGE, MAIL_LINK, Queue
from app.db.tables import Purpose

LASTS = {Purpose.CONFIRM: timedelta(days=1), Purpose.RECOVER: timedelta(minutes=30)}
"""How long a link works, from the moment at which its mail is made."""


@dataclass(frozen=True, slots=True)
class KnownAddress:
    """A person's address, the one that waits to be confirmed, and whether mails about trades are wanted."""

    address: str = ""
    wanted: str = ""
    subscribed: bool = True


class Recipient(NamedTuple):
    """Whom a mail goes to."""

    name: str
    address: str


class AddressStore:
    """Stores addresses, and defers the mails that a change of them brings in the same transaction."""

    def __init__(self, database: Database, queue: Queue) -> None:
        self._database = database
        self._queue = queue

    async def of(self, user_id: int) -> KnownAddress:
        """What is known of a person's address."""
        row = await self._one(_OF, user_id=user_id)
        return KnownAddress(row.address or "", row.wanted or "", row.subscribed) if row else KnownAddress()

    async def want(self, user_id: int, address: str) -> None:
        """Note the address that a person wants, in the place of another one that waits, and defer its mail."""
        async with self._database.transaction() as connection:
            row = await (await connection.execute(_WANT, {"user_id": user_id, "address": address})).fetchone()
            if row is None:
                return
            job = {"purpose": Purpose.CONFIRM, "user_id": user_id, "wanted_at": row[0].isoformat()}
            await self._queue.defer(MAIL_LINK, job, connection=connection)

    async def remove(self, user_id: int) -> None:
        """Forget a person's address, and defer the mail that tells so there."""
        async with self._database.transaction() as connection:
            row = await (await connection.execute(_REMOVE, {"user_id": user_id})).fetchone()
            if row and row[0]:
                await self._queue.defer(MAIL_CHANGE, {"user_id": user_id, "to": row[0]}, connection=connection)

    async def make_link(
        self, purpose: Purpose, user_id: int, token_hash: bytes, *, wanted_at: datetime | None = None
    ) -> Recipient | None:
        """Let a link work from now on; returns whom to mail it to, or None where there is no such address any more.

        `wanted_at` is when the address was wanted that is to be confirmed. None too where another one has been wanted
        since, or the same once more, which has a mail of its own.
        """
        values = {"purpose": purpose, "user_id": user_id, "token_hash": token_hash, "lasts": LASTS[purpose]}
        values["wanted_at"] = wanted_at
        row = await self._one(_MAKE_LINK, **values)
        return Recipient(row.name, row.address) if row else None

    async def find_link(self, purpose: Purpose, token_hash: bytes) -> Recipient | None:
        """Whom a link that works was mailed to."""
        row = await self._one(_FIND_LINK, purpose=purpose, token_hash=token_hash)
        return Recipient(row.name, row.address) if row else None

    async def confirm(self, token_hash: bytes) -> int | None:
        """Use a link: its address is the person's from now on, and the mail to the one before is deferred.

        Returns whose it is, or None where the link does not work.
        """
        async with self._database.transaction() as connection:
            row = await (await connection.execute(_CONFIRM, {"token_hash": token_hash})).fetchone()
            if row and row[1] and row[1] != row[2]:
                await self._queue.defer(MAIL_CHANGE, {"user_id": row[0], "to": row[1]}, connection=connection)
        return row[0] if row else None

    async def recover(self, token_hash: bytes, password_hash: str) -> int | None:
        """Use a link, and with it all of its kind of this person: the password is another one. Returns whose."""
        row = await self._one(_RECOVER, token_hash=token_hash, password_hash=password_hash)
        return row.id if row else None

    async def ask_to_recover(self, name_key: str) -> None:
        """Defer the mail for the person of a name's key. For nobody a job is deferred too, so that it takes as long."""
        row = await self._one(_FIND, key=name_key)
        await self._queue.defer(MAIL_LINK, {"purpose": Purpose.RECOVER, "user_id": row.id if row else 0})

    async def subscribe(self, user_id: int, *, wanted: bool) -> bool:
        """Whether mails about trades are wanted from now on. False where there is no address."""
        return await self._one(_SUBSCRIBE, user_id=user_id, wanted=wanted) is not None

    async def name_of(self, user_id: int) -> str | None:
        """The name of whoever is still here."""
        row = await self._one(_NAME, user_id=user_id)
        return row.name if row else None

    async def forget_old(self) -> None:
        """Delete the links whose time is over, and the addresses that nobody confirmed in theirs."""
        async with self._database.raw() as connection:
            await connection.execute("DELETE FROM mail_links WHERE expires_at < now()")
            await connection.execute(_FORGET, {"lasts": LASTS[Purpose.CONFIRM]})

    async def _one(self, statement: str, **values: object) -> Any:
        async with self._database.raw() as connection, connection.cursor(row_factory=namedtuple_row) as cursor:
            await cursor.execute(statement.encode(), values)
            return await cursor.fetchone()


_OF = "SELECT address, wanted, subscribed FROM addresses WHERE user_id = %(user_id)s"
_NAME = "SELECT name FROM users WHERE id = %(user_id)s AND deleted_at IS NULL"
_FIND = """
    SELECT users.id FROM users JOIN addresses ON user_id = users.id
    WHERE name_key = %(key)s AND deleted_at IS NULL AND address IS NOT NULL
"""
_WANT = """
    WITH gone AS (DELETE FROM mail_links WHERE user_id = %(user_id)s AND purpose = 'confirm')
    INSERT INTO addresses (user_id, wanted, wanted_at)
    SELECT id, %(address)s, now() FROM users WHERE id = %(user_id)s AND deleted_at IS NULL
    ON CONFLICT (user_id) DO UPDATE SET wanted = EXCLUDED.wanted, wanted_at = EXCLUDED.wanted_at
    RETURNING wanted_at
"""
_REMOVE = """
    WITH gone AS (DELETE FROM mail_links WHERE user_id = %(user_id)s)
    DELETE FROM addresses WHERE user_id = %(user_id)s RETURNING address
"""
_MAKE_LINK = """
    WITH meant AS (
        SELECT users.name, user_id, CASE %(purpose)s WHEN 'confirm' THEN wanted ELSE address END AS address
        FROM addresses JOIN users ON users.id = user_id
        WHERE user_id = %(user_id)s AND (%(wanted_at)s::timestamptz IS NULL OR wanted_at = %(wanted_at)s)
    ), made AS (
        INSERT INTO mail_links (token_hash, user_id, purpose, address, expires_at)
        SELECT %(token_hash)s, user_id, %(purpose)s, address, now() + %(lasts)s FROM meant WHERE address IS NOT NULL
        RETURNING user_id
    )
    SELECT name, address FROM meant JOIN made USING (user_id)
"""
_WORKS = "token_hash = %(token_hash)s AND expires_at > now()"
_FIND_LINK = f"""
    SELECT name, address FROM mail_links JOIN users ON users.id = user_id
    WHERE {_WORKS} AND purpose = %(purpose)s
"""  # noqa: S608 - put together from the constant above
_CONFIRM = f"""
    WITH used AS (
        DELETE FROM mail_links WHERE {_WORKS} AND purpose = 'confirm' RETURNING user_id, address
    ), before AS MATERIALIZED (
        SELECT a.user_id, a.address AS old, used.address AS new
        FROM addresses a JOIN used ON a.user_id = used.user_id AND a.wanted = used.address FOR UPDATE OF a
    ), stale AS (
        DELETE FROM mail_links USING before
        WHERE mail_links.user_id = before.user_id AND purpose = 'recover' AND mail_links.address <> new
    )
    UPDATE addresses SET address = new, wanted = NULL, wanted_at = NULL FROM before
    WHERE addresses.user_id = before.user_id RETURNING addresses.user_id, old, new
"""  # noqa: S608 - the same
_RECOVER = f"""
    WITH used AS (
        DELETE FROM mail_links WHERE purpose = 'recover' AND user_id IN (
            SELECT l.user_id FROM mail_links l JOIN addresses a ON (a.user_id, a.address) = (l.user_id, l.address)
            WHERE {_WORKS} AND purpose = 'recover'
        ) RETURNING user_id
    )
    UPDATE users SET password_hash = %(password_hash)s
    WHERE id IN (SELECT user_id FROM used) AND deleted_at IS NULL RETURNING id
"""  # noqa: S608 - the same
_SUBSCRIBE = "UPDATE addresses SET subscribed = %(wanted)s WHERE user_id = %(user_id)s RETURNING user_id"
_FORGET = """
    WITH late AS (
        UPDATE addresses SET wanted = NULL, wanted_at = NULL
        WHERE wanted_at < now() - %(lasts)s AND address IS NOT NULL
    )
    DELETE FROM addresses WHERE wanted_at < now() - %(lasts)s AND address IS NULL
"""
