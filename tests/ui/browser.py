"""A simulated browser: cookies, one page, and the ways to read it and to act on it that a person has."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Any, Self
from uuid import uuid4

import httpx
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.nicegui import _on_handshake
from nicegui.testing.user_interaction import UserInteraction

from app.bootstrap import Application
from app.domain.refusals import Refusal
from app.domain.trade import Person, Trade
from app.service.viewer import Viewer
from app.ui.components.button import Button
from app.ui.components.html_block import Block
from app.ui.http.cookies import ZONE_COOKIE
from tests.bench.page import csrf_in
from tests.ui.composer import Composer
from tests.ui.reading import Press, descend, listening, parts, presses, words
from tests.ui.visitor import Visitor

PASSWORD = "correct horse"
ZONE = "Pacific/Kiritimati"
"""UTC+14: seldom the same day as in UTC, and never the same hour."""


class Browser:
    """One browser with one page, which `is_shown` or behind another."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.name = ""
        self.has_clipboard = True
        self.is_shown = False
        self.composer = Composer(self)
        self.user = Visitor(self._hear)
        self.lives_in(ZONE)

    @property
    def http(self) -> httpx.AsyncClient:
        """What sends requests and keeps cookies; it follows no redirect unless told to."""
        return self.user.http_client

    @property
    def page(self) -> Client:
        """The open page."""
        assert self.user.client is not None
        return self.user.client

    @property
    def sent_to(self) -> list[str]:
        """The addresses to which the server has sent the page away."""
        return self.user.sent_to

    def tab(self) -> "Browser":
        """Another tab of this browser: the same cookies, another page."""
        other = Browser(self.application)
        other.name, other.user = self.name, Visitor(other._hear, self.http)
        return other

    # Requests.

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """An address, as it answers."""
        return await self.http.get(path, headers=headers)

    async def csrf(self) -> str:
        """The token in this browser's forms."""
        return csrf_in((await self.http.get("/", follow_redirects=True)).text)

    async def post(self, path: str, **fields: str) -> httpx.Response:
        """Press a form's button; the token is the form's unless given."""
        return await self.http.post(path, data={"csrf": fields.pop("csrf", None) or await self.csrf(), **fields})

    async def signed_in(self, name: str) -> Self:
        """Sign in by the form; the account is made when there is none."""
        with suppress(Refusal):  # an earlier test has made it
            await self.application.accounts.create(name, PASSWORD)
        answer = await self.post("/login", name=name, password=PASSWORD)
        assert answer.headers["location"] == "/trades"
        self.name = name
        return self

    async def offer(self, title: str = "Oak table", **changes: Any) -> Trade:
        """Draft an offer, not by the page."""
        fields: dict[str, Any] = {
            "description": "Oiled.",
            "price": "1000",
            "quantity": "5",
            "buyer": "",
            "minutes": "30",
            **changes,
        }
        return await self.application.trades.draft(await self.person(), title=title, **fields)

    async def person(self) -> Person:
        """Who is at this browser."""
        return await self.application.accounts.find(self.name)

    async def viewer(self) -> Viewer:
        """This person as the use cases know them."""
        return Viewer(await self.person(), session_id=0)

    # Pages.

    async def open(self, path: str) -> Self:
        """Open a page and connect its socket, if it has one."""
        self.sent_to.clear()
        await self.user.load(path)
        return self

    async def room(self, trade: Trade) -> Self:
        """Open a trade's room and wait until it is furnished."""
        await self.open(f"/room/{trade.code}")
        await self.until(lambda: bool(self.texts("status")))
        return self

    def leave(self) -> None:
        """Close the page's socket, as closing the tab does."""
        for socket in list(self.page._socket_to_document_id):
            self.page.handle_disconnect(socket)

    async def reconnect(self) -> None:
        """Connect the same page again, as after a short cut."""
        tab = {"tab_id": self.user.tab_id, "document_id": str(uuid4())}
        assert await _on_handshake(f"test-{uuid4()}", {"client_id": self.page.id, **tab})

    # Reading.

    def text(self, testid: str) -> str:
        """What a person reads in the one element with this test id."""
        (said,) = self.texts(testid)
        return said

    def texts(self, testid: str) -> list[str]:
        """What a person reads in each element with this test id."""
        return [words(element) for element in self._by_testid(testid)] + [
            said for block in self.visible() if isinstance(block, Block) for said in parts(block.content, testid)
        ]

    def prop(self, testid: str, name: str) -> Any:
        """A property of the one element with this test id."""
        (element,) = self._by_testid(testid)
        return element.props.get(name)

    def everything(self) -> str:
        """All that a person reads on the page."""
        return words(self.page.layout)

    def markup(self) -> str:
        """All HTML that the page embeds, as the browser gets it."""
        return "\n".join(element.content for element in self.visible() if isinstance(element, Block))

    def buttons(self, name: str) -> list[Button | Press]:
        """The buttons of this name; those behind an open dialog only where it has none."""
        found: list[Button | Press] = []
        dialogs = [e for e in self.visible() if isinstance(e, ui.dialog)]
        for place in (*reversed(dialogs), self.page.layout):
            for e in descend(place) if not found else ():
                if isinstance(e, Button) and name in {e.text, e.props.get("aria-label")}:
                    found.append(e)
                elif isinstance(e, Block):
                    found += [press for press in presses(e) if press.text == name]
        return found

    def button(self, name: str) -> Button:
        """The one button of this name, which is an element."""
        button = self._one_button(name)
        assert isinstance(button, Button)
        return button

    def has_button(self, name: str) -> bool:
        """Whether there is a button of this name that can be pressed."""
        return any(button.enabled for button in self.buttons(name))

    def field(self, label: str) -> ui.input | ui.textarea:
        """The one field of this label."""
        found = [e for e in self.visible() if isinstance(e, ui.input | ui.textarea) and e.props.get("label") == label]
        assert len(found) == 1, f"{len(found)} fields {label!r}; the page reads: {self.everything()}"
        return found[0]

    async def hears(self, sentence: str) -> None:
        """Wait until this is said for a moment."""
        await self.until(lambda: any(sentence in said for said in self.user.toasts))

    async def until(self, happened: Callable[[], bool]) -> None:
        """Wait for something that reaches the page by itself."""

        def noticed() -> bool:
            self._let_dialogs_go()
            return happened()

        try:
            await self.wait(noticed)
        except TimeoutError:
            raise AssertionError(f"it did not happen; {self.name}'s page reads: {self.everything()}") from None

    @staticmethod
    async def wait(happened: Callable[[], bool]) -> None:
        """Wait for something that happens by itself."""
        async with asyncio.timeout(5):
            while not happened():  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.01)

    async def sees(self, sentence: str, testid: str = "") -> None:
        """Wait until this is to be read on the page, or in one of its elements."""
        await self.until(
            lambda: any(sentence in said for said in (self.texts(testid) if testid else [self.everything()]))
        )

    @staticmethod
    async def wait_until(happened: Callable[[], Awaitable[bool]]) -> None:
        """Wait for something that has to be asked for."""
        async with asyncio.timeout(5):
            while not await happened():  # noqa: ASYNC110 - nobody tells us
                await asyncio.sleep(0.02)

    # Acting.

    def press(self, name: str) -> None:
        """Press a button."""
        button = self._one_button(name)
        if not button.enabled:
            return
        if name == "Send":
            self.composer.send()
        elif name == "Copy link":
            self.trigger(button.block if isinstance(button, Press) else button, "click", self.has_clipboard)
        elif isinstance(button, Press) and 'type="hidden"' in button.block.content:  # a row of which one is chosen
            self.trigger(button.block, "change", {"chip": name, "back": False})
        elif isinstance(button, Press):
            self._act(listening(button.block)).trigger("click", name)
        elif name == "Create trade":
            self.trigger(button, "click", self.user.request)
        else:
            self._act(button).click()

    def fill(self, label: str, text: str) -> None:
        """Write into a field in the place of what is there."""
        if label == "Message":
            self.composer.fill(text)
            return
        self._act(field := self.field(label))
        with self.page:
            field.value = text

    def trigger(self, element: Element, event: str, args: Any = None) -> None:
        """Let something happen to an element."""
        self._act(element).trigger(event, args)

    def choose(self, tab: str) -> None:
        """Open a tab of the history."""
        (tabs,) = (e for e in self.visible() if e.props.get("role") == "tablist")
        self._act(tabs).trigger("click", tab)

    def lives_in(self, zone: str) -> None:
        """Let the browser tell another time zone from now on; a page's script would have left it for the next one."""
        self.http.cookies.set(ZONE_COOKIE, zone)

    def _hear(self, script: str) -> None:
        """Let the page run a script; one that is shown says so, if it is asked."""
        self.composer.hear(script)
        if self.is_shown and (asked := re.fullmatch(r"document\.hidden \|\| emitEvent\('seen', (.*)\)", script)):
            asyncio.get_running_loop().call_soon(self.trigger, self.page.layout, "seen", json.loads(asked[1]))

        if cleared := re.fullmatch(r"kept\.clear\(getHtmlElement\((\d+)\), (\d+)\)", script):
            field = self.page.elements[int(cleared[1])]
            assert isinstance(field, ui.input)
            field.value = "" if len(field.value or "") == int(cleared[2]) else field.value

    def _one_button(self, name: str) -> Button | Press:
        found = self.buttons(name)
        assert len(found) == 1, f"{len(found)} buttons {name!r}; the page reads: {self.everything()}"
        return found[0]

    def _act(self, element: Element) -> UserInteraction[Any]:
        self._let_dialogs_go()
        return UserInteraction(self.user, {element}, None)

    def _let_dialogs_go(self) -> None:
        """A browser tells when a dialog has closed; here nobody would."""
        for element in list(self.page.elements.values()):
            if isinstance(element, ui.dialog) and not element.value and not element.is_deleted:
                UserInteraction(self.user, {element}, None).trigger("hide")

    def _by_testid(self, testid: str) -> list[Element]:
        return [element for element in self.visible() if element.props.get("data-testid") == testid]

    def visible(self) -> Iterator[Element]:
        """All elements that show."""
        return (e for e in descend(self.page.layout))
