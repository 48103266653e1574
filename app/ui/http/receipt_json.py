"""A receipt as the file that proves: put together, signed and written.

It is a program, and the server runs it as one, see `workshop.py`: the parts of a receipt in (`Receipts.parts`), the
file out. The key is among the parts, so that it stands in no environment and no list of processes.
"""

import json
import sys
from collections.abc import Iterable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.service.signing import sign
from app.ui.http.restraint import restrain


def written(parts: Iterable[bytes]) -> bytes:
    """The file: the same bytes for the same parts, whatever they were made of."""
    first, *pages = map(json.loads, parts)
    receipt = first["receipt"]
    receipt["actions"] = [entry for page in pages for entry in page]
    sign(receipt, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(first["key"])))
    return json.dumps(receipt, ensure_ascii=False, indent=2).encode()


if __name__ == "__main__":
    restrain()
    sys.stdout.buffer.write(written(sys.stdin.buffer))
