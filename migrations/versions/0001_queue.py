"""Procrastinate's schema, frozen as its release 3.10 ships it, and an index for the poke."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = Path(__file__).with_name("procrastinate_3_10.sql")


def upgrade() -> None:
    op.get_bind().exec_driver_sql(SCHEMA.read_text("utf-8"), execution_options={"no_parameters": True})
    # The poke asks for the earliest due job; without this the answer costs a scan of all waiting jobs.
    op.execute("CREATE INDEX traderoom_jobs_due_idx ON procrastinate_jobs (scheduled_at) WHERE status = 'todo'")
