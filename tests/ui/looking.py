"""What people do who look at a room's page, or elsewhere."""

import re

import pytest

from app.domain.kinds import Kind
from app.domain.read_marks import ReadMark
from app.domain.trade import Trade
from tests.ui.browser import Browser


def look(page: Browser, *, visible: bool = True) -> None:
    """The tab is shown, or hidden."""
    if page.is_shown and not visible and (rows := re.findall(r'data-seq="(\d+)"', page.markup())):
        page.trigger(page.page.layout, "seen", args=[int(rows[-1]), 0])
    page.is_shown = visible
    page.trigger(page.page.layout, "visibility", args=visible)


async def say(page: Browser, trade: Trade, text: str) -> int:
    """A message, not by the page; its place."""
    return (await page.application.negotiation.send(await page.viewer(), trade.id, text)).seq


async def presence(page: Browser, state: str) -> None:
    """Wait until the other party is shown in this state."""
    await page.until(lambda: f'data-testid="counterparty" data-presence="{state}"' in page.markup())


def listen(page: Browser, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a page is told from now on, of all scripts that it is sent."""
    told: list[str] = []
    monkeypatch.setattr(
        page.page, "run_javascript", lambda script: told.append(script) if script.startswith("tellNews") else None
    )
    return told


async def mark(page: Browser, trade: Trade) -> ReadMark:
    """How far this person has seen, if ever."""
    marks = await page.application.read_marks.of_trade(await page.viewer(), trade.id)
    return marks.get((await page.person()).id, ReadMark(0, None))


async def kinds(page: Browser, trade: Trade) -> list[Kind]:
    """What has happened."""
    return [action.kind for action in await page.application.history.actions(trade.id)]


async def is_marked(page: Browser, trade: Trade, seq: int) -> bool:
    return (await mark(page, trade)).seen_seq >= seq
