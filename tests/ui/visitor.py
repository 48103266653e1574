"""NiceGUI's simulated user, which does here what a page tells its browser: to go elsewhere, to say something."""

import asyncio
from collections.abc import Callable
from uuid import uuid4

import httpx
from nicegui import core
from nicegui.outbox import Message
from nicegui.testing import User

from tests.ui.reading import static

ORIGIN = "http://test"


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
        self._hear_script = hear
        self._on_the_way: set[asyncio.Task[None]] = set()

    async def load(self, path: str) -> None:
        """Open a page and connect its socket, if it has one."""
        try:
            await self.open(path)
        except ValueError as answer:  # which has the text of what is no live page
            self.client = static(str(answer))
        self.request = str(uuid4())
        outbox = self._client.outbox
        emit = outbox._emit

        async def hear_and_emit(message: Message) -> None:
            self._hear(path, message)
            await emit(message)

        outbox._emit = hear_and_emit  # type: ignore[method-assign]

    def _hear(self, path: str, message: Message) -> None:
        _, kind, told = message
        if self._on_the_way:
            return
        if kind == "open":
            self.sent_to.append(told["path"])
            self._go(told["path"])
        elif kind == "notify":
            self.toasts.append(told["message"])
        elif kind == "run_javascript" and told["code"] == "history.go(0)":
            self._go(path)
        elif kind == "run_javascript":
            self.scripts.append(told["code"])
            self._hear_script(told["code"])

    def _go(self, path: str) -> None:
        self._on_the_way.add(task := asyncio.create_task(self.load(path)))
        task.add_done_callback(self._on_the_way.remove)
