"""What a person does on the pages of Traderoom: the events that a browser would send."""

import asyncio
import re
from itertools import count
from time import perf_counter
from uuid import UUID, uuid4

from app.ui.browser import typed
from tests.bench.page import Page, listener
from tests.bench.person import PATIENCE, Person

_TYPED = "update:value"
"""What NiceGUI's own field sends at every change of its text."""
KEYS = 12
"""Pressed before each Enter, where people type; they are told as one."""
_REFUSED = re.compile(r"messages\.settle\('(.*?)', \".+\"\)")
_numbers = count(1)


def token() -> str:
    """A text that nobody has said before."""
    return f"word-{next(_numbers):07}-x"


def type_message(person: Person, *, going_on: bool = True) -> None:
    """Press the first of some keys in a row, which tells of all, or end."""
    tell(person, "typing", going_on)


def press_enter(person: Person, text: str) -> UUID:
    """Send a message, and return the name of the request: a new one, but after a refusal."""
    refused = _REFUSED.fullmatch(person.page.answer)
    request = UUID(refused[1]) if refused else uuid4()
    person.page.answer = ""
    tell(person, "send", {"request": str(request), "text": text})
    return request


def is_sent(page: Page, request: UUID) -> bool:
    """Whether the server has answered that a message is recorded."""
    return typed.settle(request) == page.answer


def tell(person: Person, event: str, *details: object) -> None:
    """Fire an event of the composer's."""
    page = person.page
    if page.composer not in page.elements:
        page.composer = next(number for number, each in page.elements.items() if listener(each, "typing"))
    person.fire_at(page.composer, page.elements[page.composer], event, *details)


async def say(speaker: Person, listener: Person) -> float:
    """Send a message; returns milliseconds until the listener has it. The speaker can send again afterwards."""
    text = token()
    seen, own = listener.sees(text), speaker.sees(text)
    asked = perf_counter()
    request = press_enter(speaker, text)
    arrived = await asyncio.wait_for(seen, PATIENCE)
    await asyncio.wait_for(own, PATIENCE)
    await speaker.until(lambda page: is_sent(page, request))
    return (arrived - asked) * 1000


async def amend(seller: Person, watchers: list[Person], cents: int) -> list[float]:
    """Set a price through the dialog; returns milliseconds from pressing `Save changes` until each watcher sees it."""
    price = f"{cents // 100:,}.{cents % 100:02}"
    seller.press("Amend deal")
    await seller.until(lambda page: page.has_button("Save changes"))
    dialog = _dialog(seller.page)
    seller.fire(_TYPED, price.replace(",", ""), label="Price")
    seen = [watcher.sees(f"${price}") for watcher in watchers]
    asked = perf_counter()
    seller.press("Save changes")
    arrived = await asyncio.wait_for(asyncio.gather(*seen), PATIENCE)
    await seller.until(lambda page: not page.elements[dialog]["props"].get("model-value"))
    _hide(seller, dialog)
    await seller.until(lambda page: not page.has_button("Save changes"))
    return [(moment - asked) * 1000 for moment in arrived]


def show_tab(person: Person, *, visible: bool) -> None:
    """Tell the server that the tab was hidden or shown."""
    person.fire("visibility", visible)


def _dialog(page: Page) -> str:
    return max((number for number, element in page.elements.items() if "dialog" in element["tag"]), key=int)


def _hide(person: Person, dialog: str) -> None:
    """A closed dialog tells when its transition is over, and is then taken from the page."""
    element = person.page.elements[dialog]
    element["props"]["bench"] = dialog
    person.fire("hide", bench=dialog)
