"""The race suite says at the end which interleavings it has really seen; see `interleavings.py`."""

from collections.abc import Callable

import pytest

from tests.races.interleavings import SEEN, Saw


@pytest.fixture
def saw(record_property: Callable[[str, object], None]) -> Saw:
    """Where a test says what was recorded before what else, which had been judged on the same trade."""
    return lambda met: record_property(SEEN, dict(met))
