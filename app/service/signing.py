"""Signing a receipt: Ed25519 (RFC 8032) over its canonical JSON. Programs use it that need nothing of `receipts.py`."""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.chain import canonical

Receipt = dict[str, Any]


def sign(receipt: Receipt, key: Ed25519PrivateKey) -> None:
    """Put the signature of all that stands in it into the receipt, at its end."""
    signature = key.sign(canonical(receipt).encode())
    receipt["signature"] = {
        "algorithm": "Ed25519",
        "public_key": public_text(key),
        "value": base64.b64encode(signature).decode(),
    }


def public_text(key: Ed25519PrivateKey) -> str:
    """The key to verify with: 32 bytes in base64."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()
