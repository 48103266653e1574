"""Verifying receipts, offline: by the file alone and a public key that is known from elsewhere.

A receipt is right when it is written in the one way in which receipts are written (`strict_json.py`,
`receipt_shape.py`), when its chain is unbroken, when its actions are possible one after the other, when what stands on
top and beside them is what they lead to, and when the given key has signed it. What is wrong is said in sentences.
"""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.domain.chain import DEFAULTS, GENESIS, canonical, link, utc_text
from app.domain.kinds import KINDS, Kind, KindRules, Role, Status
from app.domain.rules import LONGEST, TIME_TO_ANSWER
from app.domain.text import harmless
from app.domain.traits import DeadlineChange, SeatChange, Side, Timing, VersionUse
from app.service.receipt_shape import misshapen, of_bytes
from app.service.strict_json import UnreadableError, read

Receipt = dict[str, Any]
_SAID_AT_MOST = 20
"""Of a kind; a file of a million faults is wrong enough after these."""


def verify_file(raw: bytes, public_key: str) -> tuple[Receipt, list[str]]:
    """The receipt that a file holds, and what is wrong with it; an empty one where the file cannot be read."""
    try:
        receipt = read(raw)
    except UnreadableError as error:
        return {}, [str(error)]
    return receipt, verify(receipt, public_key)


def verify(receipt: Any, public_key: str) -> list[str]:
    """What is wrong with a receipt, in sentences; nothing when every byte is as it was signed.

    The chain comes before what the actions add up to, because it names the place; then the signature.
    """
    problems = list(islice(misshapen(receipt), _SAID_AT_MOST))
    if not problems:
        impossible = islice(_Replay(receipt).problems(), _SAID_AT_MOST)
        problems = [*_chain_problems(receipt), *impossible, *_signature_problems(receipt, public_key)]
    return problems


def summary(receipt: Receipt) -> list[str]:
    """What a receipt says, in lines for a terminal; for one that was verified."""
    trade, closing = {**DEFAULTS, **receipt["trade"]}, _closing(receipt)
    deadline = _deadline_after(receipt["actions"][0], receipt)
    parties = {party["role"]: (person, party["name"]) for person, party in receipt["parties"].items()}
    return [
        f"Trade {trade['id']}: {harmless(trade['title'])}",
        *(
            f"{role.word} (person {parties[role][0]}): {harmless(parties[role][1])}"
            if role in parties
            else f"{role.word}: nobody"
            for role in Role
        ),
        f"Terms, version {trade['version']}: {trade['price']} x {trade['quantity']} = {trade['total']}",
        f"Currency: {trade['currency']}",
        *([f"Unit: {harmless(trade['unit'])}"] if trade["unit"] else []),
        f"Description: {harmless(trade['description']) or 'none'}",
        f"Created: {trade['created_at']}, with the deadline {deadline}",
        *([f"Deadline: moved to {trade['deadline']}"] if trade["deadline"] != deadline else []),
        f"Outcome: {Status(trade['status']).word} at {closing['at']}"
        + (f" by the {closing['body']['role']}" if closing["body"]["role"] else ""),
        f"Verified: the chain of {len(receipt['actions']):,} actions and the signature of {receipt['issued_at']}.",
    ]


def _closing(receipt: Receipt) -> Any:
    return next(entry for entry in receipt["actions"] if KINDS[Kind(entry["body"]["kind"])].closes)


def _deadline_after(entry: Any, receipt: Receipt) -> str:
    """The deadline in force after an action; in the first format a trade has one."""
    deadline: str = entry.get("deadline", receipt["trade"]["deadline"])
    return deadline


def _chain_problems(receipt: Receipt) -> Iterator[str]:
    previous = GENESIS
    for place, entry in enumerate(receipt["actions"], start=1):
        if entry["seq"] != place:
            yield f"The chain breaks at action {place}: it is missing or stands in another place."
            return
        previous = link(previous, entry["body"], entry["seq"], entry["at"], _deadline_after(entry, receipt))
        if previous.hex() != entry["hash"]:
            yield f"The chain breaks at action {place}: its content does not match its hash."
            return


class _Replay:
    """The actions once more, one after the other, by the table of kinds; then what they lead to."""

    def __init__(self, receipt: Receipt) -> None:
        self._receipt = receipt
        self._deadline = _deadline_after(receipt["actions"][0], receipt)
        self._status: Status | None = None
        self._version = 0
        self._seen_version = 0
        self._offered_by: Role | None = None
        self._people: dict[Role, int | None] = {Role.SELLER: None, Role.BUYER: None}
        self._led_to: dict[str, Any] = {}

    def problems(self) -> Iterator[str]:
        """What is impossible, and what the actions do not lead to."""
        for place, entry in enumerate(self._receipt["actions"], start=1):
            kind = Kind(entry["body"]["kind"])
            yield from (f"Action {place} ({kind.value}) is impossible: {why}." for why in self._play(kind, entry))
        if self._status is None or not self._status.final:
            yield "The actions lead to no outcome."
        trade = {**DEFAULTS, **self._receipt["trade"]}
        led_to = {**self._led_to, "version": self._version, "status": self._status and self._status.value}
        led_to["deadline"] = self._deadline
        for field, value in led_to.items():
            if trade[field] != value:
                yield f"The {field.replace('_', ' ')} on top is not the one the actions lead to."
        if Decimal(trade["total"]) != Decimal(trade["price"]) * trade["quantity"]:
            yield "The total on top is not price times quantity."
        if trade["created_at"] >= trade["deadline"]:
            yield "The deadline is not after the creation."
        parties = {str(person): role.value for role, person in self._people.items() if person is not None}
        if {person: party["role"] for person, party in self._receipt["parties"].items()} != parties:
            yield "The parties are not those whose trade the actions make it, each with the right role."

    def _play(self, kind: Kind, entry: Any) -> Iterator[str]:
        rules, body, at = KINDS[kind], entry["body"], entry["at"]
        if (self._status is None) != (not rules.during) or (self._status and self._status not in rules.during):
            yield f"the trade is {self._status.word.lower() if self._status else 'not there yet'}"
        if {Timing.BEFORE: at >= self._deadline, Timing.AFTER: at < self._deadline, Timing.ANY: False}[rules.when]:
            yield "its time is on the wrong side of the deadline"
        if not self._may(kind, body):
            yield "it is not by somebody who may do it"
        yield from self._offer_problems(kind, body)
        yield from self._follow_deadline(rules, entry)
        self._status = rules.to or self._status
        if rules.closes:
            self._led_to["closed_at"] = at
        if kind is Kind.CREATED:
            measure = {name: body.get(name, default) for name, default in DEFAULTS.items()}
            self._led_to |= {"title": body["title"], "created_at": at, **measure}
        if rules.version is VersionUse.MAKES:
            yield from self._put_up(body)

    def _offer_problems(self, kind: Kind, body: Any) -> Iterator[str]:
        """Whether it is about the offer that stands, and by the side of it whose that is."""
        rules = KINDS[kind]
        wanted = {VersionUse.MAKES: self._version + 1, VersionUse.NAMES: self._version, VersionUse.NONE: None}
        is_unnamed = body["version"] is None and not rules.version_is_old
        if body["version"] != wanted[rules.version] and not is_unnamed:
            yield "its version is not the one that was due"
        if rules.side is not Side.EITHER and (body["role"] == self._offered_by) != (rules.side is Side.MADE):
            yield "it is by the wrong side of the offer"
        if kind is Kind.OFFER_SEEN:
            if self._seen_version == self._version:
                yield "the offer had been seen"
            self._seen_version = self._version

    def _put_up(self, body: Any) -> Iterator[str]:
        """Other terms on the table; what they are in never changes."""
        self._version = body["version"] or 0
        self._offered_by = Role(body["role"]) if body["role"] else None
        if any(body.get(name, default) != self._led_to.get(name) for name, default in DEFAULTS.items()):
            yield "its currency or unit is not the trade's"
        self._led_to |= {field: body[field] for field in ("price", "quantity", "description")}

    def _follow_deadline(self, rules: KindRules, entry: Any) -> Iterator[str]:
        """Whether the deadline stays, or moves as this kind of thing moves it."""
        before, self._deadline = self._deadline, _deadline_after(entry, self._receipt)
        is_right = self._deadline == before
        if rules.deadline is DeadlineChange.EXTENDED:
            is_right = before < self._deadline <= _later(entry["at"], LONGEST)
        elif rules.deadline is DeadlineChange.LEAVES_TIME and self._status is not Status.DRAFT:
            # Earlier releases' offers moved none.
            is_right |= before < self._deadline == _later(entry["at"], TIME_TO_ANSWER)
        if not is_right:
            yield "the deadline after it is not the one it leads to"

    def _may(self, kind: Kind, body: Any) -> bool:
        """Whether role and person are right, after which the seats are as the action leaves them."""
        rules, actor = KINDS[kind], body["actor"]
        if not rules.by:
            return actor is None and body["role"] is None
        if actor is None or body["role"] not in rules.by:
            return False
        role = Role(body["role"])
        takes = kind is Kind.CREATED or rules.seat is SeatChange.TAKEN
        is_right: bool = self._people[role] == (None if takes else actor)
        if takes:
            is_right = is_right and actor not in self._people.values()
            self._people[role] = actor
        if rules.seat is SeatChange.FREED:
            self._people[Role.BUYER], self._seen_version = None, 0
        return is_right


def _later(at: str, by: timedelta) -> str:
    try:
        return utc_text(datetime.fromisoformat(at) + by)
    except OverflowError:  # a time at the end of all calendars
        return at


def _signature_problems(receipt: Receipt, public_key: str) -> Iterator[str]:
    if not of_bytes(32).holds(public_key):
        yield "The public key to verify with is not one: it takes 32 bytes in base64, or a file that holds them."
        return
    if receipt["signature"]["public_key"] != public_key:
        yield "The key in the receipt is not the one to verify with: another server signed it."
    signed = {name: value for name, value in receipt.items() if name != "signature"}
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key))
    try:
        key.verify(base64.b64decode(receipt["signature"]["value"]), canonical(signed).encode())
    except (InvalidSignature, UnicodeEncodeError):
        yield "The signature does not match: something was changed, or another server signed it."
