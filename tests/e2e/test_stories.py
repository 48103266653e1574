"""What takes long because it waits. The stories are told all at once; here they are heard to their end."""

import asyncio

import pytest

from tests.e2e.stories import STORIES, Story

pytestmark = pytest.mark.timeout(300)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_that(story: Story, told: dict[Story, asyncio.Task[None]]) -> None:
    await told[story]
