"""The pool, and the first question to a server."""

import asyncio
from contextlib import suppress
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import OperationalError
from sqlmodel import col

from app.db import engine
from app.db.engine import Database, DatabaseError, Prepared, check_server
from app.db.tables import UserRow
from tests.db.outage import cut
from tests.db.server import Server


async def test_a_server_that_answers_and_is_new_enough_is_fine(url: str) -> None:
    await check_server(url)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "postgresql:///none?host=/no/such/directory",
        "postgresql://nobody@host.invalid/none",
        "postgresql://nobody@127.0.0.1:notaport/none",
    ],
)
async def test_a_server_that_cannot_be_reached_is_one_line(address: str) -> None:
    with pytest.raises(DatabaseError, match="The database cannot be reached: ") as caught:
        await check_server(address)
    assert "\n" not in str(caught.value)


async def test_a_database_that_does_not_exist_is_one_line(url: str) -> None:
    with pytest.raises(DatabaseError, match=r'database ".+x" does not exist') as caught:
        await check_server(url.replace("/dbt_", "/x_dbt_").replace("?", "x?", 1))
    assert "\n" not in str(caught.value)


async def test_a_server_that_is_too_old_is_one_line(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "OLDEST_SERVER", 990000)
    with pytest.raises(DatabaseError, match=r"The database is PostgreSQL \d+; Traderoom needs 15 or newer."):
        await check_server(url)


async def test_every_connection_is_bounded_and_speaks_utc(database: Database) -> None:
    async with database.raw() as connection:
        for name, value in {
            "statement_timeout": "10s",
            "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": "15s",
            "TimeZone": "UTC",
        }.items():
            assert await (await connection.execute(f"SHOW {name}".encode())).fetchone() == (value,)
        assert connection.autocommit


async def test_what_a_database_was_set_to_otherwise_does_not_count(url: str, owner_url: str) -> None:
    otherwise = {
        "default_transaction_isolation": ("serializable", "read committed"),
        "client_encoding": ("LATIN1", "UTF8"),
        "standard_conforming_strings": ("off", "on"),
        "DateStyle": ("German", "ISO"),
        "IntervalStyle": ("sql_standard", "postgres"),
    }
    with psycopg.connect(owner_url, autocommit=True) as owner:
        for name, (theirs, _) in otherwise.items():
            owner.execute(f"ALTER DATABASE {owner.info.dbname} SET {name} = '{theirs}'".encode())
    await check_server(url)
    async with await engine.connect(url) as everyday:
        shown = [await (await everyday.execute(f"SHOW {name}".encode())).fetchone() for name in otherwise]
    with engine.connect_to_set_up(owner_url) as wide:
        shown += [wide.execute(f"SHOW {name}".encode()).fetchone() for name in otherwise]
    values = [row[0].partition(",")[0] for row in shown if row]  # a date style has an order besides
    assert values == [ours for _, ours in otherwise.values()] * 2


async def test_options_of_the_address_count_beside_ours(url: str) -> None:
    """A database's address may say what a pooler or a large table needs; our bounds are not for it to change."""
    given = f"{url}{'&' if '?' in url else '?'}options=-c%20work_mem%3D9MB%20-c%20statement_timeout%3D1h"
    async with await engine.connect(given) as connection:
        for name, value in (("work_mem", "9MB"), ("statement_timeout", "10s")):
            assert await (await connection.execute(f"SHOW {name}".encode())).fetchone() == (value,)


@pytest.mark.parametrize(
    ("setting", "names"),
    [
        ("default_transaction_read_only = on", "target_session_attrs=read-write"),
        ("search_path = elsewhere", "leads to no schema first"),
        ("search_path = pg_catalog", "leads to pg_catalog first"),
    ],
)
async def test_a_database_that_we_could_not_work_with_is_refused(
    url: str, owner_url: str, setting: str, names: str
) -> None:
    with psycopg.connect(owner_url, autocommit=True) as owner:
        owner.execute(f"ALTER DATABASE {owner.info.dbname} SET {setting}".encode())
    with pytest.raises(DatabaseError, match=names) as caught:
        await check_server(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
async def test_a_database_without_all_characters_is_refused(server: Server, encoding: str) -> None:
    name = f"dbt_{encoding.lower()}_{uuid4().hex[:8]}"
    server.run(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(DatabaseError, match=f"encoding {encoding}: use one that was made with ENCODING 'UTF8'"):
            await check_server(server.owner_address(name))
    finally:
        server.drop(name)


async def test_a_transaction_is_committed_at_its_end_and_rolled_back_on_an_exception(database: Database) -> None:
    new = "INSERT INTO users (name, name_key, password_hash) VALUES (%s, %s, 'x')"
    async with database.transaction() as connection:
        await connection.execute(new, ("Kept", "kept"))
    with suppress(KeyError):
        async with database.transaction() as connection:
            await connection.execute(new, ("Lost", "lost"))
            raise KeyError
    async with database.raw() as connection:
        assert await (await connection.execute("SELECT name FROM users")).fetchall() == [("Kept",)]


async def test_a_transaction_that_is_cancelled_is_rolled_back_and_its_connection_is_good(url: str) -> None:
    database = Database(url, pool_size=1)
    await database.open()

    async def slow() -> None:
        async with database.transaction() as connection:
            await connection.execute("INSERT INTO users (name, name_key, password_hash) VALUES ('Lost', 'lost', 'x')")
            await connection.execute("SELECT pg_sleep(5)")

    task = asyncio.create_task(slow())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(2), database.raw() as connection:
        assert await (await connection.execute("SELECT name FROM users")).fetchall() == []
    await database.close()


async def test_a_connection_that_broke_in_somebody_s_hands_is_not_handed_out_again(url: str) -> None:
    database = Database(url, pool_size=1)
    await database.open()
    with pytest.raises(psycopg.OperationalError):
        async with database.raw() as connection:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    async with database.raw() as connection:
        assert await (await connection.execute("SELECT 1")).fetchone() == (1,)
    await database.close()


async def test_a_renewed_pool_has_forgotten_the_connections_that_a_restart_broke(url: str) -> None:
    database = Database(url, pool_size=3)
    await database.open()
    async with database.raw(), database.raw(), database.raw():
        pass
    await cut(url)
    await database.renew()
    for _ in range(6):
        async with database.raw() as connection:
            assert await (await connection.execute("SELECT 1")).fetchone() == (1,)
    await database.close()


async def test_a_connection_that_is_held_while_the_pool_is_renewed_is_closed_when_it_is_given_back(url: str) -> None:
    database = Database(url, pool_size=2)
    await database.open()
    async with database.raw() as held:
        await database.renew()
        assert not held.closed
    assert held.closed
    await database.close()


async def test_sqlmodel_s_statements_and_raw_ones_share_the_connections_of_one_pool(url: str) -> None:
    database = Database(url, pool_size=1)
    await database.open()
    asked = "SELECT pg_backend_pid()"
    async with database.raw() as connection:
        row = await (await connection.execute(asked)).fetchone()
    async with database.reading() as reading:
        assert (await reading.execute(text(asked))).one() == row
    await database.close()


async def test_whoever_waits_too_long_for_a_connection_is_told(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "_PATIENCE", 0.1)
    database = Database(url, pool_size=1)
    await database.open()
    async with database.raw():
        with pytest.raises(psycopg.OperationalError):
            async with database.raw():
                pass
        with pytest.raises(OperationalError):
            async with database.reading():
                pass
    await database.close()


async def test_a_prepared_statement_is_asked_with_its_own_constants_and_the_values_that_are_given(
    database: Database,
) -> None:
    new = "INSERT INTO users (name, name_key, password_hash) VALUES (%s, %s, 'x')"
    async with database.raw() as connection:
        for name in ("Sam", "Bea"):
            await connection.execute(new, (name, name.lower()))
    columns: tuple[Any, ...] = (col(UserRow.name), col(UserRow.id).label("number"))
    statement = select(*columns).where(col(UserRow.password_hash) == "x", col(UserRow.name_key) == bindparam("key"))
    question = Prepared(statement)
    async with database.reading() as reading:
        for key in ("sam", "bea", "nobody"):
            rows = await database.ask(question, key=key)
            assert rows == (await reading.execute(statement, {"key": key})).all()
            assert [row.name for row in rows] == ([key.capitalize()] if key != "nobody" else [])
