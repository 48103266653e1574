"""People's e-mail addresses, and the links that mails to them carry."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKeyConstraint, LargeBinary, Text, text
from sqlmodel import Field, SQLModel

from app.db import columns

_PLAIN = "^[!-~]{3,254}$"
"""What can be seen of ASCII: nothing that could end a line of a mail's head."""


class Purpose(StrEnum):
    """What a link in a mail is for."""

    CONFIRM = "confirm"
    RECOVER = "recover"


class AddressRow(SQLModel, table=True):
    """A person's e-mail address: the one that is confirmed, and the one that they want from `wanted_at` on until it is.

    `subscribed` says whether mails about trades go there.
    """

    __tablename__ = "addresses"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint(f"address ~ '{_PLAIN}'", name="address_plain"),
        CheckConstraint(f"wanted ~ '{_PLAIN}'", name="wanted_plain"),
        CheckConstraint("(wanted IS NULL) = (wanted_at IS NULL)", name="wanted_since"),
        CheckConstraint("address IS NOT NULL OR wanted IS NOT NULL", name="one_is_there"),
    )

    user_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    address: str | None = Field(default=None, sa_column=Column(Text))
    wanted: str | None = Field(default=None, sa_column=Column(Text))
    wanted_at: datetime | None = Field(default=None, sa_column=columns.time(nullable=True))
    subscribed: bool = Field(default=True, sa_column=Column(Boolean, nullable=False, server_default=text("true")))


class MailLinkRow(SQLModel, table=True):
    """A link that was mailed to `address`, good for one use until `expires_at`. Only its token's SHA-256 is kept."""

    __tablename__ = "mail_links"
    __table_args__ = (
        ForeignKeyConstraint(["user_id"], ["users.id"], ondelete="CASCADE"),
        CheckConstraint("octet_length(token_hash) = 32", name="token_hash_length"),
    )

    token_hash: bytes = Field(sa_column=Column(LargeBinary, primary_key=True))
    user_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    purpose: Purpose = Field(sa_column=columns.word(Purpose))
    address: str = Field(sa_column=Column(Text, nullable=False))
    expires_at: datetime = Field(sa_column=columns.time())
