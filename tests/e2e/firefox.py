"""The machine's Firefox, by what it speaks itself: WebDriver BiDi (a W3C draft), no driver beside it.

Playwright drives a Firefox of its own build, which no registry has; what people have is this one.
"""

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from tempfile import TemporaryDirectory
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from tests.ports import free_port

_PROGRAMS = ("firefox-esr", "firefox")
_PATIENCE = 20.0
"""Seconds in which what is expected must show."""


class RefusedError(Exception):
    """Firefox could not do it: most often because the page was just being left for another."""


class Page:
    """One page of somebody with a profile of their own; what Firefox complains of is kept in `complaints`."""

    def __init__(self, firefox: "Firefox", context: str) -> None:
        self._firefox = firefox
        self._context = context
        self.complaints: list[str] = []

    async def visit(self, address: str) -> None:
        """Open an address."""
        await self._tell("browsingContext.navigate", url=address, wait="complete")

    async def ask(self, expression: str) -> Any:
        """What an expression of script comes to; a text or a truth value."""
        answer = await self._firefox.tell(
            "script.evaluate", expression=expression, target={"context": self._context}, awaitPromise=False
        )
        assert answer["type"] == "success", answer
        return answer["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until an expression of script is true; an error of it is none yet."""
        async with asyncio.timeout(_PATIENCE):
            question = f"(() => {{ try {{ return !!({expression}) }} catch {{ return false }} }})()"
            while True:
                with suppress(RefusedError):
                    if await self.ask(question):
                        return
                await asyncio.sleep(0.05)

    async def reads(self, testid: str, words: str) -> None:
        """Wait until the part with this test id shows these words."""
        selector = f'[data-testid="{testid}"]'
        await self.until(f"document.querySelector('{selector}')?.innerText.includes({json.dumps(words)})")

    async def text(self, testid: str) -> str:
        """What the part with this test id shows."""
        return str(await self.ask(f"document.querySelector('[data-testid=\"{testid}\"]').innerText"))

    async def press(self, name: str, kind: str = "button") -> None:
        """Click what has this name (as a screen reader says it) and is of this kind (a CSS selector), once it shows."""
        await self._firefox.to_front(self._context)
        there = {"type": "element", "element": {"sharedId": await self._find(kind, name)}}
        await self._act(
            "pointer",
            {"type": "pointerMove", "x": 0, "y": 0, "origin": there},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        )

    async def fill(self, label: str, text: str) -> None:
        """Type into the field of this label, in the place of what is there."""
        await self.press(label, "input, textarea")
        await self._act("key", *_pressed("\ue009", "a"), *(step for letter in text for step in _pressed(letter)))

    async def enter(self) -> None:
        """Press Enter."""
        await self._firefox.to_front(self._context)
        await self._act("key", *_pressed("\ue007"))

    async def _find(self, kind: str, name: str) -> str:
        locator = {"type": "accessibility", "value": {"name": name}}
        before: dict[str, str] = {}
        async with asyncio.timeout(_PATIENCE):
            while True:
                with suppress(RefusedError):
                    found = await self._tell("browsingContext.locateNodes", locator=locator)
                    nodes = [str(node["sharedId"]) for node in found["nodes"]]
                    now = {node: await self._place(node, kind) for node in nodes}
                    for node, place in now.items():
                        if place and place == before.get(node):
                            return node
                    before = now
                await asyncio.sleep(0.05)

    async def _place(self, node: str, kind: str) -> str:
        """Where it stands; nothing unless it is of this kind, stands still, and a click at its middle would meet it.

        A dialog that is still on its way has gone from under the pointer when the click comes, which then closes it.
        """
        answer = await self._firefox.tell(
            "script.callFunction",
            functionDeclaration="""(it, kind) => {
                if (!it.matches(kind) || it.disabled) return '';
                if (document.getAnimations().some(each => each.effect.target.contains(it))) return '';
                it.scrollIntoView({block: 'nearest'});
                const box = it.getBoundingClientRect();
                const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return it.contains(there) ? `${box.x} ${box.y}` : '';
            }""",
            arguments=[{"sharedId": node}, {"type": "string", "value": kind}],
            target={"context": self._context},
            awaitPromise=False,
        )
        return str(answer["result"]["value"]) if answer["type"] == "success" else ""

    async def _act(self, kind: str, *steps: dict[str, Any]) -> None:
        source = {"type": kind, "id": kind, "actions": list(steps)}
        await self._tell("input.performActions", actions=[source])

    async def _tell(self, method: str, **parameters: Any) -> Any:
        return await self._firefox.tell(method, context=self._context, **parameters)


class Firefox:
    """A running Firefox."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = count(1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._pages: dict[str, Page] = {}
        self._front = ""
        self.hearing = asyncio.create_task(self._hear())

    async def page(self) -> Page:
        """A page with cookies of its own."""
        user = await self.tell("browser.createUserContext")
        made = await self.tell("browsingContext.create", type="window", userContext=user["userContext"])
        page = self._pages[made["context"]] = Page(self, made["context"])
        return page

    async def to_front(self, context: str) -> None:
        """Bring a page's window to the front, as whoever uses it does; one behind others draws once in seconds."""
        if context != self._front:
            await self.tell("browsingContext.activate", context=context)
            self._front = context

    async def tell(self, method: str, **parameters: Any) -> Any:
        """One command, and its result; raises `RefusedError` with what Firefox says against it."""
        number = next(self._number)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._connection.send(json.dumps({"id": number, "method": method, "params": parameters}))
        async with asyncio.timeout(_PATIENCE):
            told = await answer
        if told["type"] != "success":
            raise RefusedError(f"{method}: {told}")
        return told["result"]

    async def _hear(self) -> None:
        async for frame in self._connection:
            told = json.loads(frame)
            if told["type"] != "event":
                if not (answer := self._answers.pop(told["id"])).done():  # nobody may wait for it any more
                    answer.set_result(told)
            elif told["params"]["level"] == "error" and told["params"]["source"].get("context") in self._pages:
                self._pages[told["params"]["source"]["context"]].complaints.append(told["params"]["text"])


def program() -> str | None:
    """Where Firefox is; None where there is none on the PATH."""
    return next(filter(None, map(shutil.which, _PROGRAMS)), None)


@asynccontextmanager
async def started() -> AsyncIterator[Firefox]:
    """Start Firefox; raises `FileNotFoundError` where there is none."""
    found = program()
    if found is None:
        raise FileNotFoundError("firefox")
    with TemporaryDirectory(prefix="traderoom-firefox-", ignore_cleanup_errors=True) as profile:
        port = str(free_port())
        process = await asyncio.create_subprocess_exec(
            *(found, "--headless", "--no-remote", "--remote-debugging-port", port, "--profile", profile),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "HOME": profile},  # it wants one that it may write to
        )
        try:
            async with await _connect(f"ws://127.0.0.1:{port}/session") as connection:
                firefox = Firefox(connection)
                await firefox.tell("session.new", capabilities={})
                await firefox.tell("session.subscribe", events=["log.entryAdded"])
                yield firefox
                firefox.hearing.cancel()
        finally:
            process.terminate()
            await process.wait()


async def _connect(address: str) -> ClientConnection:
    """Connect once it listens. It answers no pings."""
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                return await connect(address, max_size=None, ping_interval=None)
            await asyncio.sleep(0.1)


def _pressed(*keys: str) -> list[dict[str, str]]:
    """Keys that are pressed one after the other and let go the other way round; private code points are WebDriver's
    names of keys that write nothing."""
    down = [{"type": "keyDown", "value": key} for key in keys]
    return down + [{"type": "keyUp", "value": key} for key in reversed(keys)]
