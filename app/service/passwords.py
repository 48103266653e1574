"""Hashing and checking passwords, which costs a tenth of a second of CPU each time (argon2, RFC 9106).

It runs in threads of its own, few of them, with a short queue: fifty people who sign in at once cost nobody else
anything, and whoever comes when the queue is full is told so.
"""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.domain.refusals import Reason, Refusal
from app.domain.text import MAX_PASSWORD

T = TypeVar("T")
_AT_ONCE = 2
"""Threads: what is asked for at once beyond them waits, and costs nobody else anything."""
_WAITING = 100
"""How many may be in the queue, those that are being done included: some five seconds of it."""


class Passwords:
    """Hashes and checks. Its methods raise `Refusal` (TOO_OFTEN) while very many others wait."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="passwords")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        """The hash to keep of a password."""
        return await self._run(lambda: self._hasher.hash(password))

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether a password is the one of a hash; it takes as long where there is none."""
        # A longer one fits nothing, and must not cost more.
        return await self._run(lambda: self._verify(hashed or self._nobody, password[:MAX_PASSWORD]))

    def needs_rehash(self, hashed: str) -> bool:
        """Whether a hash was made with parameters that are not today's."""
        return self._hasher.check_needs_rehash(hashed)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            return False

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _WAITING:
            raise Refusal(Reason.TOO_OFTEN, "Very many people are signing in at this moment. Please try again soon.")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._waiting -= 1
