"""Alembic's entry: runs the revisions on the connection that `app.db.schema` hands over."""

from alembic import context

from app.db import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    include_name=lambda name, kind, _: not (kind in {"table", "index"} and (name or "").startswith("procrastinate")),
)
with context.begin_transaction():
    context.run_migrations()
