"""What the second format adds, signed and still found out: deadlines that move, offers of both sides, currencies."""

import json
from pathlib import Path

import pytest

from app.service.verification import summary, verify, verify_file
from tests.proof.test_false_but_signed import SERVER, Lie, body, sign, top

KEPT = Path(__file__).parent / "kept"
EARLY, LATE = "2026-01-01T00:00:00.000000Z", "2036-01-01T00:00:00.000000Z"


def told(lie: Lie, name: str = "accepted") -> list[str]:
    receipt = json.loads((KEPT / f"{name}_2.json").read_text())
    lie(receipt)
    return verify(sign(receipt), SERVER.public_key)


def at(place: int, time: str) -> Lie:
    return lambda receipt: receipt["actions"][place - 1].update(at=time)


def deadline(time: str, first: int, last: int | None = None) -> Lie:
    """From one action on, as if the rest had to follow."""

    def lie(receipt: dict[str, list[dict[str, str]]]) -> None:
        for entry in receipt["actions"][first - 1 : last]:
            entry["deadline"] = time

    return lie


def both(*lies: Lie) -> Lie:
    return lambda receipt: [lie(receipt) for lie in lies]


# Actions: 1 created, 2 joined by Bea, 3 offer_seen, 4 amended by Bea (late: the deadline moved), 5 offer_seen by Sam,
# 6 extended, 7 amended by Sam, 8 amendment_requested, 9 amended by Bea, 10 accepted by Sam, 11 message of Bea's.
MOVED = "the deadline after it is not the one"
LIES: dict[str, tuple[Lie, str]] = {
    "a deadline that falls": (deadline(EARLY, 8), f"Action 8 (amendment_requested) is impossible: {MOVED}"),
    "a deadline moved by a message": (deadline(LATE, 11), f"Action 11 (message_sent) is impossible: {MOVED}"),
    "a deadline moved by an acceptance": (deadline(LATE, 10), f"Action 10 (accepted) is impossible: {MOVED}"),
    "an offer that moves it by years": (deadline(LATE, 7), f"Action 7 (amended) is impossible: {MOVED}"),
    "an extension of more than a year": (deadline(LATE, 6), f"Action 6 (extended) is impossible: {MOVED}"),
    "an extension that extends nothing": (
        lambda r: r["actions"][5].update(deadline=r["actions"][4]["deadline"]),
        f"Action 6 (extended) is impossible: {MOVED}"),
    "another deadline on top": (top(deadline=LATE), "The deadline on top"),
    "an acceptance after the deadline in force": (at(10, LATE), "Action 10 (accepted) is impossible: its time"),
    "an acceptance of one's own offer": (
        body(10, actor=2, role="buyer"), "Action 10 (accepted) is impossible: it is by the wrong side"),
    "a seen by the author": (
        body(5, actor=2, role="buyer"), "Action 5 (offer_seen) is impossible: it is by the wrong side"),
    "a seen of another version": (body(5, version=1), "Action 5 (offer_seen) is impossible: its version"),
    "an extension by the buyer": (body(6, actor=2, role="buyer"), "Action 6 (extended) is impossible: it is not by"),
    "another currency in an offer": (body(7, currency="CHF"), "Action 7 (amended) is impossible: its currency"),
    "another unit in an offer": (body(7, unit="each"), "Action 7 (amended) is impossible: its currency"),
    "no currency in an offer": (lambda r: r["actions"][6]["body"].pop("currency"), "Action 7 (amended) is impossible"),
    "another currency on top": (top(currency="USD"), "The currency on top"),
    "another unit on top": (top(unit=""), "The unit on top"),
    "dollars said in so many words": (body(7, currency="USD"), "“currency” of the body of action 7 is not"),
    "no unit said in so many words": (body(7, unit=""), "“unit” of the body of action 7 is not"),
    "a currency of three decimals": (body(1, currency="KWD"), "“currency” of the body of action 1 is not"),
    "a currency where there are no terms": (body(8, currency="EUR"), "The body of action 8 has “currency”"),
    "an action without its deadline": (lambda r: r["actions"][4].pop("deadline"), "Action 5 has no “deadline”"),
    "the first format with the second's fields": (lambda r: r.update(format="traderoom-receipt/1"), "“trade” has"),
}  # fmt: skip


@pytest.mark.parametrize("name", ["accepted", "withdrawn"])
def test_a_receipt_of_the_second_format_verifies_for_ever(name: str) -> None:
    receipt, problems = verify_file((KEPT / f"{name}_2.json").read_bytes(), SERVER.public_key)
    assert problems == []
    assert told(lambda _: None, name) == []
    assert f"Outcome: {name.capitalize()}" in "\n".join(summary(receipt))
    assert "Currency: EUR" in summary(receipt)


@pytest.mark.parametrize("what", LIES)
def test_signed_and_still_found_is(what: str) -> None:
    lie, sentence = LIES[what]
    problems = told(lie)
    assert any(problem.startswith(sentence) for problem in problems), problems


def test_a_withdrawal_is_its_author_s() -> None:
    assert "it is by the wrong side" in " ".join(told(body(4, actor=1, role="seller"), "withdrawn"))


def test_a_rejection_of_no_version_is_an_earlier_release_s() -> None:
    """It is right in the second format too: the trades of that release are still there."""
    receipt = json.loads((KEPT.parents[1] / "db" / "kept" / "release_1.json").read_text())["receipts"]["rejected"]
    assert receipt["actions"][-1]["body"]["version"] is None
    assert verify(receipt, SERVER.public_key) == []
