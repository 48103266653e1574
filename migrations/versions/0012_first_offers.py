"""A side's first offer and its latest are found by a key, however much was said and offered in between."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE INDEX trade_actions_offers_idx ON trade_actions (trade_id, role, seq)
            WHERE kind IN ('created', 'amended')
    """)
