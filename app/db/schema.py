"""Bringing a database to the newest schema."""

from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

_MIGRATIONS = Path(__file__).parents[2] / "migrations"
_LOCK = 5_202_611_226
"""The advisory lock that lets one process migrate while the others wait."""


def migrate(url: str) -> None:
    """Bring the database to the newest revision; blocking, and safe to run from many processes at once.

    Raises `psycopg.Error` or `sqlalchemy.exc.SQLAlchemyError` when the database fails; what had begun is rolled back.
    """
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(url), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as guard:
        guard.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": _LOCK})
        try:
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        finally:
            guard.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": _LOCK})
