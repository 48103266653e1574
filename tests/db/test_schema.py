"""From an empty database to the newest schema, which is the one that the models describe."""

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import sqlalchemy.exc
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import app.db.tables  # noqa: F401 - fills SQLModel's metadata
from app.db.schema import migrate
from tests.db.server import Server

ROOT = Path(__file__).parents[2]
FROZEN = ROOT / "migrations" / "versions" / "procrastinate_3_10.sql"
OURS = {"users", "sessions", "trades", "trade_transitions", "trade_actions", "trade_versions", "messages", "read_marks"}
OURS |= {"addresses", "mail_links"}

Facts = set[tuple[object, ...]]
_COLUMNS = """
    SELECT table_name, column_name, ordinal_position, data_type, character_maximum_length, numeric_precision,
           numeric_scale, is_nullable, column_default, identity_generation, generation_expression
    FROM information_schema.columns WHERE table_schema = 'public'
"""
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""
_INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
_TRIGGERS = """
    SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal
"""
_GRANTS = "SELECT relname::text, relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"


def facts(url: str, question: str, *, ours: bool = True) -> Facts:
    """What a database's catalogue says; of our own tables only, unless told otherwise."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(question.encode()).fetchall()
    return {row for row in rows if row[0] in OURS or not ours}


@pytest.fixture
def connection(owner_url: str) -> Iterator[Connection]:
    """SQLAlchemy's connection to a migrated database."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def test_an_empty_database_is_brought_to_the_newest_schema(empty_url: str) -> None:
    assert facts(empty_url, _COLUMNS, ours=False) == set()
    migrate(empty_url)
    tables = {row[0] for row in facts(empty_url, _COLUMNS, ours=False)}
    assert tables >= OURS | {"alembic_version", "procrastinate_jobs", "procrastinate_events", "procrastinate_workers"}


@pytest.mark.filterwarnings("ignore:Computed default")  # not compared by Alembic; the next test does
def test_alembic_finds_no_difference_between_the_models_and_the_schema(connection: Connection) -> None:
    def is_ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "table" or name in OURS

    context = MigrationContext.configure(
        connection, opts={"include_name": is_ours, "compare_type": True, "compare_server_default": True}
    )
    assert compare_metadata(context, SQLModel.metadata) == []


@pytest.mark.parametrize("question", [_COLUMNS, _CONSTRAINTS, _INDEXES], ids=["columns", "constraints", "indexes"])
def test_the_models_would_make_the_very_same_schema(owner_url: str, empty_url: str, question: str) -> None:
    """What Alembic does not compare, check constraints above all: the catalogue of both, word for word."""
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(empty_url), poolclass=NullPool)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    migrated, wanted = facts(owner_url, question), facts(empty_url, question)
    told = [f"the models want {fact}" for fact in wanted - migrated] + [
        f"there is {fact}" for fact in migrated - wanted
    ]
    assert migrated == wanted, "\n".join(sorted(told))


def test_the_models_know_the_same_tables(owner_url: str) -> None:
    assert set(SQLModel.metadata.tables) == OURS
    unknown = {str(row[0]) for row in facts(owner_url, _COLUMNS, ours=False)} - OURS - {"alembic_version"}
    assert all(name.startswith("procrastinate_") for name in unknown)


def test_a_second_migration_changes_nothing(server: Server, empty_url: str) -> None:
    migrate(empty_url, runs_as=server.runs_as)
    questions = (_COLUMNS, _CONSTRAINTS, _INDEXES, _TRIGGERS, _GRANTS, "SELECT version_num FROM alembic_version")
    before = [facts(empty_url, question, ours=False) for question in questions]
    migrate(empty_url, runs_as=server.runs_as)
    assert [facts(empty_url, question, ours=False) for question in questions] == before


async def test_four_processes_may_migrate_at_once(server: Server, empty_url: str) -> None:
    script = f"import sys; from app.db.schema import migrate; migrate(sys.argv[1], runs_as={server.runs_as!r})"
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, empty_url, cwd=ROOT, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    errors = [(await process.communicate())[1].decode() for process in processes]
    assert [(process.returncode, error) for process, error in zip(processes, errors, strict=True)] == [(0, "")] * 4
    assert {str(row[0]) for row in facts(empty_url, _COLUMNS)} == OURS
    assert len(facts(empty_url, "SELECT version_num FROM alembic_version", ours=False)) == 1


def test_a_migration_that_fails_leaves_nothing_behind_and_holds_no_lock(empty_url: str) -> None:
    with psycopg.connect(empty_url) as connection:
        connection.execute("CREATE TABLE messages ()")
    with pytest.raises(sqlalchemy.exc.ProgrammingError, match="already exists"):
        migrate(empty_url)
    assert facts(empty_url, _COLUMNS, ours=False) == set()
    with psycopg.connect(empty_url) as connection:
        connection.execute("DROP TABLE messages")
    migrate(empty_url)


def test_the_frozen_queue_is_the_installed_procrastinate_s() -> None:
    assert SchemaManager.get_schema() == FROZEN.read_text()


def test_the_poke_s_question_is_answered_by_an_index(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("SET enable_seqscan = off")
        plan = connection.execute(
            "EXPLAIN SELECT min(scheduled_at) FROM procrastinate_jobs WHERE status = 'todo' AND queue_name = 'default'"
        ).fetchall()
    assert "traderoom_jobs_due_idx" in str(plan)
