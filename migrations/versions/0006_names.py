"""What names look like, so that no new one passes for another; joiners where they belong to a word or an emoji."""

from alembic import op
from sqlalchemy import text

from app.domain.names import name_skeleton

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNSEEN = (
    r"[\u0001-\u001f\u007f-\u009f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]|(^|[\u0001-\u02af])[\u200c\u200d]"
)
_LINES = (("users", "name"), ("trades", "title"), ("trades", "invited"))


def upgrade() -> None:
    connection = op.get_bind()
    for table, column in _LINES:
        name = f"{table}_{column}_line_check"
        connection.exec_driver_sql(
            f"ALTER TABLE {table} DROP CONSTRAINT {name}, ADD CONSTRAINT {name}"
            rf" CHECK ({column} !~ '{_UNSEEN}' AND ({column} = '' OR {column} ~ '\S'))",
            execution_options={"no_parameters": True},
        )
    op.execute("ALTER TABLE users ADD COLUMN name_skeleton TEXT")
    # Old accounts keep their names: of those that look the same the oldest has the skeleton, and later ones have none.
    # A deleted account has lost its name, so its key stands for it; most lookalikes are alike in small letters too.
    whose: dict[str, int] = {}
    for user, name, key, is_gone in connection.execute(
        text("SELECT id, name, name_key, deleted_at IS NOT NULL FROM users ORDER BY id")
    ):
        whose.setdefault(name_skeleton(key if is_gone else name), user)
    connection.execute(
        text(
            "UPDATE users SET name_skeleton = t.skeleton"
            " FROM unnest(CAST(:ids AS bigint[]), CAST(:skeletons AS text[])) AS t (id, skeleton) WHERE users.id = t.id"
        ),
        {"ids": list(whose.values()), "skeletons": list(whose)},
    )
    op.execute("ALTER TABLE users ADD CONSTRAINT users_name_skeleton_key UNIQUE (name_skeleton)")
