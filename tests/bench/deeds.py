"""What a person does on the pages of Traderoom: the events that a browser would send."""

import asyncio
from itertools import count
from time import perf_counter

from tests.bench.page import Page
from tests.bench.person import PATIENCE, Person

_TYPED = "update:value"
"""What NiceGUI's own field sends at every change of its text."""
_numbers = count(1)


def token() -> str:
    """A text that nobody has said before."""
    return f"word-{next(_numbers):07}-x"


def type_message(person: Person, text: str) -> None:
    """Put a text into the message field, as one change of it."""
    person.fire(_TYPED, text, label="Message")


def press_enter(person: Person, text: str) -> None:
    """Send the text in the message field, with the number of its draft."""
    page = person.page
    if page.message_field not in page.elements:
        page.message_field, _ = page.find("keydown", label="Message")
    person.fire_at(
        page.message_field, page.elements[page.message_field], "keydown", {"text": text, "draft": draft_of(page)}
    )


def draft_of(page: Page) -> str:
    """The number of the draft in the message field; a message that was sent makes another one."""
    if page.composer not in page.elements:
        marked = (number for number, each in page.elements.items() if "data-draft" in (each.get("props") or {}))
        page.composer = next(marked)
    return str(page.elements[page.composer]["props"]["data-draft"])


async def say(speaker: Person, listener: Person) -> float:
    """Send a message; returns milliseconds until the listener has it. The speaker can send again afterwards."""
    text = token()
    seen, own, draft = listener.sees(text), speaker.sees(text), draft_of(speaker.page)
    asked = perf_counter()
    press_enter(speaker, text)
    arrived = await asyncio.wait_for(seen, PATIENCE)
    await asyncio.wait_for(own, PATIENCE)
    await speaker.until(lambda page: draft_of(page) != draft)
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
