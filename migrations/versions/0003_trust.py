"""Requests that are recorded once, links that are renewed, seats that are released, accounts and drafts that go."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_name("trust_1.sql")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8"), execution_options={"no_parameters": True})
