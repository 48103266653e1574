"""Receipts to print: as `Receipts` issues them, with hashes and a signature that nobody checks."""

from typing import Any

WHEN = "2026-11-26T{:02d}:{:02d}:{:02d}.123456Z"


def receipt(
    *messages: str,
    title: str = "Oak table",
    names: tuple[str, str] = ("Sam", "Bea"),
    description: str = "Oak, two metres, oiled.",
) -> dict[str, Any]:
    """Of a trade in which these messages were sent, by both in turn, and which was accepted."""
    terms = {"version": 1, "price": "1000.00", "quantity": 5, "description": description}
    bodies: list[dict[str, Any]] = [{"kind": "created", "actor": 1, "title": title, "text": "", **terms}]
    bodies.append({"kind": "joined", "actor": 2, "version": None, "text": ""})
    bodies += [
        {"kind": "message_sent", "actor": 1 + place % 2, "version": None, "text": text}
        for place, text in enumerate(messages)
    ]
    bodies.append({"kind": "accepted", "actor": 2, "version": 1, "text": ""})
    return {
        "format": "traderoom-receipt/1",
        "issued_at": "2026-11-26T15:00:00.000000Z",
        "trade": {
            "id": 17,
            "title": title,
            "status": "accepted",
            "created_at": WHEN.format(13, 0, 0),
            "closed_at": WHEN.format(14, 0, 0),
            "deadline": WHEN.format(23, 30, 0),
            "total": "5000.00",
            **terms,
        },
        "actions": [
            {"seq": seq, "at": WHEN.format(13, seq // 60 % 60, seq % 60), "body": body, "hash": f"{seq:064x}"}
            for seq, body in enumerate(bodies, start=1)
        ],
        "parties": {"1": {"name": names[0], "role": "seller"}, "2": {"name": names[1], "role": "buyer"}},
        "signature": {"algorithm": "Ed25519", "public_key": "K" * 43 + "=", "value": "S" * 86 + "=="},
    }
