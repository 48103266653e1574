"""A database of the release before, with rows in it, brought to the newest schema: what was written lives on."""

from collections.abc import Iterable
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from app.db.accounts import AccountStore
from app.db.engine import Database
from app.db.schema import migrate
from app.domain.names import GONE, name_capitals, name_key, name_skeleton
from tests.db.server import Server

MIGRATIONS = Path(__file__).parents[2] / "migrations"
OLD = [
    "Sam",
    "Pat Seller",
    "Pat SeIIer",
    "Веа",
    "Bea",
    "Admin",
    "You",
    "\ue000",
    "Jose\u0301",
    "\u0645\u062d\u0645\u062f",
]
"""Names that the release before took; some of them look alike, some nobody could take today."""


def bring_to(url: str, revision: str) -> None:
    """Migrate as far as this revision."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture
def old(empty_url: str, server: Server) -> str:
    """The address of a database with people and a trade of the release before, migrated."""
    bring_to(empty_url, "0005")
    with psycopg.connect(empty_url) as connection:
        connection.cursor().executemany(
            "INSERT INTO users (name, name_key, password_hash) VALUES (%s, %s, 'old hash')",
            [(name, name_key(name)) for name in OLD],
        )
        connection.execute(
            "INSERT INTO users (name, name_key, password_hash, deleted_at) VALUES (%s, 'ann gone', '', now())", (GONE,)
        )
        connection.execute(
            """INSERT INTO trades (code, title, seller_id, invited, price, quantity, status, head,
                                   created_at, amended_at, active_at, expires_at)
               VALUES (repeat('x', 26), 'Oak', 1, 'Pat SeIIer', 1, 1, 'draft', sha256(''),
                       now(), now(), now(), now() + interval '1 hour')"""
        )
    migrate(empty_url, runs_as=server.runs_as)
    return empty_url


async def test_old_accounts_keep_their_names_and_are_found_by_them(old: str) -> None:
    database = Database(old)
    await database.open()
    await assert_found(AccountStore(database), OLD, "old hash")
    await database.close()


async def assert_found(accounts: AccountStore, names: Iterable[str], password_hash: str) -> None:
    """Whoever has one of these names signs in with it as before."""
    for name in names:
        found = await accounts.find_user(name_key(name))
        assert found is not None
        assert (found[0].name, found[1]) == (name, password_hash)


def test_of_old_names_that_look_alike_the_first_has_the_skeleton(old: str) -> None:
    with psycopg.connect(old) as connection:
        kept = connection.execute("SELECT name, name_skeleton FROM users ORDER BY id").fetchall()
    alike = {"Pat SeIIer", "Bea"}
    assert kept[:-1] == [(name, None if name in alike else name_skeleton(name)) for name in OLD]
    assert kept[-1] == (GONE, "ann gone")


@pytest.mark.parametrize("name", ["Pat Se\u0406ler", "PAT SEIIER", "ВЕА", "Ann G0ne", "Jos\u00e9", "sarn"], ids=ascii)
async def test_no_new_name_passes_for_an_old_one(old: str, name: str) -> None:
    database = Database(old)
    await database.open()
    assert await AccountStore(database).create_user(name, name_key(name), "hash") is None
    await database.close()


# Names of a release that did not look at capitals, with the skeletons that it gave them.
UNSEEN = {"Sam": "sarn", "\u0405\u0410\u041c": "sam", "Mike": "mike", "\u039c\u0399\u039a\u0395": "mlke", "Max": "max"}
UNSEEN |= {"rnax": "rnax", "Neil": "neil", "Nell": "nell"}


async def test_names_that_looked_alike_in_capitals_alone_stay_and_no_new_one_joins_them(
    empty_url: str, server: Server
) -> None:
    bring_to(empty_url, "0011")
    with psycopg.connect(empty_url) as connection:
        columns = "name, name_key, name_skeleton, password_hash, deleted_at"
        put = f"INSERT INTO users ({columns}) VALUES (%s, %s, %s, 'old', {{}})"
        connection.cursor().executemany(
            put.format("NULL").encode(), [(name, name_key(name), skeleton) for name, skeleton in UNSEEN.items()]
        )
        connection.execute(put.format("now()").encode(), (GONE, "pat miiler", "pat miller"))
    migrate(empty_url, runs_as=server.runs_as)
    database = Database(empty_url)
    await database.open()
    accounts = AccountStore(database)
    await assert_found(accounts, UNSEEN, "old")
    async with database.raw() as connection:
        rows = await (await connection.execute("SELECT name, name_skeleton, name_capitals FROM users")).fetchall()
    kept = {name: (skeleton, capitals) for name, skeleton, capitals in rows}
    assert kept["\u0405\u0410\u041c"] == (None, None)
    assert kept["\u039c\u0399\u039a\u0395"] == ("rnlke", None)
    assert kept["rnax"] == (None, "RNAX")
    assert kept[GONE] == ("pat rniller", name_capitals("pat miiler"))
    for name in ("\u0405\u0430\u043c", "SAM", "\u039c\u0399\u039a\u0395", "\u041c\u0410\u0425", "Pat MilIer", "RNAX"):
        assert await accounts.create_user(name, name_key(name), "hash") is None
        assert await accounts.is_taken(name, name_key(name)) is not False
    assert await accounts.create_user("Nele", name_key("Nele"), "hash")
    await database.close()


async def test_the_name_of_an_account_that_is_deleted_is_never_free_again_nor_what_looks_like_it(old: str) -> None:
    database = Database(old)
    await database.open()
    accounts = AccountStore(database)
    dora = await accounts.create_user("Dora Miller", name_key("Dora Miller"), "hash")
    assert dora is not None
    assert await accounts.delete_user(dora.id, GONE)
    for name in ("Dora Miller", "DORA MILLER", "Dora MilIer", "D0ra Miller"):
        assert await accounts.create_user(name, name_key(name), "hash") is None
    asked = [await accounts.is_taken(name, name_key(name)) for name in ("dora miller", "Dora MilIer", "Dora Muller")]
    assert asked == [True, None, False]
    await database.close()
