"""Whatever is done to a receipt's file is found, or changes nothing that anybody reads in it; and never a traceback."""

import copy
import json
import random
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.service.strict_json import DEEPEST
from app.service.verification import summary, verify, verify_file

KEPT = Path(__file__).parent / "kept"
KEY = (KEPT / "key").read_text().strip()
ACCEPTED, EXPIRED = ((KEPT / f"{name}_1.json").read_bytes() for name in ("accepted", "expired"))
each = pytest.mark.parametrize("raw", [ACCEPTED, EXPIRED], ids=["accepted", "expired"])


def faults(raw: bytes | str, key: str = KEY) -> list[str]:
    return verify_file(raw.encode() if isinstance(raw, str) else raw, key)[1]


@each
def test_a_receipt_that_was_issued_by_an_earlier_version_verifies_for_ever(raw: bytes) -> None:
    receipt, problems = verify_file(raw, KEY)
    assert problems == []
    assert receipt == json.loads(raw)


@each
def test_white_space_and_the_escaping_of_characters_mean_nothing(raw: bytes) -> None:
    receipt = json.loads(raw)
    for written in (
        json.dumps(receipt),
        json.dumps(receipt, indent="\t", ensure_ascii=False),
        json.dumps(receipt, separators=(",", ":"), sort_keys=True),
        "\r\n " + json.dumps(receipt) + "\n\n",
    ):
        assert faults(written) == []


def test_another_key_verifies_nothing() -> None:
    other = "A" * 43 + "="
    assert "another server" in " ".join(faults(ACCEPTED, other))
    for no_key in ("", "AAAA", KEY[:-1], KEY + "=", KEY.replace("=", "\n="), f" {KEY}", KEY[:-2] + "h=", "\u0410" * 44):
        assert faults(ACCEPTED, no_key) == [
            "The public key to verify with is not one: it takes 32 bytes in base64, or a file that holds them."
        ]


def replaced(raw: bytes, old: str, new: str) -> bytes:
    assert raw.count(old.encode()) >= 1, old
    return raw.replace(old.encode(), new.encode(), 1)


FORGED = {
    "a price twice, the false one first": ('"price": "900.50"', '"price": "1.00", "price": "900.50"'),
    "a price twice, the false one last": ('"price": "900.50"', '"price": "900.50", "price": "1.00"'),
    "a key twice by an escape": ('"price": "900.50"', '"pr\\u0069ce": "1.00", "price": "900.50"'),
    "a second trade": ('"trade": {', '"trade": {"title": "Another"}, "trade": {'),
    "second parties": ('"parties": {', '"parties": {}, "parties": {'),
    "a party twice": ('"parties": {', '"parties": {"1": {"name": "Eve", "role": "seller"},'),
    "a field of the signature": ('"algorithm"', '"expires": "never", "algorithm"'),
    "another algorithm": ('"Ed25519"', '"ed25519"'),
    "no algorithm at all": ('"algorithm": "Ed25519",', ""),
    "an unknown field on top": ('"format"', '"note": "paid in full", "format"'),
    "an unknown field of the trade": ('"trade": {', '"trade": {"currency": "EUR",'),
    "an unknown field of an action": ('"seq": 1,', '"seq": 1, "signed_by": "Eve",'),
    "an unknown field of a body": ('"kind": "created"', '"kind": "created", "tip": 5'),
    "a title in a body that makes none": ('"kind": "joined"', '"kind": "joined", "title": "Oak"'),
    "a quantity with a point": ('"quantity": 2', '"quantity": 2.0'),
    "a quantity with an exponent": ('"quantity": 2', '"quantity": 2e0'),
    "a quantity with a leading zero": ('"quantity": 2', '"quantity": 02'),
    "a quantity of minus nothing": ('"quantity": 2', '"quantity": -0'),
    "a quantity as text": ('"quantity": 2', '"quantity": "2"'),
    "a version that is true": ('"version": 1', '"version": true'),
    "a quantity that is no number": ('"quantity": 2', '"quantity": NaN'),
    "a quantity without end": ('"quantity": 2', '"quantity": Infinity'),
    "a quantity of 5,000 digits": ('"quantity": 2', '"quantity": ' + "9" * 5_000),
    "a price without cents": ('"price": "900.50"', '"price": "900.5"'),
    "a price with a space": ('"price": "900.50"', '"price": "900.50 "'),
    "a price as a number": ('"price": "900.50"', '"price": 900.50'),
    "a price in other digits": ('"price": "900.50"', '"price": "\u0669\u0660\u0660.50"'),
    "a time in another zone": ('Z",\n    "deadline"', '+00:00",\n    "deadline"'),
    "a time without its fraction": ('.169702Z",\n    "deadline"', 'Z",\n    "deadline"'),
    "a day that is none": ('"issued_at": "2026-11-26', '"issued_at": "2026-02-31'),
    "a party without a role": (',\n      "role": "buyer"', ""),
    "a name that is a list": ('"name": "Bea"', '"name": ["Bea"]'),
    "a name of nothing": ('"name": "Bea"', '"name": ""'),
    "a party's number with a zero": ('"2": {\n      "name"', '"02": {\n      "name"'),
    "half a character": ('"name": "Bea"', '"name": "\\ud800"'),
    "a mark at the beginning": ("{", "\ufeff{"),
    "something after the end": ('"signature"', '"signature": {}}{"signature"'),
    "a comment": ("{", "{ // paid\n"),
    "a trailing comma": ('"quantity": 2,', '"quantity": 2,,'),
    "a form of another version": ("traderoom-receipt/1", "traderoom-receipt/0"),
    "a line break in a text": ('"text": "as asked"', '"text": "as\nasked"'),
    "spare bits in the signature": ('=="\n', '="\n'),
    "a space in the signature": ('"value": "', '"value": " '),
    "an upper-case hash": ('"hash": "', '"hash": "A'),
}  # fmt: skip


@pytest.mark.parametrize("what", FORGED)
def test_found_is(what: str) -> None:
    forged = replaced(ACCEPTED, *FORGED[what])
    problems = faults(forged)
    assert problems
    assert all(problem.endswith(".") and problem.isprintable() for problem in problems)


def test_the_party_who_was_shown_out_is_none_and_every_other_one_has_a_name() -> None:
    receipt = json.loads(ACCEPTED)
    assert set(receipt["parties"]) == {"1", "2"}
    assert {entry["body"]["actor"] for entry in receipt["actions"]} == {1, 2, 3}
    for change in ({"3": {"name": "Cid", "role": "buyer"}}, {"2": {"name": "Bea", "role": "seller"}}):
        assert verify({**receipt, "parties": receipt["parties"] | change}, KEY)


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"a":[', "[{}, ["])
@pytest.mark.parametrize("depth", [DEEPEST + 1, 1_000, 200_000])
def test_deep_nesting_is_a_sentence(opening: str, depth: int) -> None:
    for end in ("", "1"):
        (problem,) = faults(opening * depth + end)
        assert "deep" in problem
    inside = ACCEPTED.replace(b'"Bea"', (opening * depth).encode())
    assert "deep" in faults(inside)[0]


def test_brackets_in_a_text_are_no_nesting() -> None:
    receipt = json.loads(ACCEPTED)
    receipt["parties"]["2"]["name"] = '[{"[' * 20
    assert "deep" not in faults(json.dumps(receipt))[0]


@pytest.mark.parametrize(
    "raw",
    [
        b"", b" ", b"null", b"1", b'"text"', b"[]", b"{}", b"\xff", b"\x00", b"\xef\xbb\xbf{}", b'{"format": []}',
        '{"format": "traderoom-receipt/1"}'.encode("utf-16"), b'"\\ud800"', b'{"format": {}}', b"{" * 100_000,
        b'{"format": "traderoom-receipt/1", "issued_at": 1, "trade": 1, "actions": 1, "parties": 1, "signature": 1}',
    ],
)  # fmt: skip
def test_what_is_no_receipt_gets_sentences(raw: bytes) -> None:
    assert faults(raw)


@pytest.mark.parametrize("piece", ['"', '\\"', "\\", '"\\', "{", '{"a":1,', ",", "[1,"])
def test_large_nonsense_is_refused_in_time(piece: str) -> None:
    started = time.perf_counter()
    assert faults('{"' + piece * (2_000_000 // len(piece)))
    assert faults(piece * (2_000_000 // len(piece)))
    assert time.perf_counter() - started < 10


def test_a_file_of_many_faults_says_the_first_ones() -> None:
    receipt = json.loads(ACCEPTED)
    receipt |= {f"\x1b[2J{n}": n for n in range(100_000)}
    problems = faults(json.dumps(receipt))
    assert 1 < len(problems) < 50
    assert all(problem.isprintable() for problem in problems)


# At random.


def assert_found_or_meaningless(original: bytes, changed: bytes) -> None:
    if not faults(changed):
        assert json.loads(changed) == json.loads(original), "a change that means something went unnoticed"


@settings(max_examples=600)
@given(st.sampled_from([ACCEPTED, EXPIRED]), st.integers(0), st.binary(max_size=4), st.integers(0, 4))
def test_every_change_of_the_bytes_is_found_or_means_nothing(raw: bytes, place: int, new: bytes, gone: int) -> None:
    place %= len(raw) + 1
    assert_found_or_meaningless(raw, raw[:place] + new + raw[place + gone :])


@settings(max_examples=400)
@given(st.sampled_from([ACCEPTED, EXPIRED]), st.integers(0), st.integers(0), st.integers(0))
def test_a_piece_that_stands_elsewhere_too_is_found(raw: bytes, begin: int, length: int, place: int) -> None:
    begin, place = begin % len(raw), place % len(raw)
    piece = raw[begin : begin + length % 200]
    assert_found_or_meaningless(raw, raw[:place] + piece + raw[place:])


@pytest.mark.parametrize("start", range(0, len(EXPIRED), 400))
def test_every_single_bit_counts(start: int) -> None:
    for place in range(start, min(start + 400, len(EXPIRED))):
        for bit in (0, 1, 5):
            changed = bytearray(EXPIRED)
            changed[place] ^= 1 << bit
            assert_found_or_meaningless(EXPIRED, bytes(changed))


@given(st.binary(max_size=60) | st.text('{}[]":,0129.eE-+ntfu\\ \n', max_size=60).map(str.encode))
def test_no_bytes_lead_to_a_traceback(raw: bytes) -> None:
    assert faults(raw)


def places(value: Any) -> list[Any]:
    """All objects and lists in a document."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [value] * isinstance(value, (dict, list)) + [place for one in inner for place in places(one)]


def write(value: Any, twice: Any, first: Any) -> str:
    """JSON, with the first key of the object `twice` standing there twice, before with another value."""
    if isinstance(value, dict):
        pairs = [f"{json.dumps(key)}:{write(one, twice, first)}" for key, one in value.items()]
        if value is twice and value:
            pairs.insert(0, f"{json.dumps(next(iter(value)))}:{json.dumps(first)}")
        return "{" + ",".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(write(one, twice, first) for one in value) + "]"
    return json.dumps(value)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["1.00", "seller"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=600)
@given(st.sampled_from([ACCEPTED, EXPIRED]), st.randoms(use_true_random=False), anything, st.integers(0, 5))
def test_every_change_of_the_structure_is_found(raw: bytes, chance: random.Random, new: Any, deed: int) -> None:
    receipt, twice = json.loads(raw), None
    place = chance.choice([place for place in places(receipt) if place])
    keys = list(place) if isinstance(place, dict) else list(range(len(place)))
    key, other = chance.choice(keys), chance.choice(keys)
    if deed == 0:
        place[key] = new
    elif deed == 1:
        del place[key]
    elif deed == 2:
        place[key], place[other] = place[other], place[key]
    elif deed == 3 and isinstance(place, dict):
        place[chance.choice(["note", "", "Price", "pric\u0435", "title", "text", "3"])] = new
    elif deed == 3:
        place.insert(key, copy.deepcopy(place[other]))
    elif deed == 4:
        for _ in range(chance.choice([1, DEEPEST, 300])):
            place[key] = [place[key]]
        written = json.dumps(receipt)
        assert faults(written)
        return
    else:
        twice = place
    written = write(receipt, twice, new)
    if twice is not None and isinstance(twice, dict):
        assert any("twice" in problem or "number" in problem for problem in faults(written))
        return
    assert_found_or_meaningless(raw, written.encode())


def test_what_was_verified_is_told_in_lines_that_no_name_or_title_can_disturb() -> None:
    receipt = json.loads(ACCEPTED)
    receipt["trade"]["title"] = "Oak\x1b[2J\u202e\u2066\nOutcome: Rejected"
    receipt["trade"]["description"] = "a\r\n\tb\\\x9b"
    receipt["parties"]["1"]["name"] = "\u200bSam\x07"
    lines = summary(receipt)
    assert all(line.isprintable() for line in lines)
    assert lines[0] == "Trade 1: Oak\\x1b[2J\\u202e\\u2066\\nOutcome: Rejected"
    assert lines[1:3] == ["Seller (person 1): \\u200bSam\\x07", "Buyer (person 2): Bea"]
    assert lines[3] == "Terms, version 2: 900.50 x 2 = 1801.00"
    assert lines[4] == "Currency: USD"
    assert lines[5] == "Description: a\\r\\n\\tb\\\\\\x9b"
    assert [line for line in lines if line.startswith("Outcome: ")] == [
        "Outcome: Accepted at 2026-11-26T12:52:39.234176Z by the buyer"
    ]
    assert summary(json.loads(EXPIRED))[2] == "Buyer: nobody"
