"""E-mail addresses, the links that mails carry, and which deadline somebody was warned of by mail."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        CREATE TABLE addresses (
            user_id BIGINT NOT NULL,
            address TEXT,
            wanted TEXT,
            wanted_at TIMESTAMP WITH TIME ZONE,
            subscribed BOOLEAN DEFAULT true NOT NULL,
            CONSTRAINT addresses_pkey PRIMARY KEY (user_id),
            CONSTRAINT addresses_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
            CONSTRAINT addresses_address_plain_check CHECK (address ~ '^[!-~]{3,254}$'),
            CONSTRAINT addresses_wanted_plain_check CHECK (wanted ~ '^[!-~]{3,254}$'),
            CONSTRAINT addresses_wanted_since_check CHECK ((wanted IS NULL) = (wanted_at IS NULL)),
            CONSTRAINT addresses_one_is_there_check CHECK (address IS NOT NULL OR wanted IS NOT NULL)
        );
        CREATE TABLE mail_links (
            token_hash BYTEA NOT NULL,
            user_id BIGINT NOT NULL,
            purpose VARCHAR(7) NOT NULL,
            address TEXT NOT NULL,
            expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
            CONSTRAINT mail_links_pkey PRIMARY KEY (token_hash),
            CONSTRAINT mail_links_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE,
            CONSTRAINT mail_links_token_hash_length_check CHECK (octet_length(token_hash) = 32),
            CONSTRAINT mail_links_purpose_check CHECK (purpose IN ('confirm', 'recover'))
        );
        CREATE INDEX mail_links_user_id_idx ON mail_links (user_id);
        ALTER TABLE read_marks ADD COLUMN mailed_deadline TIMESTAMP WITH TIME ZONE
    """)
