"""A real server for the whole run, one browser, and people who each have a context of it to themselves."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests import chromium
from tests.conftest import SIDE_BY_SIDE
from tests.e2e.network import Line
from tests.e2e.people import Cast, Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.server import Server, running
from tests.e2e.stories import STORIES, Story

_HERE = Path(__file__).parent
_LAST, _MOVED = "test_stories.py", "test_journey.py"
_PATIENCE = 10_000
"""Milliseconds in which what is expected must show, on a machine that is busy with other things."""
_FAILED = pytest.StashKey[bool]()
expect.set_options(timeout=_PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here share one event loop, the browser's; what waits comes last."""
    ours = [index for index, item in enumerate(items) if _HERE in item.path.parents]
    in_order = sorted((items[index] for index in ours), key=lambda item: item.path.name == _LAST)
    for index, item in zip(ours, in_order, strict=True):
        items[index] = item
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Remember what failed, for a picture of it."""
    report = yield
    item.stash[_FAILED] = item.stash.get(_FAILED, False) or report.failed
    return report


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running server, which must not have complained of anything in the end."""
    with running() as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's Chromium without windows, or with them, else Playwright's own; without any the tests fail."""
    async with chromium.started(whole=False) as browser:
        yield browser


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def told(
    browser: Browser, server: Server, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[dict[Story, asyncio.Task[None]]]:
    """The stories that test_stories wants to hear, all at once."""
    wanted = [story for story in STORIES if any(story.__name__ in item.name for item in request.session.items)]
    tasks = {}
    for story in wanted:
        pictures = tmp_path_factory.mktemp(f"pictures-{story.__name__[:60]}")
        tasks[story] = asyncio.create_task(_tell(story, Cast(browser, server, moved=True), pictures))
    yield tasks
    for task in tasks.values():
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks.values(), return_exceptions=True)


@pytest.fixture(scope="session", autouse=True)
def _told_meanwhile(request: pytest.FixtureRequest) -> None:
    """Alone, a process tells them beside its other tests, from the first one on; of several, one does nothing else."""
    if SIDE_BY_SIDE == 1:
        request.getfixturevalue("told")


async def _tell(story: Story, cast: Cast, pictures: Path) -> None:
    try:
        await story(cast.newcomer)
    except BaseException:
        await cast.take_pictures(pictures)
        raise
    finally:
        await cast.leave()
    cast.check()


@pytest.fixture
def site(server: Server) -> Server:
    """Where the people of a test go; a module may have a server of its own."""
    return server


@pytest_asyncio.fixture(loop_scope="session")
async def cast(
    browser: Browser, site: Server, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Cast]:
    """The people of a test."""
    cast = Cast(browser, site, moved=request.path.name == _MOVED)
    yield cast
    if request.node.stash.get(_FAILED, False):
        await cast.take_pictures(tmp_path_factory.mktemp(f"pictures-{request.node.name[:60]}"))
    await cast.leave()
    cast.check()


@pytest.fixture
def stranger(cast: Cast) -> Newcomer:
    """Brings in somebody who has no account yet: `await stranger("Eve")`."""
    return cast.stranger


@pytest.fixture
def newcomer(cast: Cast) -> Newcomer:
    """Brings in somebody who is signed in to a new account: `await newcomer("Bea")`."""
    return cast.newcomer


@pytest_asyncio.fixture(loop_scope="session")
async def people(cast: Cast) -> tuple[Person, Person]:
    """A seller and a buyer, signed in."""
    seller, buyer = await asyncio.gather(cast.newcomer("Sam"), cast.newcomer("Bea"))
    return seller, buyer


@pytest_asyncio.fixture(loop_scope="session")
async def rooms(people: tuple[Person, Person]) -> tuple[Room, Room]:
    """A trade in negotiation, two at $1,000.00, as the seller and as the buyer see it."""
    seller, buyer = people
    offered = await seller.create_trade()
    return offered, await buyer.enter(await offered.link())


@pytest_asyncio.fixture(loop_scope="session")
async def line() -> AsyncIterator[Line]:
    """A network between one browser and the server: `await newcomer("Bea", line=line)`."""
    async with Line() as line:
        yield line
