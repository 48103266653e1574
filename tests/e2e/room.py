"""What people do in a browser, in their words: sign up, create a trade, enter a room, say something, amend, accept.

Everything is found the way people and screen readers find it: by label, role and name; what only shows, by test id.
"""

import re
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Locator, Page, WebError, expect

from tests.bench.page import csrf_in

PASSWORD = "correct horse battery"
AMENDABLE = {
    "price": "Price",
    "quantity": "Quantity",
    "description": "Description",
    "reason": "Reason for change",
}
DRAFTABLE = {
    "title": "Title",
    "description": "Description",
    "price": "Price",
    "quantity": "Quantity",
    "buyer": "Buyer name",
    "minutes": "Expires in (minutes)",
}


class Room:
    """One page of somebody's in the room of a trade."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.dialog = page.get_by_role("dialog")
        self.field = page.get_by_label("Message", exact=True)
        self.status = self.part("status")
        self.participants = self.part("participants")
        self.messages = self.part("messages")
        self.typing = self.part("typing")
        self.countdown = self.part("countdown")
        self.connection = self.part("connection")
        self.timeline = self.part("timeline")
        self.versions = self.part("versions")
        self.time = page.locator(".time")
        self.outcome = page.locator(".outcome")

    def part(self, testid: str) -> Locator:
        """What carries this test id."""
        return self.page.get_by_test_id(testid)

    def button(self, name: str) -> Locator:
        """The button of exactly this name, in a dialog or not."""
        return self.page.get_by_role("button", name=name, exact=True)

    def message(self, text: str) -> Locator:
        """The messages (and requests, and reasons) in the conversation that read exactly so."""
        return self.messages.get_by_text(text, exact=True)

    async def link(self) -> str:
        """The invitation link, which only the seller sees."""
        return await self.part("invitation-link").inner_text()

    async def say(self, text: str) -> None:
        """Type a message and send it; it is recorded then."""
        await self.field.fill(text)
        await self.field.press("Enter")
        await expect(self.field).to_have_value("")
        await expect(self.page.locator(".waiting .message")).to_have_count(0)

    async def open(self, button: str) -> Locator:
        """Press a button that opens a dialog, on a phone behind `More actions`; the dialog."""
        if await self.button("More actions").is_visible() and not await self.button(button).is_visible():
            await self.button("More actions").click()
        await self.button(button).click()
        await expect(self.dialog).to_be_visible()
        return self.dialog

    async def fill(self, **terms: str) -> None:
        """Type into the dialog that amends the deal."""
        for name, value in terms.items():
            await self.dialog.get_by_label(AMENDABLE[name], exact=True).fill(value)

    async def confirm(self, button: str) -> None:
        """Press a dialog's button, and see the dialog go."""
        await self.dialog.get_by_role("button", name=button, exact=True).click()
        await expect(self.dialog).to_have_count(0)

    async def amend(self, **terms: str) -> None:
        """Change the terms: `price`, `quantity`, `description`, with a `reason`."""
        await self.open("Amend deal")
        await self.fill(**terms)
        await self.confirm("Save changes")

    async def offer(self, button: str, **terms: str) -> None:
        """Make an offer by the button that leads to it."""
        await self.open(button)
        await self.fill(**terms)
        await self.confirm("Send offer")

    async def request(self, text: str) -> None:
        """Ask for other terms."""
        await self.open("Request amendment")
        await self.dialog.get_by_label("What would you like changed?").fill(text)
        await self.confirm("Send request")

    async def accept(self) -> None:
        """Accept what is on the screen."""
        await self.open("Accept deal")
        await self.confirm("Accept these terms")

    async def reject(self, reason: str = "") -> None:
        """Decline for good."""
        await self.open("Reject deal")
        await self.dialog.get_by_label("Reason", exact=True).fill(reason)
        await self.confirm("Reject")

    async def open_sheet(self) -> None:
        """On a phone, open the sheet with all of the deal; elsewhere it stands beside the conversation."""
        strip = self.button("Deal and history")
        if await strip.is_visible() and await strip.get_attribute("aria-expanded") == "false":
            await strip.click()

    async def show(self, tab: str) -> None:
        """Open the timeline or the version history, on a phone in the sheet."""
        await self.open_sheet()
        await self.page.get_by_role("tab", name=tab, exact=True).click()

    async def reload(self) -> None:
        """Reload the page, and be there again."""
        await self.page.reload()
        await self.entered()

    async def entered(self) -> None:
        """Until the room is complete, shows oneself as present, and hears the server."""
        await expect(self.participants).to_contain_text("(you)")
        await self.page.wait_for_function("window.socket?.connected")


class Person:
    """Somebody with a browser of their own. What the browser complains of is kept in `complaints`."""

    def __init__(self, name: str, context: BrowserContext, page: Page, address: str) -> None:
        self.name = name
        self.context = context
        self.page = page
        self.complaints: list[str] = []
        self._address = address
        self._expected: list[str] = []
        context.on("console", self._hear_console)
        context.on("weberror", self._hear_error)

    def expects(self, complaint: str) -> None:
        """Say beforehand that the browser may complain of this (a regular expression)."""
        self._expected.append(complaint)

    def at(self, path: str) -> str:
        """A path or a link as a full address."""
        return path if path.startswith("http") else self._address + path

    async def visit(self, path: str, page: Page | None = None) -> int:
        """Open an address in the tab that lies in front from now on; returns the HTTP status."""
        page = page or self.page
        await page.bring_to_front()
        response = await page.goto(self.at(path))
        assert response is not None
        return response.status

    async def enter_name_and_password(self, button: str, *, name: str = "", password: str = PASSWORD) -> None:
        """Fill in the form of the start page and press one of its two buttons."""
        await self.page.get_by_label("Name", exact=True).fill(name or self.name)
        await self.page.get_by_label("Password", exact=True).fill(password)
        await self.page.get_by_role("button", name=button, exact=True).click()

    async def sign_up(self, at: str = "/trades") -> None:
        """Open an address, create an account, and arrive there."""
        await self.visit(at)
        await self.enter_name_and_password("Create account")
        await self.page.wait_for_url(self.at(at))

    async def register(self) -> None:
        """Create an account without looking at the form: what its button posts, and nothing else."""
        form = await (await self.context.request.get(self.at("/"))).text()
        fields: dict[str, str | float | bool] = {"name": self.name, "password": PASSWORD, "csrf": csrf_in(form)}
        answer = await self.context.request.post(self.at("/signup"), form=fields, max_redirects=0)
        assert answer.headers["location"] == "/trades"

    async def fill_draft(self, **draft: str) -> None:
        """Type into the form of a new trade."""
        for name, value in draft.items():
            await self.page.get_by_label(DRAFTABLE[name], exact=True).fill(value)

    async def create_trade(self, **draft: str) -> Room:
        """Draft an offer: `title`, `description`, `price`, `quantity`, `buyer`, `minutes`; the room it leads to."""
        if self.page.url != self.at("/trades/new"):
            await self.visit("/trades/new")
        await self.fill_draft(**{"title": "Oak table", "price": "1000", "quantity": "2"} | draft)
        await self.page.get_by_role("button", name="Create trade", exact=True).click()
        await self.page.wait_for_url(re.compile("/room/"))
        room = Room(self.page)
        await room.entered()
        return room

    async def enter(self, link: str, page: Page | None = None) -> Room:
        """Open the link of a room."""
        await self.visit(link, page)
        room = Room(page or self.page)
        await room.entered()
        return room

    async def another_tab(self) -> Page:
        """One more tab of the same browser."""
        return await self.context.new_page()

    def _hear_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self._complain(f"{message.text} ({message.location.get('url', '')})")

    def _hear_error(self, error: WebError) -> None:
        self._complain(f"{error.error}")

    def _complain(self, complaint: str) -> None:
        if not any(re.search(expected, complaint) for expected in self._expected):
            self.complaints.append(complaint)


def in_any_order(*texts: str) -> Any:
    """A pattern that finds all of these texts."""
    return re.compile("".join(f"(?=.*{re.escape(text)})" for text in texts), re.DOTALL)


async def expect_no_acts(*rooms: Room) -> None:
    """After the close nothing that decides is on the page, behind a dialog neither."""
    names = "Accept deal|Reject deal|Counter-offer|Amend deal|Change offer|Request amendment|Answer with an offer"
    closing = "Withdraw offer|Extend|Invitation|Accept these terms|Review new terms|Save changes|Send offer"
    for room in rooms:
        deciding = room.page.get_by_role("button", name=re.compile(f"^({names}|{closing})$"), include_hidden=True)
        await expect(deciding).to_have_count(0)
