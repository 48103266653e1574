"""Passwords are hashed and checked a few at a time, and whoever comes to a full queue is told so."""

import asyncio
import threading

import pytest

from app.domain.refusals import Reason, Refusal
from app.service import passwords as passwords_module
from app.service.passwords import Passwords


async def test_a_password_fits_its_own_hash_only() -> None:
    passwords = Passwords()
    hashed = await passwords.hash("correct horse")
    assert await passwords.fits(hashed, "correct horse")
    assert not await passwords.fits(hashed, "another horse")
    assert not await passwords.fits(None, "correct horse")
    assert not passwords.needs_rehash(hashed)


async def test_a_full_queue_is_told_and_everybody_in_it_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, busy, go_on = Passwords(), 0, threading.Event()
    most = 0

    def slowly(*_: object) -> bool:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        go_on.wait(5)
        busy -= 1
        return True

    monkeypatch.setattr(passwords, "_verify", slowly)
    waiting = [asyncio.create_task(passwords.fits(None, "x")) for _ in range(passwords_module._WAITING)]
    await asyncio.sleep(0.05)
    with pytest.raises(Refusal) as refused:
        await passwords.fits(None, "x")
    assert refused.value.reason is Reason.TOO_OFTEN
    go_on.set()
    assert all(await asyncio.gather(*waiting))
    assert most <= passwords_module._AT_ONCE
