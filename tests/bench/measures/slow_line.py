"""A real browser on a slow line (50 kB/s, 400 ms): what a first and a second visit load, how long they take, and how
long a key that is pressed on a fast line takes to be seen by the other side."""

import sys
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any

from tests.bench.figures import Goal, Result, Row
from tests.bench.floors import Floors
from tests.bench.sizes import Size
from tests.bench.stage import Site, Stage
from tests.bench.town import Citizen

try:
    from playwright.async_api import Browser, BrowserContext, Page, async_playwright

    from tests import chromium
except ImportError:  # the bench needs it for this measure alone
    async_playwright = None  # type: ignore[assignment]

_LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
_LIVE = "window.socket?.connected && !document.querySelector('#placeholder')"
_GOALS = {"sign-in": (Goal(40), Goal(3)), "room": (Goal(260), Goal(8)), "again": (Goal(10), Goal())}
"""Of each visit: kilobytes, and seconds until it can be used."""


async def measure(stage: Stage, _: Floors, size: Size) -> AsyncIterator[Result]:
    """Kilobytes, seconds and milliseconds; nothing where there is no Chromium."""
    if async_playwright is None or chromium.program() is None:
        sys.stderr.write("  left out: there is no Chromium here, or no Playwright to drive it\n")
        return
    async with stage.town() as town, async_playwright() as playwright:
        sam, bea = await town.people(2, "Visitor")
        deal = await town.deal(sam, bea)
        browser = await chromium.launch(playwright)
        try:
            async with stage.open(town) as site:
                await _visit(
                    await _signed_in(browser, site, sam), site, deal.path
                )  # the server's first, which compresses
                kilobytes: dict[str, list[float]] = {name: [] for name in _GOALS}
                seconds: dict[str, list[float]] = {name: [] for name in _GOALS}
                for _number in range(size.visits):
                    guest, seller = await browser.new_context(), await _signed_in(browser, site, deal.seller)
                    visits = (("sign-in", guest, "/"), ("room", seller, deal.path), ("again", seller, deal.path))
                    for name, context, path in visits:
                        loaded, took = await _visit(context, site, path)
                        kilobytes[name].append(loaded / 1000)
                        seconds[name].append(took)
                    await guest.close()
                    await seller.close()
                for name, (most, slowest) in _GOALS.items():
                    visit = "room, a second visit" if name == "again" else f"{name}, a first visit"
                    yield Row(f"{visit}, slow line", "kB", kilobytes[name], goal=most)
                    yield Row(f"{visit}, until it can be used", "s", seconds[name], goal=slowest)
                keys = await _keys(browser, site, (deal.seller, deal.buyer), deal.path, size.visits * 10)
                yield Row("key pressed → typing seen, real browsers", "ms", keys)
        finally:
            await browser.close()


async def _visit(context: BrowserContext, site: Site, path: str) -> tuple[float, float]:
    """Bytes that were loaded, and seconds until the page's form is there or its socket is open."""
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    sizes: list[float] = []

    def finished(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    network.on("Network.loadingFinished", finished)
    await network.send("Network.enable")
    await network.send("Network.emulateNetworkConditions", _LINE)
    began = perf_counter()
    await page.goto(site.server.site + path, wait_until="commit")
    if path == "/":
        await page.get_by_role("button", name="Create account").click(trial=True)
    else:
        await page.wait_for_function(_LIVE)
    took = perf_counter() - began
    await page.wait_for_load_state("networkidle")
    await page.close()
    return sum(sizes), took


async def _keys(browser: Browser, site: Site, people: tuple[Citizen, Citizen], path: str, count: int) -> list[float]:
    """Milliseconds from a first key in one browser to the typing mark in the other."""
    writer, reader = [await _in_room(browser, site, citizen, path) for citizen in people]
    field, mark = writer.get_by_label("Message", exact=True), reader.get_by_test_id("typing")
    took = []
    for _ in range(count):
        began = perf_counter()
        await field.press("x")
        await mark.wait_for()
        took.append(1000 * (perf_counter() - began))
        await field.press("Enter")
        await mark.wait_for(state="detached")
    return took


async def _in_room(browser: Browser, site: Site, citizen: Citizen, path: str) -> Page:
    page = await (await _signed_in(browser, site, citizen)).new_page()
    await page.goto(site.server.site + path)
    await page.wait_for_function(_LIVE)
    return page


async def _signed_in(browser: Browser, site: Site, citizen: Citizen) -> BrowserContext:
    context = await browser.new_context()
    await context.add_cookies(
        [{"name": name, "value": value, "url": site.server.site} for name, value in citizen.cookies.items()]
    )
    return context
