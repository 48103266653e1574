"""A database whose first answer is slow."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest


@dataclass(frozen=True)
class Answer:
    """`asked` tells that the answer is in hand, `may_come` lets it go."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_come: asyncio.Event = field(default_factory=asyncio.Event)


@contextmanager
def slow_first_answer(
    monkeypatch: pytest.MonkeyPatch, reader: object, method: str, *, read_late: bool = False
) -> Iterator[Answer]:
    """Hold the first answer of a reader's method until it may come; later ones come at once.

    It was read when it was asked for, or `read_late`, when it may come.
    """
    ask, answer = getattr(reader, method), Answer()

    async def ask_slowly(*args: Any, **options: Any) -> Any:
        if answer.asked.is_set():
            return await ask(*args, **options)
        found = None if read_late else await ask(*args, **options)
        answer.asked.set()
        await answer.may_come.wait()
        return await ask(*args, **options) if read_late else found

    with monkeypatch.context() as patch:
        patch.setattr(reader, method, ask_slowly)
        try:
            yield answer
        finally:
            answer.may_come.set()
