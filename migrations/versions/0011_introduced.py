"""Who has been told how a room works: everybody who was here before, and nobody who comes from now on."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN introduced BOOLEAN DEFAULT true NOT NULL")
    op.execute("ALTER TABLE users ALTER COLUMN introduced SET DEFAULT false")
