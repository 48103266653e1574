"""Databases that no release up to this one has left: each is refused with one line that says what to do."""

import psycopg
import pytest

from app.db.engine import DatabaseError
from app.db.schema import migrate


def run(url: str, *statements: str) -> None:
    """As the owner."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", "which this release does not know"),
        ("UPDATE alembic_version SET version_num = E'gar\\nbage; '", "which this release does not know"),
        ("INSERT INTO alembic_version VALUES ('0001')", "holds 2 rows"),
        ("INSERT INTO alembic_version VALUES ('9999')", "holds 2 rows"),
        ("DELETE FROM alembic_version", "holds 0 rows"),
        ("DROP TABLE alembic_version", "no schema of Traderoom's"),
    ],
)
def test_it_is_refused_and_left_as_it_is(owner_url: str, statement: str, says: str) -> None:
    run(owner_url, statement)
    with pytest.raises(DatabaseError, match=says):
        migrate(owner_url)
    with psycopg.connect(owner_url) as connection:
        assert connection.execute("SELECT count(*) FROM trades").fetchone() == (0,)


def test_somebody_else_s_table_of_that_name_is_refused_too(empty_url: str) -> None:
    run(empty_url, "CREATE TABLE alembic_version (something int)")
    with pytest.raises(DatabaseError, match="not Traderoom's: use another database"):
        migrate(empty_url)
