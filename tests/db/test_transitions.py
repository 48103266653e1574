"""The ways between statuses that the trigger asks are those of the table of kinds, and only the owner changes them."""

from contextlib import suppress

import psycopg
import pytest

from app.domain.kinds import NEXT, Status


def ways(url: str) -> set[tuple[str, str]]:
    """The rows that the trigger asks."""
    with psycopg.connect(url) as connection:
        return set(connection.execute("SELECT from_status, to_status FROM trade_transitions").fetchall())


def test_the_database_knows_the_ways_of_the_table_of_kinds(url: str) -> None:
    assert ways(url) == {(here.value, there.value) for here, after in NEXT.items() for there in after}


@pytest.mark.parametrize("status", Status)
async def test_a_way_that_is_no_row_is_refused_and_one_more_row_opens_it(
    market, owner_url: str, url: str, status: Status
) -> None:
    """No trigger has to be copied for a new way: it is a row."""
    deal = await market.past(status)
    there = next(iter({Status.DRAFT, Status.REJECTED} - {status}))
    change = "UPDATE trades SET status = %s, seq = seq + 1 WHERE id = %s"
    with psycopg.connect(owner_url) as connection:
        connection.execute("DELETE FROM trade_transitions")
        with pytest.raises(psycopg.errors.RestrictViolation, match=f"no way leads from {status} to {there}"):
            connection.execute(change, (there.value, deal.id))
        connection.rollback()
        connection.execute(
            "INSERT INTO trade_transitions VALUES (%s, %s) ON CONFLICT DO NOTHING", (status.value, there.value)
        )
        with suppress(psycopg.errors.CheckViolation):  # other rules still hold, but the way is open
            connection.execute(change, (there.value, deal.id))
        connection.rollback()


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM trade_transitions", "INSERT INTO trade_transitions VALUES ('accepted', 'draft')",
     "UPDATE trade_transitions SET to_status = 'draft'"],
)  # fmt: skip
def test_the_app_s_role_adds_no_way(server, url: str, statement: str) -> None:
    if not server.runs_as:
        return
    with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement.encode())
