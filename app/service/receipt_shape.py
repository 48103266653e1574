"""What a receipt consists of: each field, what it holds, and how that is written. Nothing more, nothing less, no other.

Each format that was ever issued keeps its row in `FORMATS`: old receipts have to verify for ever.
"""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.domain.chain import TIME_FORMAT
from app.domain.currency import DECIMALS, USD
from app.domain.kinds import FINAL, KINDS, Kind, Role
from app.domain.names import MAX_NAME
from app.domain.terms import MAX_PRICE, MAX_QUANTITY, MAX_UNIT
from app.domain.text import harmless
from app.domain.traits import VersionUse

_MAX_ID = 2**63 - 1
_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_AMOUNT = re.compile(r"(?:0|[1-9][0-9]{0,24})\.[0-9]{2}")
_HASH = re.compile(r"[0-9a-f]{64}")
_PERSON = re.compile(r"[1-9][0-9]{0,18}")


@dataclass(frozen=True, slots=True)
class Field:
    """What a field holds: a test that never raises, and the words for it."""

    #: Whether a value is one.
    holds: Callable[[Any], bool]
    #: Completes "… is not".
    words: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One format: the fields of each part of a receipt."""

    #: The receipt itself.
    receipt: dict[str, Field]
    #: The summary on top.
    trade: dict[str, Field]
    #: An entry of the chain.
    entry: dict[str, Field]
    #: The body of every entry.
    body: dict[str, Field]
    #: Besides, the body of an entry that makes a version of the terms.
    terms: dict[str, Field]
    #: Besides, what that one leaves out where it is dollars, and where nothing is said of the unit.
    measure: dict[str, Field]
    #: Besides, the body of the creation.
    creation: dict[str, Field]
    #: One of the parties.
    party: dict[str, Field]
    #: The signature.
    signature: dict[str, Field]


def _is_time(value: Any) -> bool:
    if type(value) is not str or not _TIME.fullmatch(value):
        return False
    try:
        datetime.strptime(value, TIME_FORMAT)  # noqa: DTZ007 - looked at, not kept
    except ValueError:
        return False
    return True


def _is_price(value: Any) -> bool:
    return _is_amount(value) and 0 < Decimal(value) <= MAX_PRICE


def _is_amount(value: Any) -> bool:
    return type(value) is str and _AMOUNT.fullmatch(value) is not None


def _whole(most: int) -> Field:
    return Field(lambda value: type(value) is int and 1 <= value <= most, f"a whole number from 1 to {most:,}")


def _one_of(words: list[str]) -> Field:
    return Field(lambda value: type(value) is str and value in words, f"one of {', '.join(words)}")


def _perhaps(field: Field) -> Field:
    return Field(lambda value: value is None or field.holds(value), f"{field.words}, or null")


def of_bytes(length: int) -> Field:
    """So many bytes in base64, in the one form that has no spare bits or characters."""

    def holds(value: Any) -> bool:
        if type(value) is not str or not value.isascii():
            return False
        try:
            decoded = base64.b64decode(value, validate=True)
        except ValueError:
            return False
        return len(decoded) == length and base64.b64encode(decoded).decode() == value

    return Field(holds, f"{length} bytes in base64")


_OBJECT = Field(lambda value: type(value) is dict, "an object")
_LIST = Field(lambda value: type(value) is list and bool(value), "a list with something in it")
_TEXT = Field(lambda value: type(value) is str, "a text")
_POINT = Field(_is_time, "a time such as 2026-11-22T12:00:00.000005Z")
_PRICE = Field(_is_price, "a price such as “1000.00”")
_TERMS = {"price": _PRICE, "quantity": _whole(MAX_QUANTITY), "description": _TEXT}
_ROLE = _one_of([role.value for role in Role])
_UNIT = Field(lambda value: type(value) is str and len(value) <= MAX_UNIT, f"a text of at most {MAX_UNIT} characters")
_WORDS = Field(lambda value: _UNIT.holds(value) and value != "", f"{_UNIT.words}, and not empty")

_FIRST = Shape(
    receipt={
        "format": _TEXT,
        "issued_at": _POINT,
        "trade": _OBJECT,
        "actions": _LIST,
        "parties": _OBJECT,
        "signature": _OBJECT,
    },
    trade={
        "id": _whole(_MAX_ID),
        "title": _TEXT,
        "status": _one_of([status.value for status in FINAL]),
        "version": _whole(_MAX_ID),
        "created_at": _POINT,
        "deadline": _POINT,
        "closed_at": _POINT,
        **_TERMS,
        "total": Field(_is_amount, "an amount such as “1000.00”"),
    },
    entry={
        "seq": _whole(_MAX_ID),
        "at": _POINT,
        "body": _OBJECT,
        "hash": Field(lambda value: type(value) is str and _HASH.fullmatch(value) is not None, "64 hex digits"),
    },
    body={
        "kind": _one_of([kind.value for kind in Kind]),
        "actor": _perhaps(_whole(_MAX_ID)),
        "role": _perhaps(_ROLE),
        "version": _perhaps(_whole(_MAX_ID)),
        "text": _TEXT,
    },
    terms=_TERMS,
    measure={},
    creation={"title": _TEXT},
    party={
        "name": Field(lambda value: type(value) is str and 1 <= len(value) <= MAX_NAME, "a name"),
        "role": _ROLE,
    },
    signature={
        "algorithm": Field(lambda value: value == "Ed25519" and type(value) is str, "“Ed25519”"),
        "public_key": of_bytes(32),
        "value": of_bytes(64),
    },
)
_SECOND = replace(
    _FIRST,
    trade={**_FIRST.trade, "currency": _one_of(list(DECIMALS)), "unit": _UNIT},
    entry={**_FIRST.entry, "deadline": _POINT},
    measure={"currency": _one_of([code for code in DECIMALS if code != USD]), "unit": _WORDS},
)

FORMATS = {"traderoom-receipt/1": _FIRST, "traderoom-receipt/2": _SECOND}
"""Every format that was ever issued."""


def misshapen(receipt: Any) -> Iterator[str]:
    """What is missing, superfluous or written otherwise, in sentences; the receipt may be anything at all."""
    if type(receipt) is not dict:
        yield "This is not a receipt of Traderoom: it is not an object."
        return
    name = receipt.get("format")
    shape = FORMATS.get(name) if type(name) is str else None
    if shape is None:
        yield "This is not a receipt of Traderoom, or of a format that this version does not know."
        return
    wrong = list(_compare(receipt, shape.receipt, "the receipt"))
    yield from wrong
    if wrong:
        return
    yield from _compare(receipt["trade"], shape.trade, "“trade”")
    yield from _compare(receipt["signature"], shape.signature, "“signature”")
    for person, party in receipt["parties"].items():
        if not _PERSON.fullmatch(person):
            yield f"“{_short(person)}” in “parties” is not the number of a person."
        yield from _compare(party, shape.party, f"party {_short(person)}")
    for place, entry in enumerate(receipt["actions"], start=1):
        wrong = list(_compare(entry, shape.entry, f"action {place}"))
        yield from wrong or _compare(entry["body"], _body(entry["body"], shape), f"the body of action {place}")


def _body(body: dict[str, Any], shape: Shape) -> dict[str, Field]:
    kind: Any = body.get("kind")
    if not shape.body["kind"].holds(kind):
        return shape.body
    fields = shape.body | (shape.creation if kind == Kind.CREATED else {})
    if KINDS[Kind(kind)].version is VersionUse.MAKES:
        fields |= shape.terms | {name: field for name, field in shape.measure.items() if name in body}
    return fields


def _compare(part: Any, fields: dict[str, Field], place: str) -> Iterator[str]:
    if type(part) is not dict:
        yield f"{_begin(place)} is not an object."
        return
    yield from (f"{_begin(place)} has no “{name}”." for name in fields if name not in part)
    yield from (
        f"{_begin(place)} has “{_short(name)}”, which no receipt has there." for name in part if name not in fields
    )
    for name, field in fields.items():
        if name in part and not field.holds(part[name]):
            yield f"“{name}” of {place} is not {field.words}."


def _begin(place: str) -> str:
    return place[0].upper() + place[1:]


def _short(text: Any) -> str:
    return harmless(str(text)[:40])
