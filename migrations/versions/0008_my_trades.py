"""A page of somebody's trades costs the same however many are closed: each side's, by status, the latest first."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for side in ("seller", "buyer"):
        op.execute(f"DROP INDEX trades_{side}_idx")
        op.execute(f"CREATE INDEX trades_{side}_idx ON trades ({side}_id, status, closed_at DESC, id DESC)")
