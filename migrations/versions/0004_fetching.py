"""An index that keeps fetching a job cheap while many wait for their time."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Our jobs have no locks, so it stays empty. But without it looking for locks seems so dear that PostgreSQL would
    # rather read all waiting jobs in their order than the few that are due: 18 ms at 100,000, instead of 0.4.
    op.execute(
        "CREATE INDEX traderoom_jobs_lock_idx ON procrastinate_jobs (lock)"
        " WHERE lock IS NOT NULL AND status IN ('todo', 'doing')"
    )
