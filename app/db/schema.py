"""Bringing a database to the newest schema."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from app.db.engine import connect_to_set_up

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

    Raises `psycopg.Error` or `sqlalchemy.exc.SQLAlchemyError` when the database fails; what had begun is rolled back.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: connect_to_set_up(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                if runs_as:
                    _grant(connection, runs_as)
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})


def _grant(connection: Connection, role: str) -> None:
    """Give the role what it needs to run, and nothing more; granting again changes nothing."""
    quoted = connection.dialect.identifier_preparer.quote(role)
    exists = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).scalar()
    if not exists:
        connection.exec_driver_sql(f"CREATE ROLE {quoted} LOGIN")
    connection.exec_driver_sql(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted};"
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quoted};"
        f"REVOKE UPDATE, DELETE ON {', '.join(APPEND_ONLY)} FROM {quoted};"
        f"REVOKE DELETE ON trades FROM {quoted};"
        f"REVOKE INSERT, UPDATE, DELETE ON alembic_version, trade_transitions FROM {quoted};"
        f"GRANT EXECUTE ON FUNCTION traderoom_clear_drafts() TO {quoted}",
        execution_options={"no_parameters": True},
    )
