"""What takes long because it waits. The stories began before the first test; here they are heard to their end."""

import asyncio

import pytest

from tests.e2e.stories import STORIES, Story


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_that(story: Story, told: dict[Story, asyncio.Task[None]]) -> None:
    await told[story]
