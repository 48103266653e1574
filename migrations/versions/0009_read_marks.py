"""How far each party has seen a trade. A mark goes with its trade or its person."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE read_marks (
            trade_id BIGINT NOT NULL,
            user_id BIGINT NOT NULL,
            seen_seq BIGINT DEFAULT 0 NOT NULL,
            seen_at TIMESTAMP WITH TIME ZONE,
            mailed_seq BIGINT DEFAULT 0 NOT NULL,
            CONSTRAINT read_marks_pkey PRIMARY KEY (trade_id, user_id),
            CONSTRAINT read_marks_counts_check CHECK (seen_seq >= 0 AND mailed_seq >= 0),
            CONSTRAINT read_marks_trade_id_fkey FOREIGN KEY(trade_id) REFERENCES trades (id) ON DELETE CASCADE,
            CONSTRAINT read_marks_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
        )
    """)
