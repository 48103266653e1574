"""Users and sessions, as rows."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
import sqlalchemy.exc

from app.db.accounts import IDLE_FOR, LASTS_FOR, SESSIONS_CHANNEL, AccountStore, Session
from app.db.engine import Database, connect
from app.domain.names import name_key
from app.domain.trade import Person

MINUTE = timedelta(minutes=1)
TOKEN, OTHER = sha256(b"one").digest(), sha256(b"two").digest()


@pytest.fixture
async def sam(accounts: AccountStore) -> Person:
    """A user."""
    person = await accounts.create_user("Sam", "sam", "hash")
    assert person is not None
    return person


@pytest.fixture
async def bea(accounts: AccountStore) -> Person:
    """Another."""
    person = await accounts.create_user("Bea", "bea", "hers")
    assert person is not None
    return person


async def test_a_user_is_found_by_the_key_of_the_name_with_the_name_as_it_was_typed(accounts: AccountStore) -> None:
    created = await accounts.create_user("Ｓａｍ Ångström", name_key("Ｓａｍ Ångström"), "hash")
    assert created is not None
    assert await accounts.find_user(name_key("SAM ångström")) == (created, "hash")
    assert created.name == "Ｓａｍ Ångström"


@pytest.mark.parametrize("again", ["Sam", "SAM", "sam", "Ｓam"])
async def test_a_name_is_taken_whatever_its_case_or_width(accounts: AccountStore, sam: Person, again: str) -> None:
    assert await accounts.create_user(again, name_key(again), "another") is None
    assert await accounts.find_user("sam") == (sam, "hash")


async def test_of_ten_who_sign_up_at_once_under_one_name_one_gets_it(accounts: AccountStore) -> None:
    created = await asyncio.gather(*(accounts.create_user("Sam", "sam", f"hash {n}") for n in range(10)))
    [winner] = [(person, f"hash {n}") for n, person in enumerate(created) if person]
    assert await accounts.find_user("sam") == winner


async def test_an_unknown_name_finds_nobody(accounts: AccountStore, sam: Person) -> None:
    assert await accounts.find_user("bea") is None


async def test_a_password_s_hash_can_be_replaced(accounts: AccountStore, sam: Person, bea: Person) -> None:
    await accounts.set_password_hash(sam.id, "new")
    assert await accounts.find_user("sam") == (sam, "new")
    assert await accounts.find_user("bea") == (bea, "hers")


async def session_of(accounts: AccountStore, token: bytes) -> Session:
    """The live session of a token, which must be there."""
    session = await accounts.find_session(token)
    assert session is not None
    return session


async def age(database: Database, **columns: timedelta) -> None:
    """Let sessions grow older: put back when they began (`created_at`) or were last used (`seen_at`)."""
    async with database.raw() as connection:
        for column, by in columns.items():
            await connection.execute(f"UPDATE sessions SET {column} = {column} - %s".encode(), (by,))


async def test_a_session_is_found_by_its_token_s_digest_until_it_ends(accounts: AccountStore, sam: Person) -> None:
    await accounts.create_session(sam.id, TOKEN)
    await accounts.create_session(sam.id, OTHER)
    session = await session_of(accounts, TOKEN)
    assert (session.person, session.time_zone, session.theme) == (sam, "UTC", "system")
    assert await accounts.find_session(sha256(b"three").digest()) is None
    await accounts.end_session(session.id)
    assert await accounts.find_session(TOKEN) is None
    assert await accounts.find_session(OTHER) is not None


async def test_ending_a_person_s_sessions_ends_all_of_them_and_nobody_else_s(
    accounts: AccountStore, sam: Person, bea: Person
) -> None:
    hers = sha256(b"hers").digest()
    for owner, token in ((sam, TOKEN), (sam, OTHER), (bea, hers)):
        await accounts.create_session(owner.id, token)
    await accounts.end_sessions(sam.id)
    assert [await accounts.find_session(token) for token in (TOKEN, OTHER)] == [None, None]
    assert (await session_of(accounts, hers)).person == bea


async def test_a_person_s_other_sessions_can_be_ended_without_this_one(accounts: AccountStore, sam: Person) -> None:
    await accounts.create_session(sam.id, TOKEN)
    await accounts.create_session(sam.id, OTHER)
    await accounts.end_sessions(sam.id, but=(await session_of(accounts, TOKEN)).id)
    assert await accounts.find_session(OTHER) is None
    await session_of(accounts, TOKEN)


async def test_every_process_is_told_of_each_session_that_ends(
    accounts: AccountStore, sam: Person, bea: Person, url: str
) -> None:
    tokens = (TOKEN, OTHER, sha256(b"three").digest(), sha256(b"four").digest())
    for owner, token in zip((sam, sam, sam, bea), tokens, strict=True):
        await accounts.create_session(owner.id, token)
    ids = [(await session_of(accounts, token)).id for token in tokens]
    async with await connect(url) as listening:
        await listening.execute(f"LISTEN {SESSIONS_CHANNEL}")
        await accounts.end_session(ids[0])
        await accounts.end_session(ids[0])
        await accounts.end_sessions(sam.id)
        await accounts.end_sessions(bea.id)
        heard = [notice.payload async for notice in listening.notifies(timeout=2, stop_after=4)]
    assert heard[0] == str(ids[0])
    assert sorted(heard) == sorted(map(str, ids))


async def test_a_person_s_sessions_are_listed_the_one_used_last_first(
    accounts: AccountStore, sam: Person, bea: Person, database: Database
) -> None:
    await accounts.create_session(sam.id, TOKEN)
    await age(database, seen_at=timedelta(hours=1))
    await accounts.create_session(sam.id, OTHER)
    await accounts.create_session(bea.id, sha256(b"hers").digest())
    listed = await accounts.sessions_of(sam.id)
    assert [session.id for session in listed] == [(await session_of(accounts, token)).id for token in (OTHER, TOKEN)]
    await session_of(accounts, TOKEN)  # the look above was a use, and is noted
    assert [session.id for session in await accounts.sessions_of(sam.id)] == [listed[1].id, listed[0].id]


async def test_all_sessions_of_a_person_are_listed_however_many(
    accounts: AccountStore, sam: Person, database: Database
) -> None:
    """The export of one's data has them all."""
    async with database.raw() as connection:
        rows = "SELECT %s, sha256(n::text::bytea) FROM generate_series(1, 120) AS n"
        await connection.execute(f"INSERT INTO sessions (user_id, token_hash) {rows}".encode(), (sam.id,))
    assert len(await accounts.sessions_of(sam.id)) == 120


@pytest.mark.parametrize(
    ("ages", "live"),
    [
        ({"seen_at": IDLE_FOR - MINUTE, "created_at": IDLE_FOR}, True),
        ({"seen_at": IDLE_FOR + MINUTE, "created_at": IDLE_FOR + MINUTE}, False),
        ({"created_at": LASTS_FOR - MINUTE}, True),
        ({"created_at": LASTS_FOR + MINUTE}, False),
    ],
)
async def test_a_session_is_over_when_it_was_idle_for_long_or_is_old(
    accounts: AccountStore, sam: Person, database: Database, ages: dict[str, timedelta], live: bool
) -> None:
    await accounts.create_session(sam.id, TOKEN)
    session = await session_of(accounts, TOKEN)
    await age(database, **ages)
    await accounts.forget_old_sessions()
    async with database.raw() as connection:
        kept = await (await connection.execute("SELECT count(*) FROM sessions")).fetchone()
    assert kept == (1 if live else 0,)
    assert [found.id for found in await accounts.sessions_of(sam.id)] == [session.id] * live
    assert (await accounts.find_session(TOKEN) is not None) == live


async def test_a_session_that_is_over_is_not_found_even_before_it_is_forgotten(
    accounts: AccountStore, sam: Person, database: Database
) -> None:
    await accounts.create_session(sam.id, TOKEN)
    await age(database, seen_at=IDLE_FOR + MINUTE)
    assert await accounts.find_session(TOKEN) is None
    assert await accounts.sessions_of(sam.id) == []
    assert await accounts.find_session(TOKEN) is None, "the look has revived it"


async def test_the_use_of_a_session_is_noted_at_most_once_a_minute(
    accounts: AccountStore, sam: Person, database: Database
) -> None:
    await accounts.create_session(sam.id, TOKEN)
    first = (await session_of(accounts, TOKEN)).seen_at
    assert (await session_of(accounts, TOKEN)).seen_at == first
    await age(database, seen_at=timedelta(days=3))
    await session_of(accounts, TOKEN)
    noted = (await session_of(accounts, TOKEN)).seen_at
    assert first < noted < first + MINUTE


async def test_a_browser_s_time_zone_and_theme_are_its_own(accounts: AccountStore, sam: Person) -> None:
    await accounts.create_session(sam.id, TOKEN)
    await accounts.create_session(sam.id, OTHER)
    session = await session_of(accounts, TOKEN)
    await accounts.remember(session.id, time_zone="Europe/Zurich", theme="dark")
    assert await session_of(accounts, TOKEN) == replace(session, time_zone="Europe/Zurich", theme="dark")
    other = await session_of(accounts, OTHER)
    assert (other.time_zone, other.theme) == ("UTC", "system")


@pytest.mark.parametrize("digest", [b"", TOKEN[:-1], TOKEN + b"x"])
async def test_a_token_s_digest_has_32_bytes(accounts: AccountStore, sam: Person, digest: bytes) -> None:
    with pytest.raises(sqlalchemy.exc.IntegrityError, match="sessions_token_hash_length_check"):
        await accounts.create_session(sam.id, digest)


async def test_a_token_s_digest_belongs_to_one_session(accounts: AccountStore, sam: Person) -> None:
    await accounts.create_session(sam.id, TOKEN)
    with pytest.raises(sqlalchemy.exc.IntegrityError, match="sessions_token_hash_key"):
        await accounts.create_session(sam.id, TOKEN)


async def test_nobody_who_does_not_exist_has_a_session(accounts: AccountStore) -> None:
    assert not await accounts.create_session(1, TOKEN)
    assert await accounts.find_session(TOKEN) is None
