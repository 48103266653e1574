"""The end of the stories that take a minute and more; see `stories`."""

import pytest

from tests.faults.conftest import Minute
from tests.faults.stories import (
    a_cut_that_a_page_does_not_outlive,
    a_database_that_is_away,
    a_network_that_is_cut,
    a_worker_that_is_killed,
    rooms_that_all_have_left,
)

pytestmark = pytest.mark.timeout(240)


async def test_a_minute_with_a_database_that_is_away(minute: Minute) -> None:
    await minute[a_database_that_is_away]


async def test_a_minute_with_a_network_that_is_cut(minute: Minute) -> None:
    await minute[a_network_that_is_cut]


async def test_a_minute_and_more_with_a_cut_that_a_page_does_not_outlive(minute: Minute) -> None:
    await minute[a_cut_that_a_page_does_not_outlive]


async def test_a_minute_with_a_worker_that_is_killed(minute: Minute) -> None:
    await minute[a_worker_that_is_killed]


async def test_a_minute_and_more_after_rooms_that_all_have_left(minute: Minute) -> None:
    await minute[rooms_that_all_have_left]
