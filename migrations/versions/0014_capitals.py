"""What names look like in capital letters, and what they look like once more: in capitals other letters look alike."""

from alembic import op
from sqlalchemy import text

from app.domain.names import name_capitals, name_skeleton

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    op.execute("ALTER TABLE users ADD COLUMN name_capitals TEXT")
    # As in 0006: old accounts keep their names, and of those that look the same the oldest has what they look like. Of
    # a deleted account there is the key, and the skeleton of before, which tells of its letters more.
    skeletons: dict[str, int] = {}
    capitals: dict[str, int] = {}
    for user, name, key, skeleton, is_gone in connection.execute(
        text("SELECT id, name, name_key, name_skeleton, deleted_at IS NOT NULL FROM users ORDER BY id")
    ):
        look = (skeleton or name_skeleton(key)).replace("m", "rn") if is_gone else name_skeleton(name)
        skeletons.setdefault(look, user)
        capitals.setdefault(name_capitals(key if is_gone else name), user)
    op.execute("UPDATE users SET name_skeleton = NULL")  # else one could be taken by whoever gives it up a moment later
    for column, whose in (("name_skeleton", skeletons), ("name_capitals", capitals)):
        connection.execute(
            text(
                f"UPDATE users SET {column} = t.look"  # noqa: S608 - ours
                " FROM unnest(CAST(:ids AS bigint[]), CAST(:looks AS text[])) AS t (id, look) WHERE users.id = t.id"
            ),
            {"ids": list(whose.values()), "looks": list(whose)},
        )
    op.execute("ALTER TABLE users ADD CONSTRAINT users_name_capitals_key UNIQUE (name_capitals)")
