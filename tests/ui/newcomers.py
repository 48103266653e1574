"""People who were never here before: their lists are empty, and nothing has been explained to them."""

from uuid import uuid4

import pytest

from app.bootstrap import Application
from tests.ui.browser import Browser


async def newcomer(application: Application, name: str) -> Browser:
    """Somebody new, signed in; the name is the first of their two."""
    return await Browser(application).signed_in(f"{name} {uuid4().hex[:8]}")


@pytest.fixture
async def sam(application: Application) -> Browser:
    """A seller who is new."""
    return await newcomer(application, "Sam")


@pytest.fixture
async def bea(application: Application) -> Browser:
    """A buyer who is new."""
    return await newcomer(application, "Bea")
