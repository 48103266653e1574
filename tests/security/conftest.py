"""Real servers for the whole folder, the town they serve, and rooms to break into."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio

from app.db import embedded
from tests.bench.browser import Browser
from tests.bench.page import Page
from tests.bench.person import Person
from tests.bench.town import HOURS, SECRET, Citizen, Deal, Town, town
from tests.e2e.server import Server, running
from tests.security.intruder import Intruder
from tests.security.truth import Truth

_HERE = Path(__file__).parent
_numbers = count(1)
PUBLIC_URL = "https://trade.example.com"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here share one event loop, the town's."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server that is attacked: no rate limits, the demo, no proxy."""
    with running(SECRET=SECRET) as server:
        yield server


@pytest.fixture(scope="session")
def url(server: Server) -> str:
    """The address of its database, for the owner."""
    joined = embedded.join(server.data_dir)
    assert joined is not None
    return joined.url


@pytest.fixture(scope="session")
def public_server(url: str) -> Iterator[Server]:
    """A second one on the same database: reached by HTTPS through a proxy it trusts, with the default limits."""
    with running(
        SECRET=SECRET,
        DATABASE_URL=url,
        DEMO=None,
        PUBLIC_URL=PUBLIC_URL,
        TRUSTED_PROXIES="127.0.0.1",
        WORKER="false",
        LIMIT_SIGN_IN=None,
        LIMIT_SIGN_UP=None,
        LIMIT_ROOMS=None,
        LIMIT_MOVES=None,
    ) as server:
        yield server


@pytest.fixture(scope="session")
def truth(url: str) -> Truth:
    """The database, read past the server."""
    return Truth(url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def place(url: str) -> AsyncIterator[Town]:
    """The town that the servers serve."""
    async with town(url) as place:
        yield place


@pytest.fixture(autouse=True)
def quiet(server: Server) -> Iterator[None]:
    """No test here makes the attacked server complain."""
    before = len(server.complaints)
    yield
    assert server.complaints[before:] == []


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def hung_up() -> AsyncIterator[None]:
    """No intruder stays when a test is over."""
    yield
    for intruder in list(Intruder.live):
        await intruder.close()


@dataclass(frozen=True, slots=True)
class Scene:
    """A room with its two people in it, and somebody else with an account."""

    deal: Deal
    seller: Person
    buyer: Person
    eve: Citizen


NewScene = Callable[..., Awaitable[Scene]]


@pytest.fixture
def site(server: Server) -> str:
    """The attacked server's address."""
    return server.address


@pytest_asyncio.fixture(loop_scope="session")
async def new_scene(place: Town, site: str) -> AsyncIterator[NewScene]:
    """Makes a room: `await new_scene(minutes=0.05)`."""
    people: list[Person] = []

    async def enter(citizen: Citizen, path: str) -> Person:
        person = Person(Browser(site, citizen.cookies))
        people.append(person)
        await person.visit(path)
        return person

    async def scene(minutes: float = HOURS) -> Scene:
        seller, buyer, eve = await place.people(3, f"Somebody {next(_numbers)}")
        deal = await place.deal(seller, buyer, minutes)
        first, second = await enter(seller, deal.path), await enter(buyer, deal.path)
        for person in (first, second):
            await person.until(lambda page: all(name.person.name in _here(page) for name in (seller, buyer)))
        return Scene(deal, first, second, eve)

    yield scene
    for person in people:
        person.cut()


def _here(page: Page) -> str:
    """Who is in the room, as the page shows it."""
    return page.text("participants")


@pytest_asyncio.fixture(loop_scope="session")
async def scene(new_scene: NewScene) -> Scene:
    """A room in negotiation."""
    return await new_scene()
