"""Guessing passwords: what stops those who try, what never stops the owner, and what is written down about it."""

import asyncio
import json
import logging
from collections.abc import Callable
from uuid import uuid4

import pytest

from app import security_log
from app.domain.refusals import Reason, Refusal
from app.service.accounts import Accounts, Device
from app.service.limits import Limits
from app.service.negotiation import Negotiation
from app.service.receipts import Receipts
from tests.conftest import Deal, Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, Office, who

Guarded = Callable[..., Accounts]
WRONG = "not the password"


@pytest.fixture
def guarded(market: Market, cheap: None) -> Guarded:
    """Makes the use cases of accounts with these limits, others being generous."""
    return lambda **rates: Accounts(market.accounts, Limits({**PLENTY, **rates}))


@pytest.fixture
def name() -> str:
    """A name of nobody's yet."""
    return f"Ann {uuid4().hex[:8]}"


async def attempt(
    people: Accounts, name: str, password: str = WRONG, *, address: str = HERE, device: Device | None = None
) -> str:
    """What comes of it: "in", or the reason why not."""
    try:
        await people.sign_in(name, password, address=address, device=device)
    except Refusal as refusal:
        return refusal.reason
    return "in"


async def test_guesses_at_a_name_from_one_address_are_limited(guarded: Guarded, name: str) -> None:
    people = guarded(guesses="3/minute")
    await people.create(name, PASSWORD)
    await people.create(f"{name} too", PASSWORD)
    assert [await attempt(people, name) for _ in range(4)] == [*[Reason.INVALID] * 3, Reason.TOO_OFTEN]
    assert await attempt(people, name, PASSWORD) == Reason.TOO_OFTEN
    assert await attempt(people, name, PASSWORD, address="192.0.2.2") == "in"
    assert await attempt(people, f"{name} too", PASSWORD) == "in"


async def test_guesses_at_a_name_from_many_addresses_are_limited(guarded: Guarded, name: str) -> None:
    people = guarded(guesses_at_name="3/minute")
    await people.create(name, PASSWORD)
    outcomes = [await attempt(people, name, address=f"192.0.2.{n}") for n in range(5)]
    assert outcomes == [*[Reason.INVALID] * 3, *[Reason.TOO_OFTEN] * 2]
    assert await attempt(people, f"{name} too", address="192.0.2.1") == Reason.INVALID


@pytest.mark.parametrize(
    "spelled",
    [
        str.upper,
        lambda name: f"  {name}\t",
        lambda name: name.replace(" ", "   "),
        lambda name: name.replace("A", "\N{FULLWIDTH LATIN CAPITAL LETTER A}"),
        lambda name: name + "\N{VARIATION SELECTOR-16}",
        lambda name: " " * 198 + name,
        lambda name: " " * 500 + name,
    ],
    ids=["upper case", "trimmed", "wide gaps", "full width", "invisible", "far to the right", "beyond"],
)
async def test_a_name_spelled_otherwise_has_no_budget_of_its_own(
    guarded: Guarded, name: str, spelled: Callable[[str], str]
) -> None:
    people = guarded(guesses_at_name="2/minute")
    await people.create(name, PASSWORD)
    for _ in range(2):
        assert await attempt(people, name) == Reason.INVALID
    assert await attempt(people, spelled(name), PASSWORD) == Reason.TOO_OFTEN


async def test_signing_in_is_no_guess(guarded: Guarded, name: str) -> None:
    people = guarded(guesses="2/minute", guesses_at_name="2/minute")
    await people.create(name, PASSWORD)
    assert [await attempt(people, name, PASSWORD) for _ in range(6)] == ["in"] * 6
    assert await attempt(people, name) == Reason.INVALID
    assert [await attempt(people, name, PASSWORD) for _ in range(3)] == ["in"] * 3


async def test_sign_ins_from_one_address_are_limited_whatever_comes_of_them(guarded: Guarded, name: str) -> None:
    people = guarded(sign_in="3/minute")
    await people.create(name, PASSWORD)
    outcomes = [await attempt(people, *of) for of in ((name, PASSWORD), (name, WRONG), (f"{name} 2", WRONG))]
    assert outcomes == ["in", Reason.INVALID, Reason.INVALID]
    assert await attempt(people, name, PASSWORD) == Reason.TOO_OFTEN
    assert await attempt(people, name, PASSWORD, address="192.0.2.2") == "in"


async def test_the_owner_s_own_browser_gets_in_while_strangers_guess(guarded: Guarded, name: str) -> None:
    people = guarded(guesses="2/minute", guesses_at_name="3/minute")
    person = await people.create(name, PASSWORD)
    for n in range(5):
        await attempt(people, name, address=f"192.0.2.{n}")
    known = Device(person.id, "a mark")
    assert await attempt(people, name, PASSWORD, address="198.51.100.1") == Reason.TOO_OFTEN
    assert await attempt(people, name, PASSWORD, address="198.51.100.1", device=known) == "in"
    assert await attempt(people, name, PASSWORD, address="192.0.2.1", device=known) == "in"


async def test_a_known_browser_may_not_guess_for_ever_and_spends_nobody_else_s_budget(
    guarded: Guarded, name: str
) -> None:
    people = guarded(guesses="2/minute", guesses_at_name="2/minute")
    person = await people.create(name, PASSWORD)
    stolen, other = Device(person.id, "stolen"), Device(person.id, "other")
    outcomes = [await attempt(people, name, address=f"192.0.2.{n}", device=stolen) for n in range(3)]
    assert outcomes == [Reason.INVALID, Reason.INVALID, Reason.TOO_OFTEN]
    assert await attempt(people, name, PASSWORD, device=other) == "in"
    assert await attempt(people, name, PASSWORD) == "in"


async def test_a_browser_that_is_known_for_somebody_else_counts_as_unknown(guarded: Guarded, name: str) -> None:
    people = guarded(guesses_at_name="2/minute")
    await people.create(name, PASSWORD)
    other = await people.create(f"{name} too", PASSWORD)
    devices = [Device(other.id, f"mark {n}") for n in range(3)]
    outcomes = [await attempt(people, name, address=f"192.0.2.{n}", device=d) for n, d in enumerate(devices)]
    assert outcomes == [Reason.INVALID, Reason.INVALID, Reason.TOO_OFTEN]


@pytest.mark.parametrize("device", [None, Device(1, "a mark")], ids=["unknown browser", "somebody's browser"])
async def test_an_unknown_name_is_treated_as_a_known_one(guarded: Guarded, name: str, device: Device | None) -> None:
    people = guarded(sign_in="9/minute", guesses="3/minute", guesses_at_name="5/minute")
    await people.create(name, PASSWORD)
    told: dict[str, list[tuple[str, str, str]]] = {name: [], f"{name} unknown": []}
    for n in range(12):
        for typed, answers in told.items():
            with pytest.raises(Refusal) as caught:
                await people.sign_in(typed, WRONG, address=f"192.0.2.{n // 4}{typed == name:d}", device=device)
            answers.append((caught.value.reason, caught.value.field, str(caught.value)))
    known, unknown = told.values()
    assert known == unknown
    assert {reason for reason, *_ in known} == {Reason.INVALID, Reason.TOO_OFTEN}


async def test_guesses_at_the_same_time_count(guarded: Guarded, name: str) -> None:
    people = guarded(guesses_at_name="5/minute")
    await people.create(name, PASSWORD)
    outcomes = await asyncio.gather(*(attempt(people, name, address=f"192.0.2.{n}") for n in range(30)))
    assert sorted(set(outcomes)) == [Reason.INVALID, Reason.TOO_OFTEN]
    assert outcomes.count(Reason.INVALID) <= 5
    assert people._limits._trying == {}


async def sign_up(people: Accounts, name: str, password: str = WRONG, *, address: str = HERE) -> str:
    """What comes of it: "in", or the reason why not."""
    try:
        await people.sign_up(name, password, address=address)
    except Refusal as refusal:
        return refusal.reason
    return "in"


@pytest.mark.parametrize("limit", ["guesses", "guesses_at_name", "sign_in"])
async def test_sign_ups_under_a_name_that_is_taken_are_guesses_like_sign_ins(
    guarded: Guarded, name: str, limit: str
) -> None:
    people = guarded(**{limit: "3/minute"})
    await people.create(name, PASSWORD)
    outcomes = [await way(people, name) for way in (sign_up, attempt, sign_up)]
    assert outcomes == [Reason.TAKEN, Reason.INVALID, Reason.TAKEN]
    assert [await way(people, name, PASSWORD) for way in (sign_up, attempt)] == [Reason.TOO_OFTEN] * 2
    there = await sign_up(people, name, PASSWORD, address="192.0.2.2")
    assert there == (Reason.TOO_OFTEN if limit == "guesses_at_name" else "in")


async def test_a_failure_of_ours_is_no_guess(guarded: Guarded, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    people = guarded(guesses="1/minute", guesses_at_name="1/minute")
    await people.create(name, PASSWORD)
    with monkeypatch.context() as patch:
        patch.setattr(people._passwords, "_verify", lambda *_: 1 / 0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError):
                await people.sign_in(name, PASSWORD, address=HERE)
    assert await attempt(people, name, PASSWORD) == "in"
    assert people._limits._trying == {}


# What is written down.


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, object]]]:
    """The security log so far; other tests may have sent it elsewhere."""
    trail = logging.getLogger(security_log.NAME)
    monkeypatch.setattr(trail, "propagate", True)
    caplog.set_level(logging.INFO, trail.name)
    return lambda: [
        {"event": record.getMessage(), **vars(record)["facts"]}
        for record in caplog.records
        if record.name == trail.name
    ]


async def test_comings_and_goings_are_written_down_with_ids_and_addresses(
    guarded: Guarded, name: str, log: Callable[[], list[dict[str, object]]]
) -> None:
    people = guarded(guesses="1/minute")
    token = await people.sign_up(name, PASSWORD, address=HERE)
    viewer = await who(people, token)
    her = viewer.person.id
    await attempt(people, name, PASSWORD, device=Device(her, "a mark"))
    await attempt(people, name)
    await attempt(people, name)
    await attempt(people, f"{name} unknown", address="192.0.2.9")
    await people.change_password(viewer, PASSWORD, "another one")
    with pytest.raises(Refusal):
        await people.change_password(viewer, WRONG, "another one")
    await people.reset_password(name, PASSWORD)
    await people.sign_out(viewer)
    await people.sign_out_everywhere(viewer)
    await people.delete(viewer)
    limited = [entry for entry in log() if entry["event"] == "limited"]
    assert [entry["limit"] for entry in limited] == ["guesses"]
    assert [entry for entry in log() if entry not in limited] == [
        {"event": "signed_up", "person": her, "address": HERE},
        {"event": "signed_in", "person": her, "address": HERE, "known_device": True},
        {"event": "sign_in_failed", "person": her, "address": HERE},
        {"event": "sign_in_failed", "person": None, "address": "192.0.2.9"},
        {"event": "password_changed", "person": her},
        {"event": "password_wrong", "person": her},
        {"event": "password_reset", "person": her},
        {"event": "signed_out", "person": her},
        {"event": "signed_out_everywhere", "person": her},
        {"event": "account_deleted", "person": her},
    ]
    written = json.dumps(log())
    for secret in (name, name.lower(), PASSWORD, WRONG, "another one", token, "a mark"):
        assert secret not in written


async def test_who_is_denied_is_written_down_without_the_code(
    office: Office, market: Market, deal: Deal, log: Callable[[], list[dict[str, object]]]
) -> None:
    eve = await office.viewer("Eve")
    negotiation: Negotiation = office.negotiation
    for denied in (
        office.trades.find(eve, deal.code),
        office.trades.find(eve, "0" * 26),
        negotiation.send(eve, deal.id, "Let me in"),
        Receipts(market.history, Limits(PLENTY), "a secret of the tests").check(eve, deal.code),
    ):
        with pytest.raises(Refusal):
            await denied
    assert log() == [
        {"event": "room_denied", "person": eve.person.id, "trade": deal.id},
        {"event": "room_denied", "person": eve.person.id, "trade": None},
        {"event": "move_denied", "person": eve.person.id, "trade": deal.id, "move": "SendMessage"},
        {"event": "receipt_denied", "person": eve.person.id},
    ]
    for secret in (deal.code, "0" * 26, "Eve", "Let me in"):
        assert secret not in json.dumps(log())
