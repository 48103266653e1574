"""The people of one test, each with a browser context of their own."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from playwright.async_api import Browser

from tests.e2e.network import Line
from tests.e2e.room import Person

Newcomer = Callable[..., Awaitable[Person]]
_number = count(1)


class Site(Protocol):
    """Where people go."""

    @property
    def address(self) -> str:
        """What they type."""
        ...


class Cast:
    """Brings people in, with unique names, and sees them off. No browser may have complained of anything in the end.

    They asked their systems for less motion, unless they are `moved`: animations are a fifth of a browser's work here.
    """

    def __init__(self, browser: Browser, server: Site, *, moved: bool = False) -> None:
        self._browser = browser
        self._server = server
        self._options: dict[str, Any] = {
            "base_url": server.address,
            "reduced_motion": "no-preference" if moved else "reduce",
        }
        self._people: list[Person] = []

    async def stranger(self, first_name: str, *, line: Line | None = None, **options: Any) -> Person:
        """Somebody without an account, at an empty page. `options` are those of the browser context."""
        if line is not None:
            options["proxy"] = {"server": line.address}
        context = await self._browser.new_context(**self._options | options)
        name = f"{first_name} {next(_number)}"
        person = Person(name, context, await context.new_page(), self._server.address)
        self._people.append(person)
        return person

    async def newcomer(self, first_name: str, *, line: Line | None = None, **options: Any) -> Person:
        """Somebody who is signed in to a new account, at an empty page."""
        person = await self.stranger(first_name, line=line, **options)
        await person.register()
        return person

    async def take_pictures(self, directory: Path) -> None:
        """Keep what everybody sees, to find out what went wrong."""
        for person in self._people:
            for number, page in enumerate(person.context.pages):
                await page.screenshot(path=directory / f"{person.name}-{number}.png")

    async def leave(self) -> None:
        """Close all browsers."""
        await asyncio.gather(*(person.context.close() for person in self._people))

    def check(self) -> None:
        """What the browsers complained of."""
        complaints = {person.name: person.complaints for person in self._people if person.complaints}
        assert not complaints, f"a browser complained: {complaints}"
