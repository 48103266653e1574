"""NiceGUI's simulated user, which does here what a page tells its browser: to go elsewhere, to say something."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any
from uuid import uuid4

import httpx
from nicegui import core
from nicegui.outbox import Message
from nicegui.testing import User

from tests.ui.reading import static

ORIGIN = "http://test"
_REPLACED = re.compile(r"history\.replaceState\(.*'(/[^']*)'\)")


class Visitor(User):
    """One open page. `sent_to` are the addresses to which the server has sent it away, `toasts` what it has said for a
    moment, `scripts` what it was told to run, which `hear` is told as well; `request` is the name of the form's next
    request. As in Firefox, a page that is sent away hears nothing any more.

    NiceGUI's user takes `ui.navigate` and `ui.notify` for itself whenever anything looks at it, and there is one of
    each for all users: where one page was sent, whoever was looked at last would go. This one follows the messages to
    its own page, and leaves those functions as they are.
    """

    __getattribute__ = object.__getattribute__

    def __init__(self, hear: Callable[[str], None], http: httpx.AsyncClient | None = None) -> None:
        transport = httpx.ASGITransport(core.app, raise_app_exceptions=False)
        super().__init__(http or httpx.AsyncClient(transport=transport, base_url=ORIGIN))
        self.sent_to: list[str] = []
        self.toasts: list[str] = []
        self.scripts: list[str] = []
        self.request = ""
        self._path = ""
        self._hear_script = hear
        self._on_the_way: set[asyncio.Task[None]] = set()

    async def load(self, path: str) -> None:
        """Open a page and connect its socket, if it has one."""
        self._path = path
        try:
            await self.open(path)
        except ValueError as answer:  # which has the text of what is no live page
            self.client = static(str(answer))
        self.request = str(uuid4())
        outbox = self._client.outbox
        emit = outbox._emit

        async def hear_and_emit(message: Message) -> None:
            self._hear(message)
            await emit(message)

        outbox._emit = hear_and_emit  # type: ignore[method-assign]

    def _hear(self, message: Message) -> None:
        _, kind, told = message
        if self._on_the_way:
            return
        if kind == "open":
            self.sent_to.append(told["path"])
            self._go(self.load(told["path"]))
        elif kind == "notify":
            self.toasts.append(told["message"])
        elif kind == "run_javascript" and told["code"] == "history.go(0)":
            self._go(self._reload())
        elif kind == "run_javascript":
            if address := _REPLACED.search(told["code"]):
                self._path = address[1]
            self.scripts.append(told["code"])
            self._hear_script(told["code"])

    async def _reload(self) -> None:
        """Ask for the page again, at the address that it has by now, and follow where that leads."""
        answer = await self.http_client.head(self._path)
        if answer.is_redirect:
            self._path = answer.headers["location"]
            self.sent_to.append(self._path)
        await self.load(self._path)

    def _go(self, loading: Coroutine[Any, Any, None]) -> None:
        self._on_the_way.add(task := asyncio.create_task(loading))
        task.add_done_callback(self._on_the_way.remove)
