"""What the role that the app runs as may not do, whatever its code tries: its rights end before triggers are asked."""

from collections.abc import Iterator

import psycopg
import pytest

from app.db.schema import APPEND_ONLY
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
