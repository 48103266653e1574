"""From the release before, with trades in every status: what was kept stands, and its receipts, old and new, verify.

`kept/release_1.json` holds the rows of a database of that release, as it wrote them, and the receipts that it issued.
"""

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from app.db.engine import Database
from app.db.history import History
from app.db.ledger import Ledger
from app.db.queue import Queue
from app.db.schema import migrate
from app.domain import rules
from app.domain.kinds import Role, Status
from app.domain.moves import Expire, Move, SendMessage, Withdraw
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import verify
from app.service.viewer import Viewer
from tests.db.audit import broken_promises
from tests.db.server import Server
from tests.db.test_migrations import bring_to
from tests.proof.issued import issue

KEPT = json.loads((Path(__file__).parent / "kept" / "release_1.json").read_text())
TRADES: dict[str, int] = KEPT["trades"]
SECRET = "the secret of the receipts that are kept"


def insert(connection: psycopg.Connection, table: str, row: dict[str, Any]) -> None:
    """Put a row where it was."""
    columns = ", ".join(row)
    connection.execute(
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_record(NULL::{table}, %s)".encode(),
        (Jsonb(row),),
    )


@pytest.fixture
def upgraded(empty_url: str, server: Server) -> str:
    """The address of the release before's database, brought to the newest schema."""
    bring_to(empty_url, "0006")
    with psycopg.connect(empty_url) as connection:
        for table, rows in KEPT["rows"].items():
            for row in rows:
                insert(connection, table, row)
    migrate(empty_url, runs_as=server.runs_as)
    return empty_url


async def test_every_trade_stands_as_it_stood(upgraded: str) -> None:
    database = Database(upgraded)
    await database.open()
    history = History(database)
    before = {row["id"]: row for row in KEPT["rows"]["trades"]}
    assert {row["status"] for row in before.values()} == set(Status) - {Status.WITHDRAWN}
    for number, row in before.items():
        standing = await history.trade(number)
        assert standing is not None
        trade = standing.trade
        assert (trade.status, trade.version, standing.seq) == (row["status"], row["version"], row["seq"])
        assert (trade.offered_by, trade.seen_version) == (Role.SELLER, 0)
        assert (trade.currency, trade.unit, trade.listed) == ("USD", "", True)
        assert {action.deadline for action in await history.actions(number)} == {trade.expires_at}
        assert trade.request == ("Far fewer?" if number == TRADES["in_negotiation"] else "")
    async with database.raw() as connection:
        broken = await broken_promises(connection)
    await database.close()
    # The release before left no time to answer, and its rejections named no version.
    assert set(broken) <= {"every offer in a negotiation leaves the other side two minutes"}


async def test_receipts_of_then_and_of_now_verify(upgraded: str) -> None:
    database = Database(upgraded)
    await database.open()
    history = History(database)
    receipts = Receipts(history, Limits({"exports": "1000/minute"}), SECRET)
    for name, old in KEPT["receipts"].items():
        assert verify(old, receipts.public_key) == [], name
        standing = await history.trade(TRADES[name])
        assert standing is not None
        seller = Viewer(standing.trade.seller, 0)
        new = await issue(receipts, seller, standing.trade.code, database.clock.now())
        assert (old["format"], new["format"]) == ("traderoom-receipt/1", "traderoom-receipt/2")
        assert verify(new, receipts.public_key) == [], name
        assert [entry["hash"] for entry in new["actions"]] == [entry["hash"] for entry in old["actions"]]
    await database.close()


@pytest.mark.parametrize("name", ["draft", "in_negotiation", "answered"])
async def test_a_trade_that_was_open_goes_on_to_its_end(upgraded: str, name: str) -> None:
    """It is talked about and closed, by time where its deadline has passed since, and the whole chain verifies."""
    database = Database(upgraded)
    await database.open()
    history, ledger = History(database), Ledger(database, Queue(upgraded), "here")
    standing = await history.trade(TRADES[name])
    assert standing is not None
    trade = standing.trade
    is_over = database.clock.now() >= trade.expires_at
    end: tuple[Move, Role | None] = (Expire(), None) if is_over else (Withdraw(trade.version), Role.SELLER)
    for move, role in ((SendMessage("Still there?"), Role.SELLER), end):
        recorded = await ledger.record(rules.apply(trade, move, by=role, now=database.clock.now()))
        assert recorded is not None
        trade = recorded.trade
    receipts = Receipts(history, Limits({"exports": "1000/minute"}), SECRET)
    receipt = await issue(receipts, Viewer(trade.seller, 0), trade.code, database.clock.now())
    assert verify(receipt, receipts.public_key) == []
    await database.close()


def test_the_trail_is_append_only_again(upgraded: str) -> None:
    with psycopg.connect(upgraded) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("UPDATE trade_actions SET deadline = now()")
