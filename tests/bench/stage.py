"""The stage of a run: a PostgreSQL that keeps its word (fsync on), a town for each measure, a server in front."""

import json
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self
from uuid import uuid4

import psycopg
from sqlalchemy import make_url

from app.db import embedded
from app.db.schema import migrate
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.process import ROOT, Process, start
from tests.bench.town import SECRET, Citizen, Deal, Town, several, town
from tests.ports import free_port

UNLIMITED = {
    f"TRADEROOM_LIMIT_{name}": "1000000/minute" for name in ("SIGN_UP", "SIGN_IN", "MOVES", "MESSAGES", "ROOMS")
}
UNLIMITED["TRADEROOM_LIMIT_CONNECTIONS_OF_ONE"] = "10000"
# All of the bench's people come from one address.
GLASS_HOUSE = ("-m", "tests.bench.glass_house")
"""The program that `Site.counts` asks."""
BLOCKS = "blocks"
"""Pieces of memory that Python has in use, whatever the process holds of the system's for later."""
_COMPLAINTS = ("ERROR", "WARNING", "Traceback")


class Site:
    """A running Traderoom and the people who are at it."""

    def __init__(self, server: Process) -> None:
        self.server = server
        self.people: list[Person] = []

    def person(self, citizen: Citizen) -> Person:
        """A signed-in person with an empty tab."""
        person = Person(Browser(self.server.site, citizen.cookies))
        self.people.append(person)
        return person

    async def enter(self, citizen: Citizen, path: str) -> Person:
        """A person who has opened a page."""
        person = self.person(citizen)
        await person.visit(path)
        return person

    async def meet(self, deal: Deal) -> tuple[Person, Person]:
        """The seller and the buyer, both in the room."""
        return await self.enter(deal.seller, deal.path), await self.enter(deal.buyer, deal.path)

    async def meet_all(self, deals: list[Deal], at_once: int = 4) -> list[tuple[Person, Person]]:
        """The sellers and the buyers of many rooms, each pair in theirs."""
        return await several((self.meet(deal) for deal in deals), at_once)

    async def counts(self) -> dict[str, int]:
        """How many of what the process holds; only of a glass house."""
        told: dict[str, int] = json.loads((await Browser(self.server.site).get("/held")).html)
        return told

    async def empty(self) -> None:
        """Everybody closes their tab."""
        await several(person.leave() for person in self.people)
        self.people.clear()


class Stage:
    """Use it as a context manager; PostgreSQL and everything on disk goes at its end."""

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="traderoom-bench-"))
        self.directory.chmod(0o755)  # PostgreSQL runs as another account when the bench runs as root
        self._postgres = embedded.start(self.directory / "data")
        self._admin = psycopg.connect(self._postgres.url, autocommit=True)
        self._template = self._create("template1")
        migrate(self.address(self._template))
        self.complaints: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._admin.close()
        self._postgres.stop()
        shutil.rmtree(self.directory)

    def address(self, database: str) -> str:
        """The address of one of the databases."""
        return make_url(self._postgres.url).set(database=database).render_as_string(hide_password=False)

    @asynccontextmanager
    async def town(self) -> AsyncIterator[Town]:
        """An empty town with a database of its own."""
        name = self._create(self._template)
        try:
            async with town(self.address(name)) as empty:
                yield empty
        finally:
            self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    @asynccontextmanager
    async def open(self, town: Town, *program: str) -> AsyncIterator[Site]:
        """A Traderoom that serves the town; `program` in the place of `main.py`, if any."""
        port = free_port()
        settings = {**UNLIMITED, "TRADEROOM_DATABASE_URL": town.url, "TRADEROOM_SECRET": SECRET}
        command = (*(program or (str(ROOT / "main.py"),)), "serve", "--port", str(port))
        server = start(self.directory, "server", *command, port=port, settings=settings)
        site = Site(server)
        try:
            await server.wait("/readyz")
            yield site
            server.check()
        finally:
            for person in site.people:
                person.cut()
            self._note(server)
            await server.stop()

    @property
    def postgres_version(self) -> str:
        """Such as ``18.4``."""
        row = self._admin.execute("SHOW server_version").fetchone()
        return str(row[0]) if row else ""

    def _create(self, template: str) -> str:
        name = f"bench_{uuid4().hex[:12]}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log".encode())
        return name

    def _note(self, server: Process) -> None:
        """What the server complained about, which a run's end tells: a figure over errors is worth nothing."""
        for line in server.log.read_text(errors="replace").splitlines():
            if any(word in line for word in _COMPLAINTS):
                self.complaints.append(line)
                sys.stderr.write(f"    the server: {line[:200]}\n")
