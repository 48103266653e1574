"""The chain: each action of a trade carries a hash over the one before it, so that no row can change unnoticed.

A link is SHA-256 over the previous link and the line ``<body>|<seq>|<time>|<deadline>``, with the deadline in force
after the action. The body is canonical JSON (RFC 8785), made here; seq, times and hash are PostgreSQL's, in the
statement that records the action. Bodies carry ids and roles, never names, so that a deleted account changes nothing.
"""

import json
from datetime import UTC, datetime
from hashlib import sha256

from app.domain.actions import Action
from app.domain.currency import USD
from app.domain.kinds import Kind
from app.domain.trade import Trade

GENESIS = bytes(32)
"""What stands before the first link."""
TIME_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ"
"""UTC with microseconds; PostgreSQL writes the same as ``YYYY-MM-DD"T"HH24:MI:SS.US"Z"``."""

Body = dict[str, str | int | None]


DEFAULTS = {"currency": USD, "unit": ""}
"""What terms are in that do not say, as those from before there was a choice."""


def body_of(action: Action, trade: Trade) -> Body:
    """What an action's link covers besides its place and times; terms are with what their price is in, the creation
    covers the title too."""
    body: Body = {
        "kind": action.kind.value,
        "actor": action.actor.id if action.actor else None,
        "role": action.role.value if action.role else None,
        "version": action.version,
        "text": action.text,
    }
    if action.terms is not None:
        body["price"] = f"{action.terms.price:.2f}"
        body["quantity"] = action.terms.quantity
        body["description"] = action.terms.description
        body |= {name: value for name, value in _measure(trade).items() if value != DEFAULTS[name]}
    if action.kind is Kind.CREATED:
        body["title"] = trade.title
    return body


def _measure(trade: Trade) -> dict[str, str]:
    return {"currency": trade.currency, "unit": trade.unit}


def canonical(value: object) -> str:
    """Canonical JSON of objects with ASCII keys, lists, strings, whole numbers, true, false and null.

    For these Python's own encoder writes what RFC 8785 asks for; a test compares it with the reference implementation.
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def utc_text(at: datetime) -> str:
    """A time as links and receipts write it."""
    # As TIME_FORMAT says; `strftime` would take five times as long, and a receipt has many.
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def link(previous: bytes, body: Body, seq: int, at: str, deadline: str) -> bytes:
    """The 32 bytes of an action's link; times as `utc_text` writes them."""
    return sha256(previous + f"{canonical(body)}|{seq}|{at}|{deadline}".encode()).digest()
