"""Accounts and their sessions."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKeyConstraint, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from app.db import columns
from app.db.checks import between, one_line
from app.domain.names import MAX_NAME


class UserRow(SQLModel, table=True):
    """An account. `name_key` is what a name is found by, `name_skeleton` what it looks like, `name_capitals` what it
    looks like in capital letters (each is none where the name of an older account looks the same); they stay when the
    account is deleted. `introduced` tells whether the person has put away how a room works."""

    __tablename__ = "users"
    __table_args__ = (between("name", 1, MAX_NAME), one_line("name"))

    id: int = Field(default=None, sa_column=columns.key())
    name: str = Field(sa_column=Column(Text, nullable=False))
    name_key: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    password_hash: str = Field(sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=columns.now())
    deleted_at: datetime | None = Field(default=None, sa_column=columns.time(nullable=True))
    name_skeleton: str | None = Field(default=None, sa_column=Column(Text, nullable=True, unique=True))
    introduced: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    name_capitals: str | None = Field(default=None, sa_column=Column(Text, nullable=True, unique=True))


class SessionRow(SQLModel, table=True):
    """A signed-in browser. Only the token's SHA-256 is kept; a session ends when its row goes."""

    __tablename__ = "sessions"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    id: int = Field(default=None, sa_column=columns.key())
    user_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    token_hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    created_at: datetime = Field(sa_column=columns.now())
    seen_at: datetime = Field(sa_column=columns.now())
    time_zone: str = Field(sa_column=Column(Text, nullable=False, server_default="UTC"))
    theme: str = Field(sa_column=Column(Text, nullable=False, server_default="system"))
