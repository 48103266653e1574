"""Faults that last a minute: told all at once, each on a server of its own, heard in test_a_minute."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from time import perf_counter

import psycopg
from playwright.async_api import Browser, expect

from tests.bench import deeds
from tests.bench.browser import Browser as Headless
from tests.bench.process import ROOT, Process, start
from tests.bench.town import SECRET, Deal, town
from tests.e2e.network import Line
from tests.e2e.stories import Since, is_the_same_page, mark, meet
from tests.faults.cut import IN_TIME, NETWORK, cast_of, survives_a_cut
from tests.faults.postgres import postgres
from tests.faults.talk import CALM, Said, hears, nothing_is_lost, say_at_last, status_of, try_to_say
from tests.faults.traderoom import BACK, Traderoom, rows, running, until
from tests.ports import free_port

log = logging.getLogger(__name__)
A_MINUTE = 60.0
FORGOTTEN = 95.0
"""Seconds after which a room's page that nobody came back to is given up."""
Story = Callable[[Path, str, Browser], Awaitable[None]]


async def a_database_that_is_away(place: Path, _: str, __: Browser) -> None:
    """Told calmly all the time, everything by itself within ten seconds, a deadline soon after met to the second."""
    async with postgres() as database, running(place, database.url, owner=database.owner) as application:
        async with town(database.url) as there:
            deal, during, after = await there.rooms(3)
            during = await there.deal(during.seller, during.buyer, 1)
            after = await there.deal(after.seller, after.buyer, (A_MINUTE + BACK + 20) / 60)
        (seller, buyer), said = await application.meet(deal), Said()
        watchers = [await application.enter(each.buyer, each.path) for each in (during, after)]
        await hears(seller, buyer, said)
        before = await application.held()
        async with database.stopped():
            began = perf_counter()
            while perf_counter() - began < A_MINUTE:
                assert await try_to_say(seller, deeds.token()) == CALM
                assert not await application.is_ready()
                assert (await Headless(application.server.site).get("/healthz")).status == 200
                await asyncio.sleep(2)
        back = perf_counter()
        figures = {"ready": await until(application.is_ready, within=BACK)}
        figures["said"] = await say_at_last(seller, deeds.token(), said, BACK)
        await hears(buyer, seller, said)
        await watchers[0].until(lambda page: status_of(page) == "Expired")
        figures["expiry seen"] = perf_counter() - back
        assert max(figures.values()) < BACK
        await watchers[1].until(lambda page: status_of(page) == "Expired")
        figures["late"] = await _late(database.owner, after)
        log.info("a minute without the database, seconds: %s", figures)
        assert 0 <= figures["late"] < 1, figures
        assert not any(person.dropped for person in application.people)
        await nothing_is_lost(database.owner, said)
        await application.leaves_nothing_behind(before, files=1)


async def a_network_that_is_cut(place: Path, url: str, browser: Browser) -> None:
    """The page, what stands in it and what was sent in the dark survive; the other sees one go and come."""
    async with running(place, url) as application, Line() as line, cast_of(browser, application) as cast:
        _, person, seller, buyer = await meet(cast.newcomer, line=line)
        await survives_a_cut(line, person, seller, buyer, A_MINUTE)
    await nothing_is_lost(url, Said(sent=["Sent in a cut of 60 s", "Said during 60 s"]))


async def a_cut_that_a_page_does_not_outlive(place: Path, url: str, browser: Browser) -> None:
    """Somebody types on until the server has given the page up: it loads itself again, the drafts are back, and what
    was sent in the dark is recorded once. However much longer it lasts, no more than that happens."""
    async with running(place, url) as application, Line() as line, cast_of(browser, application) as cast:
        _, person, seller, buyer = await meet(cast.newcomer, line=line)
        person.expects(NETWORK)
        await buyer.open("Counter-offer")
        await buyer.fill(price="901.25", reason="Half-wri")
        await buyer.reload()
        line.cut()
        cut = Since()
        await expect(buyer.connection).to_contain_text("Not connected")
        await buyer.field.fill("Sent into the dark")
        await buyer.field.press("Enter")
        typed = ""
        while cut.seconds < FORGOTTEN:
            await buyer.field.press_sequentially("on and ")
            typed += "on and "
            await asyncio.sleep(5)
        assert (await application.held()).pages == 1
        await mark(buyer)
        line.mend()
        await expect(seller.message("Sent into the dark")).to_have_count(1, timeout=IN_TIME)
        await buyer.entered()
        assert not await is_the_same_page(buyer)
        await expect(buyer.page.locator(".waiting .message")).to_have_count(0, timeout=IN_TIME)
        await expect(buyer.field).to_have_value(typed)
        dialog = await buyer.open("Counter-offer")
        await expect(dialog.get_by_label("Price", exact=True)).to_have_value("901.25")
        await buyer.confirm("Send offer")
        await expect(seller.part("price")).to_have_text("$901.25")
    await nothing_is_lost(url, Said(sent=["Sent into the dark"]))


async def a_worker_that_is_killed(place: Path, url: str, _: Browser) -> None:
    """It had begun to expire trades; another worker ends what it began, once, and what falls due later."""
    settings = {"TRADEROOM_DATABASE_URL": url, "TRADEROOM_SECRET": SECRET}

    def worker(name: str) -> Process:
        return start(place, name, str(ROOT / "main.py"), "worker", port=free_port(), settings=settings)

    async with running(place, url, WORKER="false") as application:
        async with town(url) as there:
            begun = await there.rooms(4, 2 / 60)
            later = await there.deals([(deal.seller, deal.buyer) for deal in begun], 20 / 60)
        watcher = await application.enter(begun[0].buyer, begun[0].path)
        first = worker("first-worker")
        async with await psycopg.AsyncConnection.connect(url) as elsewhere:
            locked = [deal.trade.id for deal in begun]
            await elsewhere.execute("SELECT 1 FROM trades WHERE id = ANY(%s) FOR UPDATE", (locked,))
            await until(lambda: _are_being_expired(url, len(begun)), what="the worker is in the middle of it")
            await first.kill()
        assert status_of(watcher.page) == "In negotiation"
        killed = perf_counter()
        second = worker("second-worker")
        try:
            await until(lambda: _expired(url, later), within=20 + BACK, what="the second worker does the later jobs")
            await until(lambda: _expired(url, begun), within=A_MINUTE + 2 * BACK)
            log.info("what it had begun was ended after %.1f s", perf_counter() - killed)
            await watcher.until(lambda page: status_of(page) == "Expired")
        finally:
            await second.stop()
        assert "Traceback" not in second.said()


async def rooms_that_all_have_left(place: Path, url: str, _: Browser) -> None:
    """Some close their tabs, some vanish without a word: in the end nothing of them is held."""
    async with running(place, url) as application:
        async with town(url) as there:
            deals = await there.rooms(6)
        await (
            await application.enter(deals[0].seller, "/trades")
        ).leave()  # the first socket starts what serves them all
        await until(lambda: _is_empty(application))
        before = await application.held()
        assert (before.rooms, before.clocks, before.pages, before.online) == (0, 0, 0, [])
        said = Said()
        for number, (seller, buyer) in enumerate(await application.meet_all(deals)):
            await hears(seller, buyer, said)
            for person in (seller, buyer):
                if number % 2:
                    person.cut()
                else:
                    await person.leave()
        application.people.clear()
        await application.leaves_nothing_behind(before, within=FORGOTTEN + 2 * BACK)


STORIES: tuple[Story, ...] = (
    a_database_that_is_away,
    a_network_that_is_cut,
    a_cut_that_a_page_does_not_outlive,
    a_worker_that_is_killed,
    rooms_that_all_have_left,
)


async def _late(url: str, deal: Deal) -> float:
    [(late,)] = await rows(
        url, "SELECT extract(epoch FROM closed_at - expires_at) FROM trades WHERE id = %s", deal.trade.id
    )
    return float(late)


async def _is_empty(application: Traderoom) -> bool:
    held = await application.held()
    return (held.pages, held.online) == (0, [])


async def _are_being_expired(url: str, count: int) -> bool:
    """So many jobs have begun, and all of them wait for the locked rows; the worker's look for overdue trades, and each
    minute its sweep, may wait too."""
    [(begun, swept, waiting)] = await rows(
        url,
        "SELECT count(*) FILTER (WHERE task_name = 'expire_trade'), count(*) FILTER (WHERE task_name = 'sweep'),"
        " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"
        " FROM procrastinate_jobs WHERE status = 'doing'",
    )
    return int(begun) == count and int(waiting) - count - int(swept) in {0, 1}


async def _expired(url: str, deals: list[Deal]) -> bool:
    numbers = [deal.trade.id for deal in deals]
    return not await rows(url, "SELECT 1 FROM trades WHERE id = ANY(%s) AND status <> 'expired'", numbers)
