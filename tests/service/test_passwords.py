"""Passwords are hashed and checked a few at a time, each client in turn; whoever comes to a full queue is told so."""

import asyncio
from time import sleep

import pytest

from app.domain.refusals import Reason, Refusal
from app.service import passwords as passwords_module
from app.service.passwords import Passwords
from app.settings import Settings


async def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("correct horse", "me")
    assert await passwords.fits(hashed, "correct horse", "me")
    assert not await passwords.fits(hashed, "another horse", "me")
    assert not await passwords.fits(None, "correct horse", "me")
    assert not passwords.needs_rehash(hashed)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords in the order in which they were checked, each of which takes a while."""
    order: list[str] = []

    def slowly(_: Passwords, hashed: str, password: str) -> bool:
        assert hashed
        order.append(password)
        sleep(0.02)
        return True

    monkeypatch.setattr(passwords_module, "_AT_ONCE", 1)
    monkeypatch.setattr(Passwords, "_verify", slowly)
    return order


async def test_clients_are_taken_in_turn_however_much_one_of_them_asks_for(checked: list[str]) -> None:
    passwords = Passwords()
    asked = [("many", f"many {n}") for n in range(6)] + [("few", "few 0"), ("few", "few 1"), ("one", "one 0")]
    answers = [asyncio.create_task(passwords.fits(None, password, client)) for client, password in asked]
    assert all(await asyncio.gather(*answers))
    assert checked[:6] == ["many 0", "few 0", "one 0", "many 1", "few 1", "many 2"]
    assert [password for password in checked if password.startswith("many")] == [f"many {n}" for n in range(6)]


async def test_a_full_queue_is_told_to_its_client_and_to_nobody_else(checked: list[str]) -> None:
    passwords = Passwords()
    waiting = [asyncio.create_task(passwords.fits(None, "x", "many")) for _ in range(passwords_module._OF_ONE)]
    await asyncio.sleep(0)
    for ask in (passwords.fits(None, "x", "many"), passwords.hash("x", "many")):
        with pytest.raises(Refusal) as refused:
            await ask
        assert refused.value.reason is Reason.TOO_OFTEN
    assert await passwords.fits(None, "other", "other")
    assert len(checked) <= 3
    assert all(await asyncio.gather(*waiting))
    assert await passwords.fits(None, "x", "many")


async def test_what_waits_in_all_has_a_bound_too(checked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords_module, "_OF_ALL", 3)
    passwords = Passwords()
    waiting = [asyncio.create_task(passwords.fits(None, "x", f"client {n}")) for n in range(3)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal):
        await passwords.fits(None, "x", "client 3")
    assert all(await asyncio.gather(*waiting))
    assert len(checked) == 3


async def test_a_company_of_one_address_gets_in_late_rather_than_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as may sign in and up from one address within a minute, all of them at the same moment."""
    monkeypatch.setattr(Passwords, "_verify", lambda *_: True)
    fields = Settings.model_fields
    most = [int(fields[name].default.partition("/")[0]) for name in ("limit_sign_in", "limit_sign_up")]
    passwords = Passwords()
    assert all(await asyncio.gather(*(passwords.fits(None, "x", "192.0.2.1") for _ in range(sum(most)))))


async def test_who_waits_while_the_server_stops_is_told_at_once(checked: list[str]) -> None:
    passwords = Passwords()
    waiting = [asyncio.create_task(passwords.fits(None, "x", "many")) for _ in range(60)]
    await asyncio.sleep(0.01)
    passwords.stop()
    answers = await asyncio.gather(*waiting, return_exceptions=True)
    assert answers[0] is True, "what was begun is done"
    assert all(isinstance(answer, Refusal) for answer in answers[1:])
    assert len(checked) == 1
