"""While the database is away every address answers calmly: all headers, nothing of our insides, and what was typed.

All addresses are asked that the site has, as it tells them itself.
"""

import html
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx
import psycopg
import pytest
from nicegui import core
from starlette.routing import Route

from app.bootstrap import Application
from app.db.engine import Database
from app.service.viewer import Viewer
from app.ui.http.calm import UNAVAILABLE
from app.ui.http.headers import on_every_answer
from tests.ui.browser import Browser
from tests.ui.reading import inputs

NewBrowser = Callable[[], Browser]
FORM = {"content-type": "application/x-www-form-urlencoded"}
LOST = "the line to the database was cut"


@pytest.fixture
def lose(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lose the database until the test's end."""

    @asynccontextmanager
    async def gone(*_: object) -> AsyncIterator[None]:
        raise psycopg.OperationalError(LOST)
        yield

    def now() -> None:
        monkeypatch.setattr(Database, "raw", gone)
        monkeypatch.setattr(Database, "reading", gone)

    return now


def addresses(application: Application) -> list[tuple[str, str]]:
    """The method and path of all that the site answers, with tokens that are ours where there are any."""
    assert application.post is not None
    token = application.post.addresses.unsubscribe_token(1)
    found = {
        (
            method,
            re.sub(r"\{(\w+)(:path)?\}", lambda part: {"token": token, "kind": "json"}.get(part[1], "x"), route.path),
        )
        for route in core.app.routes
        if isinstance(route, Route)
        for method in route.methods or ()
    }
    assert len({path for method, path in found if method == "POST"}) >= 9
    return sorted(found)


def check(answer: httpx.Response, asked: tuple[str, str]) -> None:
    """It is calm, and has the headers that every answer has."""
    assert (asked, answer.status_code) in {(asked, status) for status in (200, 204, 303, 404, 422, 500, 503)}
    assert not [name for name in on_every_answer(https=False) if name.lower() not in answer.headers], asked
    for inside in ("Internal Server Error", LOST, "psycopg", "Traceback"):
        assert inside not in answer.text, asked


async def test_every_address_answers_calmly_to_those_outside_and_says_once_in_the_log_what_failed(
    application: Application, browser: NewBrowser, lose: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    guest = browser()
    csrf = await guest.csrf()
    lose()
    failed = set()
    for method, path in addresses(application):
        caplog.clear()
        form = {"csrf": csrf, "name": "Olga", "password": "a long password", "person": "seller"}
        answer = await guest.http.request(method, path, data=form if method == "POST" else None)
        check(answer, (method, path))
        errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
        if answer.status_code != 503 or path == "/readyz":
            assert len(errors) <= 1, (method, path)
            continue
        assert len(errors) == 1, (method, path)
        assert answer.text == UNAVAILABLE, "of a HEAD the server leaves it out"
        assert path.count("/") < 3 or path.rpartition("/")[2] not in caplog.text, "it is a secret"
        failed.add((method, path.rpartition("/")[0] or path))
    assert {("POST", "/mail/confirm"), ("POST", "/mail/password"), ("POST", "/mail/unsubscribe")} <= failed
    assert {("GET", "/mail/confirm"), ("GET", "/mail/password")} <= failed


async def test_every_address_answers_calmly_to_those_inside(
    application: Application, sam: Browser, lose: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their session was read just before the database went."""
    viewer, csrf = await sam.viewer(), await sam.csrf()

    async def known(_: str, **__: str) -> Viewer:
        return viewer

    monkeypatch.setattr(application.accounts, "viewer", known)
    lose()
    for method, path in addresses(application):
        answer = await sam.http.request(method, path, data={"csrf": csrf} if method == "POST" else None)
        check(answer, (method, path))


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgot-password"])
async def test_a_form_says_so_and_keeps_what_was_typed(
    browser: NewBrowser, lose: Callable[[], None], path: str
) -> None:
    guest = browser()
    csrf = await guest.csrf()
    lose()
    answer = await guest.post(path, csrf=csrf, name="Olga of the forms", password="a long password")
    assert answer.status_code == 303
    page = await guest.get(answer.headers["location"])
    assert UNAVAILABLE in html.unescape(page.text)
    assert inputs(page.text)["name"]["value"] == "Olga of the forms"
