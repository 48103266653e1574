"""A headless person: opens pages, hears what they are sent, presses and types, as NiceGUI's script does."""

import asyncio
import json
import re
from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import uuid4

from tests.bench.browser import Browser
from tests.bench.page import Element, Page, csrf_in, listener, parse
from tests.bench.wire import Wire, connect

PATIENCE = 30.0
"""Seconds to wait for anything."""
_ACK = 3.0
"""Seconds after which the script tells which messages have arrived."""
_SEEN = re.compile(r"document\.hidden \|\| emitEvent\('seen', (.*)\)")
"""What a page is asked that has said that it is on a screen."""


class NoPageError(Exception):
    """An address did not show the page that was expected."""


class Person:
    """One person with one tab. Everything that arrives is applied; every wait ends after `PATIENCE`."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.page = Page()
        self.path = ""
        self._wire: Wire | None = None
        self._next_message = 0
        self._acknowledged = -1
        self._ack: asyncio.TimerHandle | None = None
        self._texts: dict[bytes, asyncio.Future[float]] = {}
        self._wishes: list[tuple[Callable[[Page], bool], asyncio.Future[None]]] = []

    @property
    def dropped(self) -> bool:
        """Whether the server closed this person's socket."""
        return self._wire is not None and self._wire.dropped

    async def sign_in(self, name: str, password: str, *, new: bool = False) -> None:
        """Sign in, or up, by the page's own form. Raises `NoPageError` when the server does not let the person in."""
        csrf = csrf_in((await self.browser.get("/")).html)
        answer = await self.browser.post(
            "/signup" if new else "/login", name=name, password=password, csrf=csrf, back="/trades"
        )
        if (answer.status, answer.location) != (303, "/trades"):
            raise NoPageError(f"{name} was not let in: {answer.status} {answer.location}")

    async def visit(self, path: str) -> float:
        """Open a page; returns seconds from asking for it to its being live. Raises `NoPageError`, `RefusedError`."""
        await self.leave()
        asked = perf_counter()
        answer = await asyncio.wait_for(self.browser.get(path), PATIENCE * 4)
        if answer.status != 200:
            raise NoPageError(f"{path}: {answer.status} {answer.location}")
        self.path = path
        self.page = parse(answer.html, answer.sent)
        self._next_message = int(self.page.query["next_message_id"])
        query = {**self.page.query, "document_id": str(uuid4()), "tab_id": str(uuid4()), "old_tab_id": "null"}
        self._wire = Wire(self.browser.site, query, self.browser.cookie, raw=self._scan, heard=self._heard)
        await asyncio.wait_for(connect(self._wire, self.browser.site), PATIENCE * 4)
        live = perf_counter()
        self._ack = asyncio.get_running_loop().call_later(_ACK, self._acknowledge)
        return live - asked

    async def leave(self) -> None:
        """Close the tab."""
        if self._ack is not None:
            self._ack.cancel()
        if self._wire is not None:
            await self._wire.leave()
            self._wire = None

    def cut(self) -> None:
        """Lose the connection without a word."""
        if self._ack is not None:
            self._ack.cancel()
        if self._wire is not None:
            self._wire.cut()
            self._wire = None

    def fire(self, event: str, *args: object, **props: str) -> None:
        """Fire an event of the element with these props, or of the page itself. Raises `MissingError`."""
        self.fire_at(*self.page.find(event, **props), event, *args)

    def press(self, text: str) -> None:
        """Press the button with this text. Raises `MissingError`."""
        self.fire_at(*self.page.pressable(text), "click", text)

    def fire_at(self, number: str, element: Element, event: str, *args: object) -> None:
        """Fire an event of an element that is at hand."""
        heard_by = listener(element, event)
        if heard_by is None or self._wire is None:
            raise NoPageError(f"the page does not listen to {event}")
        taken = args if heard_by["args"] is None else args[: len(heard_by["args"])]
        self._wire.emit(
            "event",
            {
                "id": int(number),
                "client_id": self.page.client_id,
                "listener_id": heard_by["listener_id"],
                "args": [json.dumps(arg) for arg in taken],
            },
        )

    def sees(self, text: str) -> asyncio.Future[float]:
        """The moment (of `perf_counter`) at which a text of ASCII letters arrives; ask before the deed."""
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._texts[text.encode()] = future
        return future

    async def until(self, wish: Callable[[Page], bool]) -> None:
        """Wait until the page is as wished. Raises `TimeoutError`."""
        if not wish(self.page):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._wishes.append((wish, future))
            await asyncio.wait_for(future, PATIENCE)

    def _scan(self, frame: bytes) -> None:
        if self._texts:
            for text in [text for text in self._texts if text in frame]:
                future = self._texts.pop(text)
                if not future.done():
                    future.set_result(perf_counter())

    def _heard(self, event: str, payload: Any) -> None:
        if isinstance(payload, dict) and "_id" in payload:
            number = payload.pop("_id")
            if number < self._next_message:
                return
            self._next_message = number + 1
        if event == "update":
            self.page.apply(payload)
        elif event == "run_javascript" and (asked := _SEEN.fullmatch(payload["code"])):
            self.fire("seen", json.loads(asked[1]))
        elif event == "run_javascript":
            self.page.answer = payload["code"]
        if self._wishes:
            self._grant()

    def _grant(self) -> None:
        for wish, future in list(self._wishes):
            if wish(self.page):
                self._wishes.remove((wish, future))
                if not future.done():
                    future.set_result(None)

    def _acknowledge(self) -> None:
        if self._wire is not None and self._acknowledged < self._next_message:
            self._wire.emit("ack", {"client_id": self.page.client_id, "next_message_id": self._next_message})
            self._acknowledged = self._next_message
        self._ack = asyncio.get_running_loop().call_later(_ACK, self._acknowledge)
