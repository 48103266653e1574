"""Users, sessions, trades, versions, actions and messages, with the rules as constraints and triggers."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_name("trades_1.sql")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8"), execution_options={"no_parameters": True})
