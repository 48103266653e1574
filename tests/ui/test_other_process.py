"""What other processes do is right on every page: also what they did while this one heard nothing, and who has gone."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from app.bootstrap import Application
from app.domain.names import GONE
from app.domain.trade import Trade
from app.settings import Settings
from tests.ui.browser import Browser
from tests.ui.newcomers import newcomer, sam

__all__ = ["sam"]


@pytest.fixture
async def elsewhere(application: Application, settings: Settings, url: str) -> AsyncIterator[Application]:
    """Another process on the same database, which serves nobody."""
    async with Application(settings, url) as elsewhere:
        yield elsewhere


@pytest.fixture
async def ann(application: Application) -> Browser:
    """Somebody who will go."""
    return await newcomer(application, "Ann")


@pytest.fixture
async def sold(application: Application, sam: Browser, ann: Browser) -> Trade:
    """What Sam has sold to Ann, who has said goodbye."""
    trade = await sam.offer(f"Sold to {ann.name.split()[1]}")
    viewer = await ann.viewer()
    await application.negotiation.join(viewer, trade.id, trade.code)
    await application.negotiation.accept(viewer, trade.id, 1)
    await application.negotiation.send(viewer, trade.id, "Goodbye then")
    return trade


async def test_lists_show_what_was_done_while_no_news_came(
    application: Application, elsewhere: Application, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = await sam.offer(f"Unheard {uuid4().hex[:8]}")
    mine, board = await sam.open("/trades"), await sam.tab().open("/activity")
    await Browser.wait(lambda: application.feed.listening)
    with monkeypatch.context() as deaf:
        deaf.setattr(application.feed, "_heard", lambda *_: None)
        viewer = await bea.viewer()
        await elsewhere.negotiation.join(viewer, trade.id, trade.code)
        await elsewhere.negotiation.send(viewer, trade.id, "Is anybody there?")
        made = await elsewhere.trades.draft(
            await sam.person(),
            title=f"{trade.title} too",
            description="",
            price="1",
            quantity="1",
            buyer="",
            minutes="5",
        )
    assert "Is anybody there?" not in mine.everything()
    await application._resume()
    await mine.sees("Is anybody there?")
    await mine.sees(made.title)
    (row,) = (
        text for text in mine.texts("trade") if f"{trade.title} with" in " ".join(text.split()) or "Is anybody" in text
    )
    assert "In negotiation" in row
    await board.until(
        lambda: (
            any(trade.title in text and "In negotiation" in text for text in board.texts("trade"))
            and any(made.title in text for text in board.texts("trade"))
        )
    )


@pytest.mark.parametrize("heard", [True, False])
async def test_whoever_has_gone_has_no_name_on_any_page(
    application: Application, sam: Browser, ann: Browser, sold: Trade, monkeypatch: pytest.MonkeyPatch, *, heard: bool
) -> None:
    """Deleted by another process, while its news are heard or while they are not."""
    await ann.room(sold)
    mine, board, room = await sam.open("/trades"), await sam.tab().open("/activity"), await sam.tab().room(sold)
    await Browser.wait(lambda: application.feed.listening)
    pages = (mine, board, room)
    for page in pages:
        await page.until(lambda page=page: ann.name in page.markup())  # type: ignore[misc]
    monkeypatch.setattr(application.presence, "_grace", 12.0)
    ann.leave()
    with monkeypatch.context() as deaf:
        if not heard:
            deaf.setattr(application.feed, "_renamed", lambda *_: None)
        assert await application._store.delete_user((await ann.person()).id, GONE)
    if not heard:
        await application._resume()
    for page in pages:
        await page.until(lambda page=page: GONE in page.markup() and ann.name not in page.markup())  # type: ignore[misc]
    tab = await sam.tab().room(sold)
    assert GONE in tab.text("participants")
    assert "Goodbye then" in tab.text("messages")
    assert ann.name not in tab.markup()
