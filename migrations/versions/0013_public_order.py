"""The list that all look at is sorted by what all may know: no private trade moves by what happens inside."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    place = "(CASE WHEN listed THEN active_at ELSE coalesce(closed_at, created_at) END) DESC, id DESC"
    op.execute("DROP INDEX trades_status_activity_idx")
    op.execute(f"CREATE INDEX trades_public_idx ON trades ({place})")
    op.execute(f"CREATE INDEX trades_status_public_idx ON trades (status, {place})")
