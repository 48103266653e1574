"""A receipt as a party downloads it, made here instead of in a process of its own."""

import json
from datetime import datetime

from app.service.receipts import Receipts
from app.service.signing import Receipt
from app.service.viewer import Viewer
from app.ui.http.receipt_json import written


async def issue(receipts: Receipts, viewer: Viewer, code: str, now: datetime) -> Receipt:
    """Raises `Refusal`."""
    trade = await receipts.check(viewer, code)
    receipt: Receipt = json.loads(written([part async for part in receipts.parts(trade, now)]))
    return receipt
