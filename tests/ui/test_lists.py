"""My trades: both roles, live, by whose turn it is, with the code for the seller only where it is needed."""

import asyncio
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.bootstrap import Application
from app.domain.trade import Trade
from app.ui.components.button import Button
from app.ui.components.html_block import Block
from tests.ui.browser import ZONE, Browser
from tests.ui.newcomers import bea, sam
from tests.ui.reading import descend
from tests.ui.slow import slow_first_answer
from tests.ui.visitor import ORIGIN

__all__ = ["bea", "sam"]
GROUPS = ("Your turn", "Waiting", "Closed")


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


def groups(page: Browser) -> dict[str, list[str]]:
    """The headings that are to be seen, with the titles below each, as they stand."""
    said: dict[str, list[str]] = {}
    counts: dict[str, str] = {}
    for element in descend(page.page.layout):
        if isinstance(element, Block) and "group-head" in element.classes:
            name, count = re.findall(">([^<]*)</(?:h2|span)>", element.content)
            said[name] = below = []
            counts[name] = count
        elif isinstance(element, Block) and (title := re.search("<h3[^>]*><a[^>]*>([^<]*)</a></h3>", element.content)):
            below.append(title[1])
    assert all(count in {"", f"{len(said[name])}", f"{len(said[name])}+"} for name, count in counts.items())
    return said


async def turned(sam: Browser, bea: Browser, *titles: str) -> list[Trade]:
    """Trades of Sam's in which it is Bea's turn, each with a later deadline than the one before."""
    trades = [await sam.offer(title, minutes=str(30 + n)) for n, title in enumerate(titles)]
    for trade in trades:
        await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    return trades


async def test_a_trade_moves_between_the_groups_with_the_turn(sam: Browser, bea: Browser) -> None:
    first, second = await turned(sam, bea, "Ends first", "Ends second")
    rooms, seller, buyer = sam.application.negotiation, await sam.viewer(), await bea.viewer()
    draft = await sam.offer("Nobody has joined", minutes="99")
    for page in (sam, bea):
        await page.open("/trades")
    assert groups(sam) == {"Waiting": [first.title, second.title, draft.title]}
    assert groups(bea) == {"Your turn": [first.title, second.title]}
    await rooms.request_amendment(buyer, second.id, "Less?")
    await sam.until(lambda: groups(sam) == {"Your turn": [second.title], "Waiting": [first.title, draft.title]})
    await bea.until(lambda: groups(bea) == {"Your turn": [first.title], "Waiting": [second.title]})
    await rooms.offer(buyer, first.id, 1, price="900", quantity="5", description="", reason="")
    await sam.until(lambda: groups(sam)["Your turn"] == [first.title, second.title])
    await rooms.extend(seller, first.id, first.expires_at + timedelta(minutes=10))
    await sam.until(lambda: groups(sam)["Your turn"] == [second.title, first.title])
    await rooms.accept(seller, first.id, 2)
    await rooms.withdraw(seller, second.id, 1, "")
    closed = [second.title, first.title]
    await sam.until(lambda: groups(sam) == {"Waiting": [draft.title], "Closed": closed})
    await bea.until(lambda: groups(bea) == {"Closed": closed})
    assert "Withdrawn" in row(bea, second.title)
    for page in (sam, bea):
        before = groups(page)
        await page.open("/trades")
        assert groups(page) == before


async def test_a_turn_that_changes_nothing_of_a_row_moves_no_row(sam: Browser, bea: Browser) -> None:
    (trade,) = await turned(sam, bea, "Stands still")
    await sam.open("/trades")
    (element,) = (e for e in descend(sam.page.layout) if e.props.get("data-testid") == "trade")
    await sam.application.negotiation.offer(
        await sam.viewer(), trade.id, 1, price="1", quantity="5", description="", reason=""
    )
    await sam.until(lambda: "$1.00" in row(sam, trade.title))
    assert [e for e in descend(sam.page.layout) if e.props.get("data-testid") == "trade"] == [element]


async def test_prices_are_told_in_the_trade_s_currency_and_for_its_unit(sam: Browser) -> None:
    trade = await sam.offer("Oak", price="920", quantity="44", currency="EUR", unit="per <b>pallet")
    await sam.open("/trades")
    assert "€920.00 per <b>pallet × 44 = €40,480.00" in row(sam, trade.title)


async def test_the_deadline_stands_below_the_clock_as_a_time_of_the_browser(sam: Browser) -> None:
    trade = await sam.offer("With a time")
    await sam.open("/trades")
    local = trade.expires_at.astimezone(ZoneInfo(ZONE))
    assert re.search(rf"until (\w+ \d+, )?{local:%H:%M}", row(sam, trade.title))


async def test_the_link_of_a_trade_leads_to_its_room(sam: Browser) -> None:
    trade = await sam.offer("With a link")
    await sam.open("/trades")
    assert f'href="/room/{trade.code}"' in sam.markup()
    links = {button.props["data-link"]: button for button in sam.buttons("Copy link") if isinstance(button, Button)}
    link = f"{ORIGIN}/room/{trade.code}"
    sam.trigger(links[link], "click", True)
    await sam.hears("Link copied")
    assert "please copy it from there" not in sam.everything()
    sam.trigger(links[link], "click", False)
    assert "The link is selected: please copy it from there." in sam.everything()
    assert link in sam.everything()


async def test_filters_show_what_they_say_and_stay_live(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer("To be filtered")
    await sam.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await sam.open("/trades")
    sam.press("Open")
    await sam.until(lambda: bool(row(sam, trade.title)))
    await bea.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await sam.until(lambda: not row(sam, trade.title))
    sam.press("Rejected")
    await sam.until(lambda: "Rejected" in row(sam, trade.title))
    sam.press("Expired")
    await sam.sees("No trades with this status")


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


async def test_a_page_stays_as_long_as_it_is_and_shows_what_belongs_on_it(application: Application) -> None:
    seller = await Browser(application).signed_in("Seller of pages")
    buyer = await Browser(application).signed_in("Buyer of pages")
    trades = [await seller.offer(f"Row {n:02}", minutes=str(30 + n)) for n in range(22)]
    await seller.open("/trades")
    await application.negotiation.join(await buyer.viewer(), trades[21].id, trades[21].code)
    await seller.offer("Later than all", minutes="99")
    assert len(seller.texts("trade")) == 20
    await application.negotiation.request_amendment(await buyer.viewer(), trades[21].id, "Less?")
    rows = [f"Row {n:02}" for n in range(19)]
    await seller.until(lambda: groups(seller) == {"Your turn": ["Row 21"], "Waiting": rows})
    seller.press("Next")
    await seller.until(lambda: groups(seller) == {"Waiting": ["Row 19", "Row 20", "Later than all"]})
    await application.negotiation.withdraw(await seller.viewer(), trades[20].id, 1, "")
    await seller.until(lambda: groups(seller) == {"Waiting": ["Row 19", "Later than all"], "Closed": ["Row 20"]})


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
    assert row(sam, trade.title)


async def test_a_closed_page_is_not_told_anything_any_more(sam: Browser) -> None:
    await sam.offer("Watched")
    lobby, ticker = sam.application.lobby, sam.application.ticker
    await sam.open("/trades")
    assert lobby.lists
    assert ticker._dials
    sam.page.delete()
    assert not lobby.lists
    assert not ticker._dials
