"""What a server's own key has signed and chained, and what still cannot be: each lie has its sentence."""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.domain.chain import GENESIS, canonical, link
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import verify

KEPT = Path(__file__).parent / "kept"
SERVER = Receipts(None, Limits({}), "the secret of the receipts that are kept")  # type: ignore[arg-type]
Lie = Callable[[Any], object]


def sign(receipt: Any) -> Any:
    """Chain and sign a receipt as it is now."""
    previous = GENESIS
    for seq, entry in enumerate(receipt["actions"], start=1):
        previous = link(previous, entry["body"], seq, entry["at"], entry.get("deadline", receipt["trade"]["deadline"]))
        entry |= {"seq": seq, "hash": previous.hex()}
    signed = {name: value for name, value in receipt.items() if name != "signature"}
    value = base64.b64encode(SERVER._key.sign(canonical(signed).encode())).decode()
    return {**signed, "signature": {"algorithm": "Ed25519", "public_key": SERVER.public_key, "value": value}}


def told(name: str, lie: Lie) -> list[str]:
    receipt = json.loads((KEPT / f"{name}_1.json").read_text())
    lie(receipt)
    return verify(sign(receipt), SERVER.public_key)


def body(place: int, **changes: Any) -> Lie:
    return lambda receipt: receipt["actions"][place - 1]["body"].update(changes)


def at(place: int, time: str) -> Lie:
    return lambda receipt: receipt["actions"][place - 1].update(at=time)


def top(**changes: Any) -> Lie:
    return lambda receipt: receipt["trade"].update(changes)


def copied(place: int, to: int) -> Lie:
    return lambda receipt: receipt["actions"].insert(to - 1, json.loads(json.dumps(receipt["actions"][place - 1])))


def without(place: int) -> Lie:
    return lambda receipt: receipt["actions"].pop(place - 1)


LATE, EARLY = "2026-11-27T00:00:00.000000Z", "2026-11-26T00:00:00.000000Z"
# Actions: 1 created, 2 link renewed, 3 joined by Cid, 4 seat released, 5 joined by Bea, 6 message, 7 amendment
# requested, 8 amended, 9 accepted, 10 message of the seller's.
LIES: dict[str, tuple[Lie, str]] = {
    "another price on top": (top(price="1.00", total="2.00"), "The price on top"),
    "another quantity on top": (top(quantity=3, total="2701.50"), "The quantity on top"),
    "another description on top": (top(description="new"), "The description on top"),
    "another title on top": (top(title="new"), "The title on top"),
    "another version on top": (top(version=1), "The version on top"),
    "another total": (top(total="1801.01"), "The total on top"),
    "another outcome": (top(status="rejected"), "The status on top"),
    "another time of the close": (top(closed_at=LATE), "The closed at on top"),
    "another time of the creation": (top(created_at=EARLY), "The created at on top"),
    "a deadline before the creation": (top(deadline=EARLY), "The deadline is not after"),
    "an acceptance after the deadline": (at(9, LATE), "Action 9 (accepted) is impossible: its time"),
    "an acceptance by the seller": (body(9, actor=1, role="seller"), "Action 9 (accepted) is impossible: it is by"),
    "an acceptance by a stranger": (body(9, actor=7), "Action 9 (accepted) is impossible: it is not by"),
    "an acceptance by who was shown out": (body(9, actor=3), "Action 9 (accepted) is impossible: it is not by"),
    "an acceptance of an older version": (body(9, version=1), "Action 9 (accepted) is impossible: its version"),
    "an acceptance of no version": (body(9, version=None), "Action 9 (accepted) is impossible: its version"),
    "a version left out": (body(8, version=3), "Action 8 (amended) is impossible: its version"),
    "a message of a version": (body(6, version=1), "Action 6 (message_sent) is impossible: its version"),
    "a message of nobody's": (body(6, actor=None, role=None), "Action 6 (message_sent) is impossible: it is not by"),
    "a message in the other's role": (body(6, role="seller"), "Action 6 (message_sent) is impossible: it is not by"),
    "the seller as the buyer": (body(5, actor=1), "Action 5 (joined) is impossible: it is not by"),
    "a seat that was taken already": (without(4), "Action 4 (joined) is impossible: the trade is in negotiation"),
    "a second creation": (copied(1, 2), "Action 2 (created) is impossible: the trade is draft"),
    "no creation": (without(1), "Action 1 (link_renewed) is impossible: the trade is not there yet"),
    "a second acceptance": (copied(9, 10), "Action 10 (accepted) is impossible: the trade is accepted"),
    "an amendment after the close": (copied(8, 10), "Action 10 (amended) is impossible: the trade is accepted"),
    "no outcome": (without(9), "The actions lead to no outcome"),
    "a party too many": (lambda r: r["parties"].update({"3": {"name": "Cid", "role": "buyer"}}), "The parties are not"),
    "a party too few": (lambda r: r["parties"].pop("2"), "The parties are not"),
    "parties in each other's role": (
        lambda r: (r["parties"]["1"].update(role="buyer"), r["parties"]["2"].update(role="seller")),
        "The parties are not"),
    "another person as a party": (lambda r: r["parties"].update({"9": r["parties"].pop("2")}), "The parties are not"),
}  # fmt: skip


def test_nothing_is_found_where_nothing_was_changed() -> None:
    for name in ("accepted", "expired"):
        assert told(name, lambda _: None) == []


@pytest.mark.parametrize("what", LIES)
def test_signed_and_still_found_is(what: str) -> None:
    lie, sentence = LIES[what]
    problems = told("accepted", lie)
    assert any(problem.startswith(sentence) for problem in problems), problems


def test_an_expiry_before_the_deadline_or_by_somebody_is_found() -> None:
    assert "its time is on the wrong side" in " ".join(told("expired", at(2, EARLY)))
    assert "it is not by somebody" in " ".join(told("expired", body(2, actor=1, role="seller")))


def test_another_server_s_signature_is_found_though_it_brings_its_own_key() -> None:
    other = Receipts(None, Limits({}), "the secret of another server, long enough")  # type: ignore[arg-type]
    receipt = json.loads((KEPT / "accepted_1.json").read_text())
    signed = {name: value for name, value in receipt.items() if name != "signature"}
    value = base64.b64encode(other._key.sign(canonical(signed).encode())).decode()
    receipt["signature"] = {"algorithm": "Ed25519", "public_key": other.public_key, "value": value}
    assert verify(receipt, other.public_key) == []
    assert verify(receipt, SERVER.public_key) == [
        "The key in the receipt is not the one to verify with: another server signed it.",
        "The signature does not match: something was changed, or another server signed it.",
    ]
    receipt["signature"]["public_key"] = SERVER.public_key
    assert len(verify(receipt, SERVER.public_key)) == 1
