"""Where no mail is set up, no page speaks of it, and no address of it is there."""

from collections.abc import Callable

import pytest

from app.bootstrap import Application
from app.settings import Settings
from tests.ui.browser import Browser


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """No demo, and no mail server."""
    return settings.model_copy(update={"demo": False})


async def test_nothing_speaks_of_mails(browser: Callable[[], Browser], sam: Browser) -> None:
    guest = await browser().open("/")
    assert "Forgot password?" not in guest.everything()
    await sam.open("/account")
    assert "mail" not in sam.everything().lower()
    await sam.open("/how-it-works")
    assert "mail" not in sam.everything().lower()


@pytest.mark.parametrize("path", ["/forgot-password", "/demo/mail", "/mail/confirm/x", "/mail/password/x"])
async def test_its_addresses_are_not_there(browser: Callable[[], Browser], path: str) -> None:
    answer = await browser().get(path)
    assert (answer.status_code, "Nothing here" in answer.text) == (404, True)


async def test_no_job_of_it_is_registered(application: Application) -> None:
    assert application.post is None
    assert [name for name in application.queue.app.tasks if "mail" in name] == []
