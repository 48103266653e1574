"""Receipts: what was agreed, provable offline.

A receipt is a JSON document with everything that happened in a closed trade, chained, and signed with the server's
Ed25519 key (RFC 8032) over its canonical JSON. Names stand in a section of their own, outside the chain. The key is
derived from the server's secret (HKDF, RFC 5869), so that there is one secret to keep. `verification.py` checks them.
"""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app import security_log
from app.db.history import History
from app.domain.actions import Action
from app.domain.chain import body_of, canonical, utc_text
from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.domain.trade import Trade
from app.service.limits import Limits
from app.service.verification import Receipt
from app.service.viewer import Viewer

FORMAT = "traderoom-receipt/2"
_PAGE = 500


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
        return base64.b64encode(self._key.public_key().public_bytes_raw()).decode()

    async def issue(self, viewer: Viewer, code: str, now: datetime) -> Receipt:
        """The receipt of a closed trade, for either party; `now` is the database's time.

        Raises `Refusal`: TOO_OFTEN, and what `find` raises.
        """
        self._limits.check("exports", viewer.person.id)
        trade = await self.find(viewer, code)
        actions: list[Action] = []
        while page := await self._history.actions_since(trade.id, len(actions), limit=_PAGE):
            actions += page
        security_log.note("receipt_exported", person=viewer.person.id, trade=trade.id)
        receipt = _document(trade, actions, now)
        signature = self._key.sign(canonical(receipt).encode())
        receipt["signature"] = {
            "algorithm": "Ed25519",
            "public_key": self.public_key,
            "value": base64.b64encode(signature).decode(),
        }
        return receipt

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


def _document(trade: Trade, actions: list[Action], now: datetime) -> Receipt:
    entries = [
        {
            "seq": action.seq,
            "at": utc_text(action.at),
            "deadline": utc_text(action.deadline or trade.expires_at),
            "body": body_of(action, trade),
            "hash": action.hash.hex(),
        }
        for action in actions
    ]
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
        "actions": entries,
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
