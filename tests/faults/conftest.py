"""What the faults need: a place on the disk, a Traderoom that is not broken by its test, one browser for all."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.conftest import SIDE_BY_SIDE, Server
from tests.e2e.conftest import browser
from tests.faults.postgres import new_directory
from tests.faults.stories import STORIES, Story
from tests.faults.traderoom import Traderoom, running

__all__ = ["browser"]

_HERE = Path(__file__).parent
_LAST = "test_a_minute.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here share one event loop, that of the browser and of the people; what waits long comes last."""
    ours = [index for index, item in enumerate(items) if _HERE in item.path.parents]
    in_order = sorted((items[index] for index in ours), key=lambda item: item.path.name == _LAST)
    for index, item in zip(ours, in_order, strict=True):
        items[index] = item
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest.fixture(scope="session")
def place() -> Iterator[Path]:
    """Where the servers of the tests keep their logs."""
    directory = new_directory()
    yield directory
    shutil.rmtree(directory)


@pytest_asyncio.fixture(loop_scope="session")
async def application(place: Path, server: Server, url: str) -> AsyncIterator[Traderoom]:
    """A Traderoom on a fresh database."""
    async with running(place, url) as application:
        yield application


Minute = dict[Story, asyncio.Task[None]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def minute(
    place: Path, server: Server, template: str, browser: Browser, request: pytest.FixtureRequest
) -> AsyncIterator[Minute]:
    """The stories whose tests run, told all at once."""
    wanted = [story for story in STORIES if any(story.__name__ in item.name for item in request.session.items)]
    names = {story: server.create(template) for story in wanted}
    tasks: Minute = {
        story: asyncio.create_task(story(place, server.owner_address(name), browser))  # type: ignore[arg-type]
        for story, name in names.items()
    }
    yield tasks
    for task in tasks.values():
        task.cancel()
    with suppress(asyncio.CancelledError):
        await asyncio.gather(*tasks.values(), return_exceptions=True)
    for name in names.values():
        server.drop(name)


@pytest.fixture(scope="session", autouse=True)
def _told_meanwhile(request: pytest.FixtureRequest) -> None:
    """Alone, a process tells them beside its other tests, from the first one on; of several, one does nothing else."""
    if SIDE_BY_SIDE == 1:
        request.getfixturevalue("minute")
