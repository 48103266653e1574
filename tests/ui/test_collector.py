"""What a page held is free when the page has gone, without the garbage collector, which stops everybody."""

import asyncio
import gc
import weakref
from collections import Counter
from functools import partial
from itertools import chain

import pytest
from nicegui import app
from nicegui.app.app import prune_tab_storage
from nicegui.element import Element
from starlette.requests import empty_receive

from app.bootstrap import Application
from app.ui.http.cookies import SESSION_COOKIE
from app.ui.live import collector
from tests.ui.browser import Browser

_FRAME = 4
"""Elements that the client itself holds; the simulated user holds the client."""


async def test_a_room_that_was_left_is_free_at_once(sam: Browser, bea: Browser, application: Application) -> None:
    trade = await sam.offer()
    for page in (bea, sam):
        await page.room(trade)
    sam.fill("Message", "Hello")
    sam.press("Send")
    await bea.until(lambda: "Hello" in bea.everything())
    dialogs = ("Amend deal", "Withdraw offer", "Extend", "Invitation")
    for name in (*chain.from_iterable((each, "Cancel", "Close") for each in dialogs), "Version history"):
        if sam.has_button(name):
            sam.press(name)
    await asyncio.sleep(0.2)
    held: list[weakref.ref[Element]] = [weakref.ref(element) for element in sam.page.elements.values()]
    assert len(held) > _FRAME
    gc.collect()
    gc.disable()
    try:
        sam.page.delete()
        for _ in range(5):
            await asyncio.sleep(0.02)
        left = Counter(str(type(element)) for ref in held if (element := ref()) is not None)
    finally:
        gc.enable()
    assert left.total() <= _FRAME, left
    assert application.lobby.room(trade.id) is not None, "the buyer is still there"


@pytest.mark.parametrize("path", ["/trades", "/trades/new", "/activity", "/account", "/how-it-works"])
async def test_every_other_page_that_was_left_is_free_at_once_too(sam: Browser, path: str) -> None:
    await sam.offer()
    await sam.open(path)
    await asyncio.sleep(0.2)
    held = [weakref.ref(element) for element in sam.page.elements.values()]
    gc.collect()
    gc.disable()
    try:
        sam.page.delete()
        for _ in range(5):
            await asyncio.sleep(0.02)
        left = Counter(f"{element.tag} {element._classes}" for ref in held if (element := ref()) is not None)
    finally:
        gc.enable()
    assert left.total() <= _FRAME, left


async def test_a_live_page_is_left_alone_and_closed_sockets_are_collected_when_there_were_very_many(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name in ("freeze", "unfreeze", "collect"):
        monkeypatch.setattr(gc, name, partial(done.append, name))
    monkeypatch.setattr(collector, "_WORTH_IT", 3)
    monkeypatch.setattr(collector, "_MOMENT", 0.0)
    await sam.open("/trades")
    assert done == ["freeze"]
    for closed in range(1, 6):
        sam.leave()
        await asyncio.sleep(0.02)
        assert done.count("collect") == closed // 3
        await sam.reconnect()
    assert done == ["freeze", "freeze", "freeze", "unfreeze", "collect", "freeze", *["freeze"] * 3]


async def test_nothing_is_kept_for_a_tab_that_has_gone(application: Application, sam: Browser) -> None:
    await sam.open("/trades")
    await app.storage._create_tab_storage("a tab")
    store = app.storage._tabs["a tab"]
    await prune_tab_storage()
    assert "a tab" in app.storage._tabs, "it may be loading its next page"
    store.last_modified -= 120
    await prune_tab_storage()
    assert "a tab" not in app.storage._tabs


async def test_of_the_request_a_live_page_keeps_who_sent_it_and_nothing_of_its_answer(
    application: Application, sam: Browser
) -> None:
    await sam.open("/trades")
    request = sam.page.request
    assert request.cookies[SESSION_COOKIE] == sam.http.cookies[SESSION_COOKIE]
    assert request.state.viewer.person.name == sam.name
    assert request.url.path == "/trades"
    assert not [name for name in request.scope if name.endswith("_astack") or name == "app"]
    assert request.receive is empty_receive
