"""The kinds of columns that more than one table has, and how constraints and indexes are named."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Column, DateTime, Enum, Identity, func
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


def key() -> Column[int]:
    """A number that the database gives."""
    return Column(BigInteger, Identity(), primary_key=True)


def time(*, nullable: bool = False) -> Column[datetime]:
    """A moment."""
    return Column(DateTime(timezone=True), nullable=nullable)


def now() -> Column[datetime]:
    """The moment of the insertion."""
    return Column(DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp())


def word(kind: type[StrEnum], *, nullable: bool = False, name: str = "", default: str | None = None) -> Column[str]:
    """One of the words of an enumeration, which a constraint `name` repeats (the enumeration\'s own, unless told)."""
    return Column(
        Enum(
            kind,
            native_enum=False,
            create_constraint=True,
            name=name or kind.__name__.lower(),
            values_callable=lambda members: [member.value for member in members],
        ),
        nullable=nullable,
        server_default=default,
    )
