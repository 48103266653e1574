"""Receipts: what was agreed, provable offline.

A receipt is a JSON document with everything that happened in a closed trade, chained, and signed with the server's
Ed25519 key (RFC 8032) over its canonical JSON. Names stand in a section of their own, outside the chain. The key is
derived from the server's secret (HKDF, RFC 5869), so that there is one secret to keep.
"""

import base64
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app import security_log
from app.db.history import History
from app.domain.actions import Action
from app.domain.chain import GENESIS, body_of, canonical, link, utc_text
from app.domain.kinds import KINDS, Kind, VersionUse, kinds_that_close, kinds_with
from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.domain.trade import Trade
from app.service.limits import Limits
from app.service.viewer import Viewer

FORMAT = "traderoom-receipt/1"
Receipt = dict[str, Any]
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

        Raises `Refusal`: TOO_OFTEN, NOT_YOURS (also where there is no such trade), TOO_EARLY while it is open.
        """
        self._limits.check("exports", viewer.person.id)
        standing = await self._history.by_code(code)
        if standing is None or standing.trade.role_of(viewer.person.id) is None:
            security_log.note("receipt_denied", person=viewer.person.id)
            raise Refusal(Reason.NOT_YOURS, "Nothing here")
        if not standing.trade.status.final:
            raise Refusal(Reason.TOO_EARLY, "There is a receipt as soon as the trade is closed.")
        actions: list[Action] = []
        while page := await self._history.actions_since(standing.trade.id, len(actions), limit=_PAGE):
            actions += page
        security_log.note("receipt_exported", person=viewer.person.id, trade=standing.trade.id)
        receipt = _document(standing.trade, actions, now)
        signature = self._key.sign(canonical(receipt).encode())
        receipt["signature"] = {
            "algorithm": "Ed25519",
            "public_key": self.public_key,
            "value": base64.b64encode(signature).decode(),
        }
        return receipt


def verify(receipt: Receipt, public_key: str) -> list[str]:
    """What is wrong with a receipt, in sentences; nothing when every byte is as it was signed.

    The chain comes first, because it names the place; then what the actions add up to; then the signature.
    """
    try:
        return _chain_problems(receipt) + _sum_problems(receipt) + _signature_problems(receipt, public_key)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        return [f"This is not a receipt of Traderoom, or parts of it are missing ({error!r})."]


def _document(trade: Trade, actions: list[Action], now: datetime) -> Receipt:
    entries = [
        {"seq": a.seq, "at": utc_text(a.at), "body": body_of(a, trade.title), "hash": a.hash.hex()} for a in actions
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


def _chain_problems(receipt: Receipt) -> list[str]:
    previous = GENESIS
    for place, entry in enumerate(receipt["actions"], start=1):
        if entry["seq"] != place:
            return [f"The chain breaks at action {place}: it is missing or stands in another place."]
        previous = link(previous, entry["body"], entry["seq"], entry["at"], receipt["trade"]["deadline"])
        if previous.hex() != entry["hash"]:
            return [f"The chain breaks at action {place}: its content does not match its hash."]
    return []


def _sum_problems(receipt: Receipt) -> list[str]:
    """Whether the summary on top is what the actions lead to."""
    trade = receipt["trade"]
    bodies = [entry["body"] for entry in receipt["actions"]]
    made = [body for body in bodies if body["kind"] in kinds_with(VersionUse.MAKES)]
    last, closing = made[-1], [body for body in bodies if body["kind"] in kinds_that_close()][-1]
    problems = [
        f"The {field} on top is not the one the actions lead to."
        for field in ("price", "quantity", "description", "version")
        if trade[field] != last[field]
    ]
    if trade["status"] != KINDS[Kind(closing["kind"])].to:
        problems.append("The outcome on top is not the one the actions lead to.")
    if closing["kind"] in kinds_with(VersionUse.NAMES) and closing["version"] != trade["version"]:
        problems.append("The version that was accepted is not the one on top.")
    if trade["title"] != bodies[0]["title"]:
        problems.append("The title on top is not the one the offer was created with.")
    return problems


def _signature_problems(receipt: Receipt, public_key: str) -> list[str]:
    signed = {key: value for key, value in receipt.items() if key != "signature"}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
    try:
        key.verify(base64.b64decode(receipt["signature"]["value"], validate=True), canonical(signed).encode())
    except InvalidSignature:
        return ["The signature does not match: something was changed, or another server signed it."]
    return []
