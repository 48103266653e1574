"""What the README says of backing up and restoring, done: what a person saw is there again, and the proof holds."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import make_url

from app.db import schema
from app.db.engine import Database
from app.db.history import History
from app.db.programs import Account, find_programs
from app.domain.kinds import Status
from app.domain.moves import Accept, SendMessage
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import verify
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.db.audit import broken_promises
from tests.db.server import Server
from tests.proof.issued import issue

SECRET = "the secret that belongs into the backup too"
_TABLES = ("users", "sessions", "trades", "trade_actions", "trade_versions", "messages", "procrastinate_jobs")


def program(name: str) -> Path:
    """One of PostgreSQL's own programs, of the server's version."""
    return find_programs(Account(Path("/")), None).bin / name


def run(name: str, url: str, *arguments: str) -> None:
    """Run one of them against a database, as the README has it."""
    done = subprocess.run([program(name), *arguments, "--dbname", url], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def restored(server: Server, owner_url: str, tmp_path: Path, market: Market) -> Iterator[str]:
    """The address of a database that is made from a backup when the test asks for it."""
    name = server.create()
    yield server.owner_address(name)
    server.drop(name)


def rows(url: str) -> dict[str, list[str]]:
    """Everything that is stored."""
    with psycopg.connect(url) as connection:
        return {
            table: [row[0] for row in connection.execute(f"SELECT t::text FROM {table} t ORDER BY 1".encode())]
            for table in _TABLES
        }


async def test_what_was_backed_up_is_there_again_and_verifies(
    market: Market, owner_url: str, restored: str, tmp_path: Path
) -> None:
    deal, going_on = await market.deal(), await market.deal()
    await deal.play(SendMessage("Is it oiled?"), deal.buyer)
    await going_on.play(SendMessage("Hello \N{SLIGHTLY SMILING FACE}"), going_on.seller)
    await deal.play(Accept(1), deal.buyer)
    backup = tmp_path / "traderoom.dump"
    run("pg_dump", owner_url, "--format", "custom", "--file", str(backup))
    before = rows(owner_url)
    await deal.play(SendMessage("Too late for the backup."), deal.buyer)

    run("pg_restore", restored, "--no-owner", "--no-privileges", str(backup))
    role = conninfo_to_dict(market.database.url)["user"]
    schema.migrate(restored, runs_as=str(role) if role != make_url(restored).username else "")
    assert rows(restored) == before

    database = Database(make_url(restored).set(username=str(role)).render_as_string(hide_password=False))
    await database.open()
    try:
        async with database.raw() as connection:
            assert await broken_promises(connection) == {}
            with pytest.raises(psycopg.Error):
                await connection.execute("UPDATE messages SET text = 'changed'")
        history = History(database)
        receipts = Receipts(history, Limits({"exports": "9/minute"}), SECRET)
        receipt = await issue(receipts, Viewer(deal.buyer, 1), deal.code, database.clock.now())
        assert verify(receipt, receipts.public_key) == []
        assert [entry["body"]["text"] for entry in receipt["actions"]][2:3] == ["Is it oiled?"]
        standing = await history.trade(going_on.id)
        assert standing is not None
        assert standing.trade.status is Status.IN_NEGOTIATION
    finally:
        await database.close()
