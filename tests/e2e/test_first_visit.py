"""What pages weigh, so that it cannot grow unnoticed, and what they show until their scripts have come."""

import gzip
import sys
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, Route, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room
from tests.e2e.server import Server

SIGN_IN, ROOM, AGAIN = 40_000, 260_000, 10_000
"""Bytes that a page may have a browser fetch, headers included: the first time, and a room a second time."""
_FRAME = (".brand", ".me", ".bar-top form button", "h1")


async def weigh(context: BrowserContext, address: str, ready: str) -> tuple[int, Page]:
    """Open an address in a new tab; the bytes that came over the network for it, and the tab."""
    page = await context.new_page()
    network = await context.new_cdp_session(page)
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}

    def asked(event: dict[str, Any]) -> None:
        names[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        sizes[names[event["requestId"]]] = event["encodedDataLength"]

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", finished)
    await network.send("Network.enable")
    document = await page.goto(address)
    assert document is not None
    await expect(page.locator(ready)).to_be_visible()
    await page.wait_for_load_state("networkidle")
    # NiceGUI sends a page as it is while it runs in a test; else it is compressed like this.
    sizes[document.url] = len(gzip.compress(await document.body()))
    sys.stderr.write(f"{address}: {sizes}\n")  # which a failure shows
    return round(sum(sizes.values())), page


async def test_the_way_in_is_light_and_needs_no_script(browser: Browser, server: Server) -> None:
    context = await browser.new_context(base_url=server.address)
    try:
        size, page = await weigh(context, "/", "#name")
        assert 1_000 < size < SIGN_IN
        assert await page.evaluate("typeof window.Vue") == "undefined", "nothing of what live pages load"
    finally:
        await context.close()


async def test_a_room_is_light_and_lighter_the_second_time(
    browser: Browser, people: tuple[Person, Person], rooms: tuple[Room, Room]
) -> None:
    link = await rooms[0].link()
    context = await browser.new_context(storage_state=await people[0].context.storage_state())
    try:
        size, page = await weigh(context, link, "[data-testid=participants]")
        assert 100_000 < size < ROOM
        await page.close()
        size, _ = await weigh(context, link, "[data-testid=participants]")
        assert 1_000 < size < AGAIN
    finally:
        await context.close()


async def boxes(page: Page, within: str) -> list[tuple[float, float, float]]:
    """Where the parts of the frame stand."""
    found = [await page.locator(f"{within} {part}").bounding_box() for part in _FRAME]
    return [(box["x"], box["y"], box["height"]) for box in found if box]


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_frame_and_the_heading_of_a_room_stand_where_they_stay_before_any_script_has_come(
    newcomer: Newcomer, theme: str
) -> None:
    seller = await newcomer("Sam", color_scheme=theme)
    room = await seller.create_trade(title="Oak <b>table</b>")
    page, waiting = room.page, list[Route]()

    async def wait(route: Route) -> None:
        waiting.append(route)

    await page.route("**/static/*.js", wait)
    await page.reload(wait_until="commit")
    placeholder = page.locator("#placeholder")
    await expect(placeholder.get_by_role("status")).to_have_text("Loading the room…")
    await expect(placeholder.get_by_role("heading", name="Oak <b>table</b>", exact=True)).to_be_visible()
    await expect(placeholder.get_by_role("link", name="My trades")).to_be_visible()
    assert "support" not in await page.locator("body").inner_text()
    ground = await placeholder.evaluate("(element) => getComputedStyle(element).backgroundColor")
    before = await boxes(page, "#placeholder")
    for route in waiting:
        await route.continue_()
    await room.entered()
    await expect(placeholder).to_have_count(0)
    assert await boxes(page, "#app") == before
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == ground


async def test_one_can_leave_before_the_scripts_have_come(newcomer: Newcomer) -> None:
    sam = await newcomer("Sam")
    await sam.page.route("**/static/*.js", lambda route: None)
    await sam.page.goto(sam.at("/activity"), wait_until="commit")
    await sam.page.get_by_role("link", name="My trades").click(no_wait_after=True)
    await sam.page.wait_for_url(sam.at("/trades"), wait_until="commit")
    await sam.page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    await expect(sam.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
