"""What the role that the app runs as may not do, whatever its code tries: its rights end before triggers are asked."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from app.db.connection import role
from app.db.schema import APPEND_ONLY, migrate
from tests.db.server import Server


@pytest.fixture(scope="module")
def app(server: Server, template: str) -> Iterator[psycopg.Connection]:
    """A connection as the app has it."""
    if not server.runs_as:
        pytest.skip("this server is used as its owner")
    name = server.create(template)
    with psycopg.connect(server.address(name), autocommit=True) as connection:
        yield connection
    server.drop(name)


@pytest.mark.parametrize(
    "statement",
    [
        *(f"UPDATE {table} SET trade_id = trade_id" for table in APPEND_ONLY),
        *(f"DELETE FROM {table}" for table in (*APPEND_ONLY, "trades", "alembic_version")),
        *(f"TRUNCATE {table} CASCADE" for table in (*APPEND_ONLY, "trades", "users", "sessions")),
        *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in (*APPEND_ONLY, "trades", "users")),
        *(f"DROP TRIGGER {table}_append_only ON {table}" for table in APPEND_ONLY),
        *(f"DROP TABLE {table} CASCADE" for table in (*APPEND_ONLY, "trades", "users")),
        "UPDATE alembic_version SET version_num = '0001'",
        "CREATE OR REPLACE FUNCTION traderoom_refuse_change() RETURNS trigger LANGUAGE sql AS ''",
        "DROP FUNCTION traderoom_refuse_move() CASCADE",
        "SET session_replication_role = replica",
        "CREATE TABLE mine ()",
        "CREATE ROLE other LOGIN",
    ],
)
def test_the_app_s_role_may_not(app: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(statement.encode())


def test_the_app_s_role_is_an_ordinary_one(app: psycopg.Connection) -> None:
    rights = app.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles"
        " WHERE rolname = current_user"
    ).fetchone()
    assert rights == (False,) * 5
    assert app.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone() == (0,)


def test_a_role_of_any_name_gets_its_rights_wherever_in_the_address_it_stands(owner_url: str) -> None:
    name = f'a"pp-%{uuid4().hex[:8]}'
    encoded = name.replace("%", "%25").replace('"', "%22")
    for address in (f"postgresql://{encoded}:x@db.example/x", f"postgresql://db.example/x?user={encoded}"):
        assert role(address) == name
    migrate(owner_url, runs_as=name)
    with psycopg.connect(owner_url) as owner:
        assert owner.execute("SELECT has_table_privilege(%s, 'trades', 'INSERT')", (name,)).fetchone() == (True,)
        quoted = sql.Identifier(name)
        owner.execute(sql.SQL("DROP OWNED BY {}").format(quoted))
        owner.execute(sql.SQL("DROP ROLE {}").format(quoted))


def test_an_address_that_names_nobody_is_nobody_s() -> None:
    assert role("postgresql://db.example/x") == ""
