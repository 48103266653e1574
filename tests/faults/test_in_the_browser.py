"""What people see in a real browser while the database is away, and while their network is cut for a moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.network import Line
from tests.e2e.stories import Since, expect_the_same_page, mark, meet
from tests.faults.cut import cast_of, survives_a_cut
from tests.faults.postgres import Postgres, postgres
from tests.faults.talk import CALM, Said, nothing_is_lost
from tests.faults.traderoom import BACK, Traderoom, running, until

AWAY = 8.0
"""Seconds for which the database is stopped."""
SOON = 5_000
IN_TIME = BACK * 1000
"""Milliseconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def database() -> AsyncIterator[Postgres]:
    """The PostgreSQL that is to be broken."""
    async with postgres() as database:
        yield database


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def application(place: Path, database: Postgres) -> AsyncIterator[Traderoom]:
    """A Traderoom on it."""
    async with running(place, database.url, owner=database.owner) as application:
        yield application


async def test_while_the_database_is_away_every_page_shows_a_banner_that_goes_when_it_is_back(
    browser: Browser, application: Traderoom, database: Postgres
) -> None:
    async with cast_of(browser, application) as cast:
        person, _, seller, buyer = await meet(cast.newcomer)
        lists, board = await person.another_tab(), await person.another_tab()
        await person.visit("/trades", lists)
        await person.visit("/activity", board)
        pages = (seller.page, buyer.page, lists, board)
        async with database.stopped():
            for page in pages:
                banner = page.get_by_test_id("outage")
                await expect(banner).to_contain_text("connection to the database is lost", timeout=SOON)
                await expect(banner).to_have_attribute("role", "alert")
        for page in pages:
            await expect(page.get_by_test_id("outage")).to_have_count(0, timeout=IN_TIME)


async def test_while_the_database_is_stopped_what_was_typed_stays_and_is_sent_once_when_it_is_back(
    browser: Browser, application: Traderoom, database: Postgres
) -> None:
    async with cast_of(browser, application) as cast:
        _, _, seller, buyer = await meet(cast.newcomer)
        await mark(buyer)
        await seller.field.fill("Half-wri")
        async with database.stopped():
            away = Since()
            await buyer.field.fill("Said to nobody")
            await buyer.field.press("Enter")
            await expect(buyer.page.get_by_text(CALM)).to_be_visible(timeout=IN_TIME)
            await expect(buyer.field).to_have_value("Said to nobody")
            await away.reach(AWAY)
        await until(application.is_ready, within=BACK)
        await buyer.field.press("Enter")
        await expect(seller.message("Said to nobody")).to_have_count(1, timeout=IN_TIME)
        await expect(buyer.field).to_have_value("")
        await expect(seller.field).to_have_value("Half-wri")
        await seller.field.press("End")
        await seller.field.press_sequentially("tten")
        await seller.field.press("Enter")
        await expect(buyer.message("Half-written")).to_have_count(1, timeout=IN_TIME)
        await expect_the_same_page(buyer)
    await nothing_is_lost(database.owner, Said(sent=["Said to nobody", "Half-written"]))


async def test_after_the_database_was_killed_pages_and_half_written_dialogs_go_on_without_a_reload(
    browser: Browser, application: Traderoom, database: Postgres
) -> None:
    async with cast_of(browser, application) as cast:
        _, _, seller, buyer = await meet(cast.newcomer)
        await mark(seller)
        await mark(buyer)
        await seller.open("Amend deal")
        await seller.fill(price="901.25", reason="Half-wri")
        async with database.killed():
            await until(lambda: _is_not_ready(application), within=BACK)
            await seller.dialog.get_by_role("button", name="Save changes", exact=True).click()
            await expect(seller.dialog.get_by_text(CALM)).to_be_visible(timeout=IN_TIME)
            await expect(seller.dialog.get_by_label("Price", exact=True)).to_have_value("901.25")
        await until(application.is_ready, within=BACK)
        await seller.confirm("Save changes")
        await expect(buyer.part("price")).to_have_text("$901.25", timeout=IN_TIME)
        await buyer.accept()
        await expect(seller.status).to_have_text("Accepted", timeout=IN_TIME)
        await expect_the_same_page(seller)
        await expect_the_same_page(buyer)
    await nothing_is_lost(database.owner, Said())


async def test_a_cut_of_five_seconds_keeps_the_page_its_place_and_half_written_words(
    browser: Browser, application: Traderoom, database: Postgres
) -> None:
    async with Line() as line, cast_of(browser, application) as cast:
        _, person, seller, buyer = await meet(cast.newcomer, line=line)
        await survives_a_cut(line, person, seller, buyer, 5)
        await expect(seller.participants).to_contain_text(person.name)
    await nothing_is_lost(database.owner, Said())


async def test_after_the_server_was_killed_what_was_typed_is_back_and_what_was_sent_is_recorded_once(
    browser: Browser, place: Path, database: Postgres
) -> None:
    async with running(place, database.url, owner=database.owner) as application, cast_of(browser, application) as cast:
        person, other, seller, buyer = await meet(cast.newcomer)
        for each in (person, other):
            each.expects("WebSocket connection|net::ERR_")
        await buyer.open("Counter-offer")
        await buyer.fill(price="901.25", reason="Half-wri")
        await buyer.reload()
        await application.server.kill()
        await expect(buyer.part("connection")).to_contain_text("Not connected", timeout=IN_TIME)
        await buyer.field.fill("Said to a dead server")
        await buyer.field.press("Enter")
        await buyer.field.fill("And more")
        await application.start_again()
        await expect(seller.message("Said to a dead server")).to_have_count(1, timeout=IN_TIME)
        await expect(buyer.page.locator(".waiting .message")).to_have_count(0, timeout=IN_TIME)
        await expect(buyer.field).to_have_value("And more")
        dialog = await buyer.open("Counter-offer")
        await expect(dialog.get_by_label("Price", exact=True)).to_have_value("901.25")
        await buyer.confirm("Send offer")
        await expect(seller.message("Half-wri")).to_have_count(1, timeout=IN_TIME)
    await nothing_is_lost(database.owner, Said(sent=["Said to a dead server"]))


async def test_a_room_that_all_browsers_have_left_is_not_kept_for_their_return(
    browser: Browser, place: Path, database: Postgres
) -> None:
    async with running(place, database.url, owner=database.owner) as application, cast_of(browser, application) as cast:
        person, other, seller, buyer = await meet(cast.newcomer)
        assert (await application.held()).rooms == 1
        await person.visit("/trades", seller.page)
        await other.visit("/trades", buyer.page)
        await until(lambda: _holds_no_room(application), within=BACK)
    await nothing_is_lost(database.owner, Said())


async def _holds_no_room(application: Traderoom) -> bool:
    return (await application.held()).rooms == 0


async def _is_not_ready(application: Traderoom) -> bool:
    await asyncio.sleep(0)
    return not await application.is_ready()
