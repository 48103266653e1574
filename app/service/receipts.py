"""Receipts: what was agreed, provable offline.

A receipt is a JSON document with everything that happened in a closed trade, chained, and signed with the server's key
(`signing.py`). Names stand in a section of their own, outside the chain. The key is derived from the server's secret
(HKDF, RFC 5869), so that there is one secret to keep. `verification.py` checks them.

What takes long with a long trade is done elsewhere (`ui/http/receipt_json.py`); here its parts are read, a few at once.
"""

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app import security_log
from app.db.history import History
from app.domain.actions import Action
from app.domain.chain import body_of, utc_text
from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.domain.trade import Trade
from app.service.limits import Limits
from app.service.signing import Receipt, public_text
from app.service.viewer import Viewer

FORMAT = "traderoom-receipt/2"
LARGEST = 32 * 2**20
"""Bytes of a receipt's parts: more than six thousand messages of the greatest length."""
_PAGE = 100
"""Actions that are read and handed on at once: some milliseconds, between which others have their turn."""


class Receipts:
    """Issues receipts. The key to sign them with is derived from `secret`, the server's."""

    def __init__(self, history: History, limits: Limits, secret: str) -> None:
        self._history = history
        self._limits = limits
        seed = HKDF(SHA256(), 32, salt=None, info=b"traderoom receipts").derive(secret.encode())
        self._key = Ed25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> str:
        """The key to verify with: 32 bytes in base64."""
        return public_text(self._key)

    async def check(self, viewer: Viewer, code: str) -> Trade:
        """The trade of which the viewer, a party, may have the receipt now.

        Raises `Refusal`: TOO_OFTEN, and what `find` raises.
        """
        self._limits.check("exports", viewer.person.id)
        trade = await self.find(viewer, code)
        security_log.note("receipt_exported", person=viewer.person.id, trade=trade.id)
        return trade

    async def parts(self, trade: Trade, now: datetime) -> AsyncIterator[bytes]:
        """What the receipt of a trade that was checked is made of, each part a line of JSON: first the key and all but
        the actions, then these, in pages. `now` is the database's time.

        Raises `Refusal` (TOO_LONG) where it becomes larger than a receipt may be.
        """
        size, seq = 0, 0
        yield _line({"key": self._key.private_bytes_raw().hex(), "receipt": _document(trade, now)})
        while page := await self._history.actions_since(trade.id, seq, limit=_PAGE):
            part = _line([_entry(action, trade) for action in page])
            size, seq = size + len(part), page[-1].seq
            if size > LARGEST:
                sentence = f"More was said in this trade than a receipt can hold ({LARGEST >> 20} MB)."
                raise Refusal(Reason.TOO_LONG, sentence)
            yield part

    async def find(self, viewer: Viewer, code: str) -> Trade:
        """The closed trade that a receipt would be of.

        Raises `Refusal`: NOT_YOURS (also where there is no such trade), TOO_EARLY while it is open.
        """
        standing = await self._history.by_code(code)
        if standing is None or standing.trade.role_of(viewer.person.id) is None:
            security_log.note("receipt_denied", person=viewer.person.id)
            raise Refusal(Reason.NOT_YOURS, "Nothing here")
        if not standing.trade.status.final:
            raise Refusal(Reason.TOO_EARLY, "There is a receipt as soon as the trade is closed.")
        return standing.trade


def _line(part: Any) -> bytes:
    return json.dumps(part, ensure_ascii=False).encode() + b"\n"


def _entry(action: Action, trade: Trade) -> dict[str, Any]:
    return {
        "seq": action.seq,
        "at": utc_text(action.at),
        "deadline": utc_text(action.deadline or trade.expires_at),
        "body": body_of(action, trade),
        "hash": action.hash.hex(),
    }


def _document(trade: Trade, now: datetime) -> Receipt:
    """All of it in its order; the actions and the signature come later."""
    return {
        "format": FORMAT,
        "issued_at": utc_text(now),
        "trade": {
            "id": trade.id,
            "title": trade.title,
            "status": trade.status.value,
            "version": trade.version,
            "created_at": utc_text(trade.created_at),
            "deadline": utc_text(trade.expires_at),
            "closed_at": utc_text(trade.closed_at) if trade.closed_at else None,
            "currency": trade.currency,
            "unit": trade.unit,
            **_figures(trade.terms),
        },
        "actions": [],
        "parties": {
            str(person.id): {"name": person.name, "role": role.value}
            for person in trade.parties
            if (role := trade.role_of(person.id)) is not None
        },
    }


def _figures(terms: Terms) -> dict[str, str | int]:
    return {
        "price": f"{terms.price:.2f}",
        "quantity": terms.quantity,
        "total": f"{terms.total:.2f}",
        "description": terms.description,
    }
