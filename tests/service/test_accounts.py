"""Signing up, in and out; what a stranger may learn of it, which is nothing."""

import asyncio
from contextlib import suppress
from functools import partial
from time import perf_counter

import pytest
from argon2 import PasswordHasher

from app.domain.refusals import Reason, Refusal
from app.service import passwords as passwords_module
from app.service.accounts import Accounts
from app.service.limits import Limits
from tests.conftest import Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, refusal_of, who


async def test_a_new_account_is_signed_in(people: Accounts) -> None:
    token = await people.sign_up("  Ann Neu ", PASSWORD, address=HERE)
    viewer = await who(people, token)
    assert viewer.person.name == "Ann Neu"
    assert (viewer.time_zone, viewer.theme) == ("UTC", "system")
    assert len(token) >= 40


@pytest.mark.parametrize("typed", ["Carl", "carl", " CARL ", "Ｃａｒｌ"])
async def test_a_name_belongs_to_one_person_however_it_is_written(people: Accounts, typed: str) -> None:
    if typed == "Carl":
        await people.create("Carl", PASSWORD)
    with pytest.raises(Refusal) as caught:
        await people.sign_up(typed, "another password", address=HERE)
    assert (caught.value.reason, caught.value.field) == (Reason.TAKEN, "name")
    signed_in = await who(people, await people.sign_in(typed, PASSWORD, address=HERE))
    assert signed_in.person.name == "Carl"


async def test_ten_sign_ups_of_one_name_at_once_make_one_user(people: Accounts, market: Market) -> None:
    names = ["Dora", "dora", "DORA", " Dora ", "dOrA"] * 2
    answers = await asyncio.gather(
        *(people.sign_up(name, f"{PASSWORD} {n}", address=HERE) for n, name in enumerate(names)),
        return_exceptions=True,
    )
    tokens = [answer for answer in answers if isinstance(answer, str)]
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert (len(tokens), [refusal.reason for refusal in refused]) == (1, [Reason.TAKEN] * 9)
    async with market.database.raw() as connection:
        row = await (await connection.execute("SELECT count(*) FROM users WHERE name_key = 'dora'")).fetchone()
    assert row == (1,)
    assert (await who(people, tokens[0])).person == await people.find("dora")


async def test_a_sign_up_that_is_sent_again_enters_with_the_same_password_alone(people: Accounts) -> None:
    first = await who(people, await people.sign_up("Gerda", PASSWORD, address=HERE))
    again = await who(people, await people.sign_up(" gerda ", PASSWORD, address=HERE))
    assert (again.person, again.session_id != first.session_id) == (first.person, True)
    for password in (PASSWORD.upper(), f" {PASSWORD}", "another password"):
        with pytest.raises(Refusal) as caught:
            await people.sign_up("Gerda", password, address=HERE)
        assert (caught.value.reason, caught.value.field) == (Reason.TAKEN, "name")
        assert str(caught.value) == "This name is taken. Sign in if it is yours, or choose another."
    await people.delete(first)
    with pytest.raises(Refusal, match=r"^This name is taken\. Sign in if it is yours"):
        await people.sign_up("Gerda", PASSWORD, address=HERE)


async def test_a_sign_up_sent_twice_at_once_enters_twice(people: Accounts) -> None:
    tokens = await asyncio.gather(*(people.sign_up("Hanna", PASSWORD, address=HERE) for _ in range(5)))
    assert {(await who(people, token)).person for token in tokens} == {await people.find("Hanna")}


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", PASSWORD, "name"),
        (" ", PASSWORD, "name"),
        ("x" * 101, PASSWORD, "name"),
        ("S\u0430m", PASSWORD, "name"),
        ("a\0b", PASSWORD, "name"),
        ("a\u200bb", PASSWORD, "name"),
        ("\ud800", PASSWORD, "name"),
        ("Emil", "short", "password"),
        ("Emil", "x" * 201, "password"),
        ("Emil", "nul\0nul\0nul", "password"),
        ("Emil", "\ud800" * 8, "password"),
    ],
)
async def test_a_wrong_name_or_password_makes_no_account(
    people: Accounts, market: Market, name: str, password: str, field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        await people.sign_up(name, password, address=HERE)
    assert (caught.value.reason, caught.value.field) == (Reason.INVALID, field)
    assert await market.accounts.find_user("emil") is None


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("Frida", "wrong password"),
        ("Frida", PASSWORD.upper()),
        ("Frida", f" {PASSWORD}"),
        ("Frida", PASSWORD + "x" * 200),
        ("Frida", ""),
        ("Frida", "\ud800"),
        ("Nobody at all", PASSWORD),
        ("", ""),
        ("a\0b", PASSWORD),
        ("x" * 10_000, PASSWORD),
        ("\ud800", PASSWORD),
    ],
)
async def test_an_unknown_name_and_a_wrong_password_are_refused_alike(
    people: Accounts, name: str, password: str
) -> None:
    with suppress(Refusal):  # an earlier case has made her
        await people.create("Frida", PASSWORD)
    assert await refusal_of(people, name, password) == (Reason.INVALID, "password", "Name or password is wrong.")


@pytest.mark.by_the_clock
async def test_an_unknown_name_takes_as_long_as_a_wrong_password(market: Market) -> None:
    """With the true effort for each; the fastest of a few tries is the one that a busy machine disturbed least."""
    people = Accounts(market.accounts, Limits(PLENTY))
    await people.create("Gina", PASSWORD)
    times: dict[str, list[float]] = {"Gina": [], "Nobody at all": [], "x" * 5000: []}
    for _ in range(4):
        for name, taken in times.items():
            started = perf_counter()
            await refusal_of(people, name, "wrong password")
            taken.append(perf_counter() - started)
    known, *unknown = (min(taken) for taken in times.values())
    for other in unknown:
        assert 0.5 < other / known < 2


async def test_a_hash_of_less_effort_than_today_s_is_renewed_at_sign_in(
    market: Market, people: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people.create("Hugo", PASSWORD)
    before = await market.accounts.find_user("hugo")
    await people.sign_in("Hugo", PASSWORD, address=HERE)
    assert await market.accounts.find_user("hugo") == before
    more = partial(PasswordHasher, time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords_module, "PasswordHasher", more)
    later = Accounts(market.accounts, Limits(PLENTY))
    await later.sign_in("Hugo", PASSWORD, address=HERE)
    renewed = await market.accounts.find_user("hugo")
    assert before is not None
    assert renewed is not None
    assert renewed[1] != before[1]
    assert await later.sign_in("Hugo", PASSWORD, address=HERE)


@pytest.mark.parametrize("name", ["Nobody at all", "", "a\0b", "\udcff"])
async def test_who_does_not_exist_is_not_found(people: Accounts, name: str) -> None:
    for use_case in (people.find, people.sign_in_as, lambda name: people.reset_password(name, PASSWORD)):
        with pytest.raises(Refusal) as caught:
            await use_case(name)
        assert (caught.value.reason, caught.value.field) == (Reason.INVALID, "name")


async def test_signing_up_and_in_are_limited_for_each_address(market: Market, cheap: None) -> None:
    people = Accounts(market.accounts, Limits({**PLENTY, "sign_up": "1/minute", "sign_in": "2/minute"}))
    await people.sign_up("Lea", PASSWORD, address=HERE)
    with pytest.raises(Refusal) as caught:
        await people.sign_up("Leo", PASSWORD, address=HERE)
    assert caught.value.reason is Reason.TOO_OFTEN
    await people.sign_up("Leo", PASSWORD, address="192.0.2.2")
    for _ in range(2):
        await refusal_of(people, "Lea", "wrong password")
    assert (await refusal_of(people, "Lea", PASSWORD))[0] is Reason.TOO_OFTEN
    assert await people.sign_in("Lea", PASSWORD, address="192.0.2.2")


async def test_passwords_are_kept_as_argon2_hashes_and_tokens_as_digests(people: Accounts, market: Market) -> None:
    token = await people.sign_up("Mia", PASSWORD, address=HERE)
    async with market.database.raw() as connection:
        rows = await connection.execute("SELECT u::text, s::text FROM users u JOIN sessions s ON s.user_id = u.id")
        stored = "".join(str(row) for row in await rows.fetchall())
    assert "$argon2id$" in stored
    assert PASSWORD not in stored
    assert token not in stored
