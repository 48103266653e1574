"""Hashing and checking passwords, which costs a tenth of a second of CPU each time (argon2, RFC 9106).

It runs in threads of its own, few of them. Each client (an address, or a person where that is known) has one check at a
time and a queue, and the clients are taken in turn: fifty guesses of one put one of them before anybody else's.
Whoever comes when a queue is full is told so.
"""

import asyncio
import os
import secrets
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import DEFAULT_PARALLELISM, PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.capacity import CapacityLimiter
from app.domain.refusals import Reason, Refusal
from app.domain.text import MAX_PASSWORD

T = TypeVar("T")
_AT_ONCE = max(1, (os.cpu_count() or 1) // DEFAULT_PARALLELISM)
"""Each uses so many processors by itself; more at once would only make all of them slower."""
_OF_ONE, _OF_ALL = 100, 1_000
"""How many may wait, those that are being done included: of one client, and in all. A company that comes in the morning
is one address, and is let in late rather than not at all: 60 sign in and 30 sign up, who may do so within a minute."""


class Passwords:
    """Hashes and checks. Its methods raise `Refusal` (TOO_OFTEN) while very many of the same client wait, or of all.

    `client` is whose turn it takes; empty at the shell, where nobody else waits.
    """

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._places = CapacityLimiter(_AT_ONCE, each=1)
        self._waiting: Counter[str] = Counter()
        self._is_stopping = False

    def stop(self) -> None:
        """The server stops: nothing more is begun, and whoever waits is told to try again."""
        self._is_stopping = True

    async def hash(self, password: str, client: str) -> str:
        """The hash to keep of a password."""
        return await self._run(client, lambda: self._hasher.hash(password))

    async def fits(self, hashed: str | None, password: str, client: str) -> bool:
        """Whether a password is the one of a hash; it takes as long where there is none."""
        # A longer one fits nothing, and must not cost more.
        return await self._run(client, lambda: self._verify(hashed or self._nobody, password[:MAX_PASSWORD]))

    def needs_rehash(self, hashed: str) -> bool:
        """Whether a hash was made with parameters that are not today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    async def _run(self, client: str, work: Callable[[], T]) -> T:
        if self._waiting[client] >= _OF_ONE or self._waiting.total() >= _OF_ALL:
            raise _busy()
        self._waiting[client] += 1
        try:
            async with self._places.place(client):
                if self._is_stopping:
                    raise _busy()
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting[client] -= 1
            if not self._waiting[client]:
                del self._waiting[client]


def _busy() -> Refusal:
    return Refusal(Reason.TOO_OFTEN, "Very many people are signing in at this moment. Please try again soon.")
