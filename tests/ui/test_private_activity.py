"""The dashboard and private trades: their parties see them whole, others their status, and nothing else ever."""

import asyncio
from typing import Any

import pytest
from nicegui.outbox import Message

from app.domain.kinds import Status
from app.domain.trade import Trade
from app.settings import Settings
from tests.ui.browser import Browser
from tests.ui.test_activity import all_that_is_sent, figure, row

TITLE, TEXT, UNIT, REASON, WORD = "Veiled vases", "Ming, veiled.", "per veiled crate", "Veiled reason", "Veiled word"
SECRETS = (TITLE, TEXT, UNIT, REASON, WORD, "Veiled", "777.77", "666.66", "87,654")


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The usual settings, but for what a test changes."""
    return settings.model_copy(update=getattr(request, "param", {}))


async def private(sam: Browser, title: str = TITLE, **changes: Any) -> Trade:
    """A private trade of Sam's."""
    return await sam.offer(
        title, description=TEXT, price="777.77", quantity="87654", currency="GBP", unit=UNIT, private=True, **changes
    )


def sent_to(page: Browser) -> list[str]:
    """All that the server sends to the open page from now on."""
    sent, emit = [], page.page.outbox._emit

    async def note_and_emit(message: Message) -> None:
        sent.append(str(message))
        await emit(message)

    page.page.outbox._emit = note_and_emit  # type: ignore[method-assign]
    return sent


async def test_nothing_that_is_sent_to_others_tells_more_than_the_status(
    sam: Browser, bea: Browser, eve: Browser
) -> None:
    before = await private(sam, f"{TITLE} before")
    await eve.open("/activity")
    sent = sent_to(eve)
    total = figure(eve, "total-trades")
    trade = await private(sam)
    await eve.until(lambda: eve.texts("trade")[:2] == ["Private trade Draft"] * 2)
    assert figure(eve, "total-trades") == total + 1
    await sam.room(trade)
    await bea.room(trade)
    await eve.until(lambda: eve.texts("trade")[0] == "Private trade In negotiation")
    rooms, seller, buyer = sam.application.negotiation, await sam.viewer(), await bea.viewer()
    await rooms.send(buyer, trade.id, WORD)
    await rooms.offer(buyer, trade.id, 1, price="666.66", quantity="87654", description=TEXT, reason=REASON)
    bea.leave()
    await rooms.reject(seller, trade.id, 2, REASON)
    await eve.until(lambda: eve.texts("trade")[0] == "Private trade Rejected")
    page = (await eve.get("/activity")).text
    for secret in (*SECRETS, trade.code, before.code, trade.created_at.isoformat()):
        assert secret not in page
        assert secret not in all_that_is_sent(eve)
        assert not [message for message in sent if secret in message]
    assert not [message for message in sent if "Sam" in message or "Bea" in message]


async def test_what_changes_no_status_sends_nothing_to_others(sam: Browser, bea: Browser, eve: Browser) -> None:
    trade = await private(sam, "Quiet quilts")
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    listed = await sam.offer("Listed beside it")
    for page in (eve, bea):
        await page.open("/activity")
    order = eve.texts("trade")[:2]
    assert listed.title in order[0]
    await asyncio.sleep(0.2)
    sent = sent_to(eve)
    rooms, buyer = sam.application.negotiation, await bea.viewer()
    await rooms.send(buyer, trade.id, WORD)
    await rooms.offer(buyer, trade.id, 1, price="666.66", quantity="87654", description=TEXT, reason=REASON)
    await bea.until(lambda: "£666.66" in row(bea, trade.title))
    await asyncio.sleep(0.2)
    assert (sent, eve.texts("trade")[:2]) == ([], order)


async def test_what_changes_no_status_moves_no_row_of_a_page_that_is_loaded_again(
    sam: Browser, bea: Browser, eve: Browser
) -> None:
    trade = await private(sam, "Motionless mugs")
    listed = await sam.offer("Listed over it")
    rooms, buyer = sam.application.negotiation, await bea.viewer()
    await rooms.join(buyer, trade.id, trade.code)
    for _ in range(2):
        await rooms.send(buyer, trade.id, WORD)
        await eve.open("/activity")
        above, row_of_it = eve.texts("trade")[:2]
        assert listed.title in above
        assert row_of_it == "Private trade In negotiation"
        eve.leave()


async def test_its_parties_see_a_private_trade_whole(sam: Browser, bea: Browser) -> None:
    trade = await private(sam, "Whole to both")
    for page in (sam, bea):
        await page.open("/activity")
    assert f"{trade.title} Draft £777.77 {UNIT} 87,654 Nobody" in row(sam, trade.title)
    assert not row(bea, trade.title)
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await bea.until(lambda: "In negotiation £777.77" in row(bea, trade.title))


@pytest.mark.parametrize("status", [None, *Status])
async def test_a_search_never_finds_the_title_of_others_private_trades(
    sam: Browser, eve: Browser, status: Status | None
) -> None:
    await private(sam, "Sought after")
    for page, found in ((sam, True), (eve, False)):
        await page.open("/activity")
        if status is not None:
            page.press(status.word)
        page.fill("Search by title", "sought")
        await page.until(
            lambda page=page: any(query.title for query in page.application.dashboard._listings)  # type: ignore[misc]
        )
        await asyncio.sleep(0.05)
        assert bool(page.texts("trade")) == (found and status in {None, Status.DRAFT})
        page.page.delete()


@pytest.mark.parametrize("settings", [{"dashboard": "off"}], indirect=True)
async def test_where_the_dashboard_is_off_everybody_sees_their_own_trades_alone(
    sam: Browser, bea: Browser, eve: Browser
) -> None:
    for page in (sam, bea, eve):
        await page.open("/activity")
    sent = sent_to(eve)
    trade = await sam.offer("Off the board")
    await sam.until(lambda: "Draft" in row(sam, trade.title))
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await bea.until(lambda: "In negotiation" in row(bea, trade.title))
    assert not row(eve, trade.title)
    assert not [message for message in sent if "board" in message or "negotiation" in message]
    assert eve.texts("total-trades") == eve.texts("active-rooms") == []
    assert len(eve.texts("users-online")) == 1
