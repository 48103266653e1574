"""My trades: both roles, live, with the code for the seller only where it is needed."""

import asyncio
from uuid import uuid4

import pytest

from app.bootstrap import Application
from app.ui.components.button import Button
from tests.ui.browser import ORIGIN, Browser
from tests.ui.slow import slow_first_answer


@pytest.fixture
async def sam(application: Application) -> Browser:
    """A seller whose list is empty."""
    return await Browser(application).signed_in(f"Sam {uuid4().hex[:6]}")


@pytest.fixture
async def bea(application: Application) -> Browser:
    """A buyer whose list is empty."""
    return await Browser(application).signed_in(f"Bea {uuid4().hex[:6]}")


def row(page: Browser, title: str) -> str:
    """What a person reads in the one row of this title, or nothing."""
    rows = [text for text in page.texts("trade") if title in text]
    assert len(rows) <= 1
    return rows[0] if rows else ""


async def test_a_trade_is_live_in_both_lists_from_its_draft_to_its_outcome(sam: Browser, bea: Browser) -> None:
    await sam.open("/trades")
    await bea.open("/trades")
    trade = await sam.offer("Live in lists", buyer=bea.name)
    await sam.until(lambda: f"Draft Seller for {bea.name} , not joined yet" in row(sam, trade.title))
    for part in ("$1,000.00 × 5 = $5,000.00", "Copy link", "Enter room"):
        assert part in row(sam, trade.title)
    assert not row(bea, trade.title)
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await sam.until(lambda: f"In negotiation Seller with {bea.name}" in row(sam, trade.title))
    await bea.until(lambda: f"In negotiation Buyer with {sam.name}" in row(bea, trade.title))
    assert "Copy link" not in row(bea, trade.title)
    await sam.application.negotiation.offer(
        await sam.viewer(), trade.id, 1, price="900.50", quantity="2", description="", reason=""
    )
    await bea.until(lambda: "$900.50 × 2 = $1,801.00" in row(bea, trade.title))
    await bea.application.negotiation.accept(await bea.viewer(), trade.id, 2)
    for page in (sam, bea):
        await page.sees("Accepted")
        assert "View details" in row(page, trade.title)
        assert "Copy link" not in row(page, trade.title)


async def test_the_link_of_a_trade_leads_to_its_room(sam: Browser) -> None:
    trade = await sam.offer("With a link")
    await sam.open("/trades")
    assert f'href="/room/{trade.code}"' in sam.markup()
    links = {button.props["data-link"]: button for button in sam.buttons("Copy link") if isinstance(button, Button)}
    link = f"{ORIGIN}/room/{trade.code}"
    sam.trigger(links[link], "click", True)
    assert sam.toast("Link copied")
    assert "please copy it from there" not in sam.everything()
    sam.trigger(links[link], "click", False)
    assert "The link is selected: please copy it from there." in sam.everything()
    assert link in sam.everything()


async def test_filters_show_what_they_say_and_stay_live(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer("To be filtered")
    await sam.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await sam.open("/trades")
    sam.press("Open")
    await sam.until(lambda: sam.button("Open").props["aria-pressed"] == "true")
    await sam.until(lambda: bool(row(sam, trade.title)))
    await bea.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await sam.until(lambda: not row(sam, trade.title))
    sam.press("Rejected")
    await sam.until(lambda: "Rejected" in row(sam, trade.title))
    sam.press("Expired")
    await sam.sees("No trades with this status.")


async def test_long_lists_are_paged(application: Application) -> None:
    seller = await Browser(application).signed_in("Seller of many")
    for n in range(23):
        await seller.offer(f"Many {n:02}", minutes=str(30 + n))
    await seller.open("/trades")
    assert [text.split()[1] for text in seller.texts("trade")] == [f"{n:02}" for n in range(20)]
    assert not seller.has_button("Previous")
    seller.press("Next")
    await seller.until(lambda: len(seller.texts("trade")) == 3)
    seller.press("Previous")
    await seller.until(lambda: len(seller.texts("trade")) == 20)


async def test_a_new_person_is_told_what_to_do_next(application: Application) -> None:
    newcomer = await Browser(application).signed_in("Newcomer without trades")
    await newcomer.open("/trades")
    assert "No trades yet" in newcomer.everything()
    assert "Draft your first offer" in newcomer.everything()
    await newcomer.offer("The first one")
    await newcomer.until(lambda: bool(row(newcomer, "The first one")))
    assert "No trades yet" not in newcomer.everything()


async def test_what_happens_while_the_list_is_being_read_is_not_lost(
    sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = await sam.offer("Read slowly")
    with slow_first_answer(monkeypatch, sam.application.history, "trades_of") as answer:
        opening = asyncio.create_task(sam.open("/trades"))
        await answer.asked.wait()
        await sam.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
        answer.may_come.set()
        await opening
    await sam.until(lambda: "In negotiation" in row(sam, trade.title))


async def test_the_filter_pressed_last_is_shown_though_an_earlier_one_is_answered_later(
    sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade, closed = await sam.offer("Only a draft"), await sam.offer("No longer one")
    await sam.application.negotiation.join(await bea.viewer(), closed.id, closed.code)
    await sam.application.negotiation.reject(await bea.viewer(), closed.id, 1, "")
    await sam.open("/trades")
    with slow_first_answer(monkeypatch, sam.application.history, "trades_of") as answer:
        sam.press("Expired")
        await answer.asked.wait()
        sam.press("Open")
        answer.may_come.set()
        await sam.until(lambda: not row(sam, closed.title))
        await asyncio.sleep(0.05)
    assert sam.button("Open").props["aria-pressed"] == "true"
    assert row(sam, trade.title)


async def test_a_closed_page_is_not_told_anything_any_more(sam: Browser) -> None:
    await sam.offer("Watched")
    lobby, ticker = sam.application.lobby, sam.application.ticker
    await sam.open("/trades")
    assert lobby._lists
    assert ticker._dials
    sam.page.delete()
    assert not lobby._lists
    assert not ticker._dials
