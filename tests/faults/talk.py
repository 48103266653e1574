"""People who talk on through a fault and remember what the page has told them was sent."""

import asyncio
import json
from dataclasses import dataclass, field
from time import perf_counter

import psycopg

from app.ui.browser import typed
from app.ui.components.feedback import _FAULT_OF_OURS
from tests.bench import deeds
from tests.bench.page import Page
from tests.bench.person import PATIENCE, Person
from tests.db.audit import broken_promises
from tests.faults.traderoom import rows

CALM = _FAULT_OF_OURS
"""What a person is told when something of ours has failed."""


@dataclass
class Said:
    """What was said: `sent` as the page had it, `unsure` where it showed no sign, or a calm sentence."""

    sent: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


def status_of(page: Page) -> str:
    """The trade's status as the page shows it."""
    return page.text("status")


async def try_to_say(person: Person, text: str) -> str:
    """Send a text; returns what the page answers: nothing when it was sent, else what it says, the text being back."""
    answered = typed.settle(deeds.press_enter(person, text)).removesuffix('"")')
    await person.until(lambda page: page.answer.startswith(answered))
    return str(json.loads(person.page.answer.removeprefix(answered).removesuffix(")")))


async def say_at_last(person: Person, text: str, said: Said, within: float) -> float:
    """Press Enter again and again until the message is sent; returns the seconds that it took."""
    began = perf_counter()
    while answer := await asyncio.wait_for(try_to_say(person, text), within):
        assert answer == CALM
        assert perf_counter() - began < within, f"{text} was not sent within {within:.0f} s"
        await asyncio.sleep(0.2)
    said.sent.append(text)
    return perf_counter() - began


async def talk_on(person: Person, said: Said) -> None:
    """Say one thing after another until cancelled."""
    while True:
        text = deeds.token()
        said.unsure.append(text)
        answer = await try_to_say(person, text)
        assert answer in {"", CALM}
        if not answer:
            said.unsure.remove(text)
            said.sent.append(text)
        else:
            await asyncio.sleep(0.1)


async def fall_silent(talk: list[asyncio.Task[None]]) -> None:
    """End everybody's talk; `asyncio.wait_for` may lose a cancellation that comes as its wait ends, so ask again."""
    while going_on := [task for task in talk if not task.done()]:
        for task in going_on:
            task.cancel()
        await asyncio.wait(going_on, timeout=1)


async def amend_on(seller: Person, buyer: Person, cents: int, saved: list[int]) -> None:
    """Set one price after another until cancelled; `saved` are those that both have seen."""
    while True:
        await deeds.amend(seller, [seller, buyer], cents)
        saved.append(cents)
        cents += 1


async def hears(listener: Person, speaker: Person, said: Said) -> float:
    """Something is said and heard; returns the milliseconds between."""
    text = deeds.token()
    seen = listener.sees(text)
    began = perf_counter()
    assert await try_to_say(speaker, text) == ""
    said.sent.append(text)
    return (await asyncio.wait_for(seen, PATIENCE) - began) * 1000


async def nothing_is_lost(owner: str, said: Said) -> None:
    """What was sent is kept exactly once, what is unsure at most once, and every trade keeps its promises."""
    counts = dict(await rows(owner, "SELECT text, count(*) FROM messages GROUP BY text"))
    wrong = {text: counts.get(text, 0) for text in said.sent if counts.get(text, 0) != 1}
    assert wrong == {}, f"{wrong}, of {counts}"
    assert {text: counts[text] for text in said.unsure if counts.get(text, 0) > 1} == {}
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        assert await broken_promises(connection) == {}
