"""The ways between statuses as rows, and constraints as the table of kinds writes them."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_name("kinds_1.sql")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8"), execution_options={"no_parameters": True})
