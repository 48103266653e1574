"""Trades and their audit trail, with the rules repeated as constraints.

`trade_actions`, `trade_versions` and `messages` are append-only; triggers made by the migration refuse to change or
delete their rows, and refuse ways between statuses that `trade_transitions` does not name. The order of everything is
`seq`, gapless per trade: each action but the first refers to the one before it. What a constraint says of kinds and
statuses is read from the domain's table of kinds; the migrations hold it as it was, and a test compares both.
"""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    Numeric,
    Text,
    Uuid,
    text,
)
from sqlmodel import Field, SQLModel

from app.db import columns
from app.db.checks import among, between, lines, one_line
from app.domain.currency import USD, WHOLE
from app.domain.kind_lists import kinds_by, kinds_that_close, kinds_when, kinds_with
from app.domain.kinds import FINAL, KINDS, NEGOTIATED, OPEN, Kind, Role, Status
from app.domain.names import MAX_NAME
from app.domain.terms import MAX_MINUTES, MAX_PRICE, MAX_QUANTITY, MAX_UNIT
from app.domain.text import MAX_TEXT, MAX_TITLE
from app.domain.traits import Timing, VersionUse

_DECIDED = [rules.to for rules in KINDS.values() if rules.closes and rules.to and rules.when is Timing.BEFORE]
"""The outcomes that somebody decided, before the deadline."""
_LAPSED = [rules.to for rules in KINDS.values() if rules.closes and rules.to and rules.when is Timing.AFTER]
"""The outcome that time brings."""
_NAMED_SINCE = [kind for kind, rules in KINDS.items() if not rules.version_is_old]
"""What named no version in earlier releases."""
_PUBLIC_PLACE = "(\nCASE\n WHEN listed THEN active_at\n ELSE coalesce(closed_at, created_at)\nEND) DESC"
"""`selections.public_place` in an index, with PostgreSQL's line breaks, or Alembic takes it for another."""
REQUEST_INDEX = "trade_actions_request_idx"
"""What makes a named request recorded once."""


class TradeRow(SQLModel, table=True):
    """A trade's current state. `seq` and `head` are the place and the link of its newest action.

    The row's lock gives all moves their order.
    """

    __tablename__ = "trades"
    __table_args__ = (
        ForeignKeyConstraint(["seller_id"], ["users.id"]),
        ForeignKeyConstraint(["buyer_id"], ["users.id"]),
        between("title", 1, MAX_TITLE),
        one_line("title"),
        between("invited", 0, MAX_NAME),
        one_line("invited"),
        between("description", 0, MAX_TEXT),
        lines("description"),
        CheckConstraint("length(code) >= 26", name="code_length"),
        CheckConstraint("octet_length(head) = 32", name="head_length"),
        CheckConstraint(f"price BETWEEN 0.01 AND {MAX_PRICE}", name="price_positive"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity_positive"),
        CheckConstraint("version >= 1 AND seq >= version", name="version_counts"),
        CheckConstraint("buyer_id <> seller_id", name="buyer_is_not_seller"),
        CheckConstraint("(status = 'draft') <= (buyer_id IS NULL)", name="draft_has_no_buyer"),
        CheckConstraint(
            f"NOT ({among('status', NEGOTIATED)}) OR buyer_id IS NOT NULL",
            name="deal_has_buyer",
        ),
        CheckConstraint(f"({among('status', FINAL)}) = (closed_at IS NOT NULL)", name="closed_when_final"),
        CheckConstraint(f"NOT ({among('status', _DECIDED)}) OR closed_at < expires_at", name="decided_before_deadline"),
        CheckConstraint("amended_at < expires_at", name="terms_before_deadline"),
        CheckConstraint(f"NOT ({among('status', _LAPSED)}) OR closed_at >= expires_at", name="expired_after_deadline"),
        CheckConstraint(
            f"expires_at > created_at AND expires_at <= active_at + interval '{MAX_MINUTES} minutes'",
            name="deadline_in_reach",
        ),
        CheckConstraint("seen_version BETWEEN 0 AND version", name="seen_version_is_there"),
        CheckConstraint("answered OR offered_by = 'seller' AND request = ''", name="answer_is_known"),
        between("request", 0, MAX_TEXT),
        lines("request"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency_code"),
        CheckConstraint(f"NOT ({among('currency', WHOLE)}) OR price = trunc(price)", name="price_has_coins"),
        between("unit", 0, MAX_UNIT),
        one_line("unit"),
        Index("trades_activity_idx", text("active_at DESC"), text("id DESC")),
        Index("trades_public_idx", text(_PUBLIC_PLACE), text("id DESC")),
        Index("trades_status_public_idx", "status", text(_PUBLIC_PLACE), text("id DESC")),
        Index("trades_seller_idx", "seller_id", "status", text("closed_at DESC"), text("id DESC")),
        Index("trades_open_of_seller_idx", "seller_id", postgresql_where=text(among("status", OPEN))),
        Index("trades_buyer_idx", "buyer_id", "status", text("closed_at DESC"), text("id DESC")),
        Index("trades_unjoined_idx", "closed_at", postgresql_where=text("buyer_id IS NULL")),
        Index("trades_overdue_idx", "expires_at", postgresql_where=text(among("status", OPEN))),
    )

    id: int = Field(default=None, sa_column=columns.key())
    code: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    title: str = Field(sa_column=Column(Text, nullable=False))
    seller_id: int = Field(sa_column=Column(BigInteger, nullable=False))
    buyer_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    invited: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    price: Decimal = Field(sa_column=Column(Numeric(15, 2), nullable=False))
    quantity: int = Field(sa_column=Column(BigInteger, nullable=False))
    description: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="1"))
    status: Status = Field(sa_column=columns.word(Status))
    seq: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="1"))
    head: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    created_at: datetime = Field(sa_column=columns.time())
    expires_at: datetime = Field(sa_column=columns.time())
    amended_at: datetime = Field(sa_column=columns.time())
    active_at: datetime = Field(sa_column=columns.time())
    closed_at: datetime | None = Field(default=None, sa_column=columns.time(nullable=True))
    expiry_job_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    answered: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("false")))
    offered_by: Role = Field(sa_column=columns.word(Role, name="offered_by", default="seller"))
    seen_version: int = Field(sa_column=Column(BigInteger, nullable=False, server_default="0"))
    request: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    currency: str = Field(sa_column=Column(Text, nullable=False, server_default=USD))
    unit: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    listed: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=text("true")))


class TransitionRow(SQLModel, table=True):
    """The ways between statuses, which the trigger on `trades` asks; `domain.kinds.NEXT` says the same."""

    __tablename__ = "trade_transitions"
    __table_args__ = (CheckConstraint("from_status <> to_status", name="leads_on"),)

    from_status: str = Field(sa_column=Column(Text, primary_key=True))
    to_status: str = Field(sa_column=Column(Text, primary_key=True))


class ActionRow(SQLModel, table=True):
    """The audit trail: who did what and when. Append-only; ids and roles, never names. `deadline` is the one in force
    after it."""

    __tablename__ = "trade_actions"
    __table_args__ = (
        ForeignKeyConstraint(["trade_id"], ["trades.id"]),
        ForeignKeyConstraint(["actor_id"], ["users.id"]),
        ForeignKeyConstraint(["trade_id", "after_seq"], ["trade_actions.trade_id", "trade_actions.seq"]),
        Index(REQUEST_INDEX, "actor_id", "request_id", unique=True),
        Index(
            "trade_actions_one_outcome",
            "trade_id",
            unique=True,
            postgresql_where=text(among("kind", kinds_that_close())),
        ),
        Index(
            "trade_actions_offers_idx",
            "trade_id",
            "role",
            "seq",
            postgresql_where=text(among("kind", kinds_with(VersionUse.MAKES))),
        ),
        CheckConstraint("seq >= 1", name="seq_positive"),
        CheckConstraint("octet_length(hash) = 32", name="hash_length"),
        CheckConstraint("(kind = 'created') = (seq = 1)", name="created_first"),
        CheckConstraint(f"({among('kind', kinds_by())}) = (actor_id IS NULL)", name="only_time_has_no_actor"),
        CheckConstraint("(actor_id IS NULL) = (role IS NULL)", name="actor_has_role"),
        CheckConstraint(
            f"NOT ({among('kind', kinds_by(Role.SELLER))}) OR role = 'seller'",
            name="offer_is_the_sellers",
        ),
        CheckConstraint(
            f"NOT ({among('kind', kinds_by(Role.BUYER))}) OR role = 'buyer'",
            name="decision_is_the_buyers",
        ),
        CheckConstraint(
            f"{among('kind', _NAMED_SINCE)}"
            f" OR ({among('kind', kinds_with(VersionUse.MAKES, VersionUse.NAMES))}) = (version IS NOT NULL)",
            name="version_named",
        ),
        CheckConstraint(f"NOT ({among('kind', kinds_when(Timing.BEFORE))}) OR at < deadline", name="in_time"),
        CheckConstraint(f"NOT ({among('kind', kinds_when(Timing.AFTER))}) OR at >= deadline", name="after_deadline"),
        between("note", 0, MAX_TEXT),
        lines("note"),
    )

    trade_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True))
    after_seq: int | None = Field(
        default=None, sa_column=Column(BigInteger, Computed("CASE WHEN seq > 1 THEN seq - 1 END", persisted=True))
    )
    kind: Kind = Field(sa_column=columns.word(Kind))
    actor_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    role: Role | None = Field(default=None, sa_column=columns.word(Role, nullable=True))
    at: datetime = Field(sa_column=columns.time())
    version: int | None = Field(default=None, sa_column=Column(BigInteger))
    note: str = Field(sa_column=Column(Text, nullable=False, server_default=""))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    request_id: UUID | None = Field(default=None, sa_column=Column(Uuid))
    deadline: datetime = Field(sa_column=columns.time())


class VersionRow(SQLModel, table=True):
    """The terms at each version. Append-only. `seq` is the action (created or amended) that made it."""

    __tablename__ = "trade_versions"
    __table_args__ = (
        ForeignKeyConstraint(["trade_id", "seq"], ["trade_actions.trade_id", "trade_actions.seq"]),
        ForeignKeyConstraint(["trade_id", "after_version"], ["trade_versions.trade_id", "trade_versions.version"]),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint(f"price BETWEEN 0.01 AND {MAX_PRICE}", name="price_positive"),
        CheckConstraint(f"quantity BETWEEN 1 AND {MAX_QUANTITY}", name="quantity_positive"),
        between("description", 0, MAX_TEXT),
        lines("description"),
    )

    trade_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    version: int = Field(sa_column=Column(BigInteger, primary_key=True))
    after_version: int | None = Field(
        default=None,
        sa_column=Column(BigInteger, Computed("CASE WHEN version > 1 THEN version - 1 END", persisted=True)),
    )
    seq: int = Field(sa_column=Column(BigInteger, nullable=False))
    price: Decimal = Field(sa_column=Column(Numeric(15, 2), nullable=False))
    quantity: int = Field(sa_column=Column(BigInteger, nullable=False))
    description: str = Field(sa_column=Column(Text, nullable=False))


class MessageRow(SQLModel, table=True):
    """The text of a message; who sent it and when is its action. Append-only."""

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(["trade_id", "seq"], ["trade_actions.trade_id", "trade_actions.seq"]),
        between("text", 1, MAX_TEXT),
        lines("text"),
    )

    trade_id: int = Field(sa_column=Column(BigInteger, primary_key=True))
    seq: int = Field(sa_column=Column(BigInteger, primary_key=True))
    text: str = Field(sa_column=Column(Text, nullable=False))
