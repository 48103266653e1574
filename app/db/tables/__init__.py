"""The tables, with the rules repeated as constraints: what the code forgets, the database refuses."""

from sqlmodel import SQLModel

from app.db.tables.accounts import SessionRow, UserRow
from app.db.tables.addresses import AddressRow, MailLinkRow, Purpose
from app.db.tables.read_marks import ReadMarkRow
from app.db.tables.trades import REQUEST_INDEX, ActionRow, MessageRow, TradeRow, VersionRow

__all__ = [
    "REQUEST_INDEX",
    "ActionRow",
    "AddressRow",
    "MailLinkRow",
    "MessageRow",
    "Purpose",
    "ReadMarkRow",
    "SessionRow",
    "TradeRow",
    "UserRow",
    "VersionRow",
    "metadata",
]

metadata = SQLModel.metadata
