"""Bringing a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.sql import Identifier
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.db.engine import DatabaseError, connect_to_set_up

_MIGRATIONS = Path(__file__).parents[2] / "migrations"
APPEND_ONLY = ("trade_actions", "trade_versions", "messages")
"""The tables whose rows are never changed or deleted."""
RUNS_AS = "traderoom_app"
"""The role that the application runs as on the embedded database."""
_LOCK = 5_202_611_226
"""The advisory lock that lets one process migrate while the others wait."""


def migrate(url: str, *, runs_as: str = "") -> None:
    """Bring the database to the newest revision; blocking, and safe to run from many processes at once.

    `url` is the owner's. `runs_as` names the role that the application runs as, made where it is missing: it may add
    rows to the audit trail but neither change nor delete them, and owns nothing, so it cannot drop what forbids it.

    Raises `DatabaseError` for a database that this release cannot bring there, and `psycopg.Error` or
    `sqlalchemy.exc.SQLAlchemyError` when the database fails; what had begun is rolled back.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect_to_set_up(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                _check_revision(connection, ScriptDirectory.from_config(config))
                command.upgrade(config, "head")
                if runs_as:
                    _grant(connection, runs_as)
        except CommandError as error:
            raise DatabaseError(f"The database cannot be migrated: {error}") from error
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def _check_revision(connection: Connection, script: ScriptDirectory) -> None:
    """Raises `DatabaseError` when the database is not one that a release up to this one has left."""
    if connection.execute(text("SELECT to_regclass('alembic_version') IS NULL")).scalar():
        if connection.execute(text("SELECT to_regclass('trades') IS NULL")).scalar():
            return  # a new one
        raise DatabaseError("The database has a table 'trades' but no schema of Traderoom's: use another database.")
    is_ours = "SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass('alembic_version') AND attname = 'version_num'"
    if not connection.execute(text(is_ours)).scalar():
        raise DatabaseError("The database has a table 'alembic_version' that is not Traderoom's: use another database.")
    found = sorted(str(row[0]) for row in connection.execute(text("SELECT version_num FROM alembic_version")))
    known = {revision.revision for revision in script.walk_revisions()}
    if len(found) != 1:
        raise DatabaseError(
            f"The table 'alembic_version' holds {len(found)} rows ({', '.join(found)}) instead of one:"
            " restore the database from a backup."
        )
    if found[0] not in known:
        raise DatabaseError(
            f"The database has the schema '{found[0]}', which this release does not know (it goes up to"
            f" '{script.get_current_head()}'): run the release of Traderoom that made it, or restore a backup."
        )


def _grant(connection: Connection, role: str) -> None:
    """Give the role what it needs to run, and nothing more; granting again changes nothing."""
    quoted = Identifier(role).as_string()
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    if not exists:
        connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN", execution_options={"no_parameters": True})
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted};"
        f"REVOKE UPDATE, DELETE ON {', '.join(APPEND_ONLY)} FROM {quoted};"
        f"REVOKE DELETE ON trades FROM {quoted};"
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version, trade_transitions FROM {quoted};"
        f"GRANT EXECUTE ON FUNCTION traderoom_clear_drafts() TO {quoted}",
        execution_options={"no_parameters": True},
    )
