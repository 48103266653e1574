"""Offers of both sides, that are seen and withdrawn; deadlines that move; currencies, units and discretion."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_name("offers_1.sql")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8"), execution_options={"no_parameters": True})
