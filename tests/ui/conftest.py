"""The whole site on a test database, with simulated browsers in front of it and no web server.

NiceGUI's own plugin would run a main file and reload our modules for each test; here the site is built as `serve`
builds it, in the test's own loop, and NiceGUI's globals are put back afterwards.
"""

import gc
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from nicegui import Client, binding, core
from nicegui.testing.general import nicegui_reset_globals

from app import serving
from app.bootstrap import Application
from app.domain.trade import Trade
from app.service import passwords as passwords_module
from app.settings import Settings
from tests.db.server import Server
from tests.ui.browser import Browser
from tests.ui.visitor import ORIGIN

GRACE = 0.15


@pytest.fixture(scope="package")
def url(server: Server, template: str) -> Iterator[str]:
    """One database for all tests in this folder: each makes its own trades."""
    name = server.create(template)
    yield server.address(name)
    server.drop(name)


@pytest.fixture(scope="package", autouse=True)
def _modules_stand_still() -> Iterator[None]:
    """What was imported is not searched for garbage again and again: each test would ask for it several times."""
    gc.collect()
    gc.freeze()
    unfreeze = gc.unfreeze
    with pytest.MonkeyPatch.context() as patch:
        for name in ("collect", "freeze", "unfreeze", "set_threshold"):
            patch.setattr(gc, name, lambda *_: None)
        yield
    unfreeze()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The demo's settings, with generous limits and no worker."""
    monkeypatch.chdir(tmp_path)
    limits = ("sign_up", "sign_in", "guesses", "guesses_at_name", "moves", "messages", "rooms", "exports", "mails")
    often = {f"limit_{name}": "10000/minute" for name in limits}
    return Settings(data_dir=tmp_path, public_url=ORIGIN, worker=False, secret="a secret of the tests", **often)  # type: ignore[arg-type]


@pytest.fixture
async def application(settings: Settings, url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Application]:
    """The whole site, live."""
    cheap = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords_module, "PasswordHasher", cheap)
    async with _open_application(settings, url) as application:
        yield application
        assert binding.active_links == [], "something is bound to what cannot tell of its changes, and is polled"


@asynccontextmanager
async def _open_application(settings: Settings, url: str) -> AsyncIterator[Application]:
    modules, handlers = dict(sys.modules), dict(core.sio.handlers["/"])
    with nicegui_reset_globals():
        application = Application(settings, url)
        application.presence._grace = GRACE
        serving.web_app(application)
        try:
            async with application:
                await application.go_live()
                async with core.app.router.lifespan_context(core.app):
                    yield application
                    for client in list(Client.instances.values()):
                        client.delete()
        finally:
            core.sio.handlers["/"] = handlers
    sys.modules.update(modules)


@pytest.fixture
def browser(application: Application) -> Callable[[], Browser]:
    """Makes browsers, each with its own cookies."""
    return lambda: Browser(application)


@pytest.fixture
async def sam(application: Application) -> Browser:
    """Sam, signed in."""
    return await Browser(application).signed_in("Sam")


@pytest.fixture
async def bea(application: Application) -> Browser:
    """Bea, signed in."""
    return await Browser(application).signed_in("Bea")


@pytest.fixture
async def eve(application: Application) -> Browser:
    """Eve, signed in, who has no part in it."""
    return await Browser(application).signed_in("Eve")


@pytest.fixture
async def broken(application: Application, owner_url: str) -> AsyncIterator[None]:
    """A table is gone, so that every reading of trades fails."""
    async with await psycopg.AsyncConnection.connect(owner_url, autocommit=True) as connection:
        await connection.execute("ALTER TABLE trades RENAME TO trades_gone")
        try:
            yield
        finally:
            await connection.execute("ALTER TABLE trades_gone RENAME TO trades")


@pytest.fixture
async def trade(sam: Browser, bea: Browser) -> Trade:
    """Sam's offer, with both in its room; neither browser has said yet whether its tab is on a screen."""
    trade = await sam.offer()
    await sam.room(trade)
    await bea.room(trade)
    await sam.sees("In negotiation", "status")
    return trade
