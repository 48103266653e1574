"""The countdown, and the times of what happened."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Page, expect

from app.ui.components import wording
from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

SHIFT = """(() => {
    const Right = Date, shift = SHIFT * 1000;
    window.Date = class extends Right {
        constructor(...given) { given.length ? super(...given) : super(Right.now() + shift); }
        static now() { return Right.now() + shift; }
    };
})()"""
_ZONE = ZoneInfo("America/New_York")
_BELOW_THE_DAY = ".flow :is(.meta, .offer-head) time, .flow .event > time"
_TIMES = f"""[...document.querySelectorAll('time')].filter((time) => !time.matches('{_BELOW_THE_DAY}'))
    .map((time) => [time.dateTime, time.textContent])"""


def seconds(reading: str) -> int:
    """What a countdown such as 29:58 shows, in seconds."""
    minutes, rest = reading.split(":")
    return 60 * int(minutes) + int(rest)


@pytest.mark.parametrize("hours", [-1, 1])
async def test_a_browser_whose_clock_is_wrong_shows_the_same_time_left(
    people: tuple[Person, Person], hours: int
) -> None:
    seller, buyer = people
    await buyer.context.add_init_script(SHIFT.replace("SHIFT", f"{hours * 3600}"))
    offered = await seller.create_trade()
    entered = await buyer.enter(await offered.link())
    wrong = datetime.fromtimestamp(await buyer.page.evaluate("Date.now()") / 1000, UTC)
    assert abs(wrong - datetime.now(UTC)) > timedelta(minutes=59)
    first = seconds(await offered.countdown.inner_text())
    for _ in range(3):
        await asyncio.sleep(0.7)
        shown = [
            seconds(text) for text in await asyncio.gather(*(r.countdown.inner_text() for r in (offered, entered)))
        ]
        assert abs(shown[0] - shown[1]) <= 1
    assert 0 < first - shown[0] < 10
    await entered.say("On time?")
    assert (
        await offered.messages.locator("time").last.inner_text()
        == await entered.messages.locator("time").last.inner_text()
    )


async def test_the_countdown_is_calm_soon_under_five_minutes_urgent_under_two(
    people: tuple[Person, Person],
) -> None:
    seller, _ = people
    colours = {}
    for minutes, phase in (("6", "calm"), ("5", "soon"), ("2", "urgent")):
        offered = await seller.create_trade(minutes=minutes)
        await expect(offered.countdown).to_have_attribute("data-phase", phase)
        await expect(offered.page.get_by_role("timer")).to_have_count(1)
        colours[phase] = await offered.countdown.evaluate("element => getComputedStyle(element).color")
        first = seconds(await offered.countdown.inner_text())
        await expect(offered.countdown).not_to_have_text(f"{first // 60}:{first % 60:02}")
    assert len(set(colours.values())) == len(colours)


async def test_times_are_those_of_the_browsers_own_zone(stranger: Newcomer) -> None:
    rooms: dict[str, Room] = {}
    link = ""
    for zone in ("Asia/Tokyo", "America/New_York"):
        person = await stranger("Kim", timezone_id=zone)
        await person.sign_up(link or "/trades/new")
        rooms[zone] = Room(person.page) if link else await person.create_trade()
        link = link or await rooms[zone].link()
    await rooms["Asia/Tokyo"].say("What time is it there?")
    for zone, room in rooms.items():
        await expect(room.message("What time is it there?")).to_be_visible()
        now = datetime.now(ZoneInfo(zone))
        shown = await room.messages.locator("time").last.inner_text()
        assert shown in {f"{at:%H:%M}" for at in (now, now - timedelta(minutes=1))}


async def _expect_times(page: Page, days: int) -> None:
    """All times on a page that do not stand below a day read as they do so many days from now, within a few seconds."""
    today = datetime.now(_ZONE).date() + timedelta(days=days)
    for _ in range(50):
        told = await page.evaluate(_TIMES)
        right = [[at, wording.clock_time(datetime.fromisoformat(at), _ZONE, today)] for at, _ in told]
        if told and told == right:
            return
        await asyncio.sleep(0.1)
    pytest.fail(f"{page.url}: {told} and not {right}")


@pytest.mark.parametrize("days", [1, 2, 400])
async def test_a_page_that_stays_open_over_midnight_never_tells_another_day_s_time_as_today_s(
    newcomer: Newcomer, days: int
) -> None:
    sam, bea = [await newcomer(name, timezone_id=_ZONE.key) for name in ("Sam", "Bea")]
    await sam.visit("/activity")  # from here on its zone is known
    offered = await sam.create_trade()
    entered = await bea.enter(await offered.link())
    await offered.amend(price="900")
    await entered.say("Good night")
    await offered.show("Version history")
    await expect(offered.versions.get_by_text("Version 2")).to_be_visible()
    pages = [offered.page]
    for path in ("/trades", "/activity", "/account"):
        pages.append(await sam.another_tab())
        await sam.visit(path, pages[-1])
    for page in pages:
        await _expect_times(page, 0)
        await page.evaluate(SHIFT.replace("SHIFT", f"{days * 86_400}"))  # as after a sleep over midnight
    for page in pages:
        await _expect_times(page, days)
    await expect(offered.part("version").locator("time")).to_have_text(re.compile(", "))
    await entered.say("Good morning")  # to the server it is the same day yet
    await expect(offered.message("Good morning")).to_be_visible()
    await _expect_times(offered.page, days)
    today = datetime.now(_ZONE).date()
    await expect(offered.messages.locator(".day")).to_have_text(wording.day(today, today + timedelta(days=days)))
    for time in await offered.page.locator(_BELOW_THE_DAY).all_inner_texts():
        assert re.fullmatch(r"\d\d:\d\d", time)
