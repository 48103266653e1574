"""How far each party has seen a trade; outside the chain of its actions, and changed at will."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKeyConstraint, text
from sqlmodel import Field, SQLModel

from app.db import columns


class ReadMarkRow(SQLModel, table=True):
    """One person's mark in one trade: `seen_seq` is the newest action they had on their screen, `seen_at` when they
    were last there (none: never), `mailed_seq` the newest action that they were told of by mail, `mailed_deadline` the
    deadline that they were warned of."""

    __tablename__ = "read_marks"
    __table_args__ = (
        ForeignKeyConstraint(["trade_id"], ["trades.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint("seen_seq >= 0 AND mailed_seq >= 0", name="counts"),
    )

    trade_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    user_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    seen_seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    seen_at: datetime | None = Field(default=None, sa_column=columns.time(nullable=True))
    mailed_seq: int = Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default=text("0")))
    mailed_deadline: datetime | None = Field(default=None, sa_column=columns.time(nullable=True))
