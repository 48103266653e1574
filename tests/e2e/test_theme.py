"""Light, dark, and the system's choice."""

import asyncio
import re

from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Person, Room

_NEXT = {"system": "light", "light": "dark", "dark": "system"}
_GROUND = {"light": "#f7f8fa", "dark": "#0f1218"}
_FADED = """Promise.allSettled(
    document.getAnimations().filter(
        animation => animation instanceof CSSTransition
    ).map(animation => animation.finished)
).then(() => null)"""
"""Colours fade into each other."""


async def is_dark(page: Page) -> bool:
    """Whether the page's ground is darker than its text."""
    ground, text = await page.evaluate(
        "(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))"
    )
    light = [sum(int(value) for value in re.findall(r"\d+", colour)[:3]) for colour in (ground, text)]
    return light[0] < light[1]


_AROUND = """(([tag]) => tag.content)([...document.querySelectorAll('meta[name=theme-color]')].filter(
    tag => !tag.media || matchMedia(tag.media).matches))"""
"""What the browser paints around the page: the first tag that is for this system (HTML, 4.2.5.1, theme-color)."""


_BENEATH = "getComputedStyle(document.documentElement).backgroundColor"
"""What is seen below a page that is shorter than its window, and before its body has come."""
_DRAWN = "getComputedStyle(document.documentElement).colorScheme"
"""What the browser itself draws: scroll bars, boxes to tick, the icon that opens a calendar, the list of a select."""


def _hexadecimal(colour: str) -> str:
    return "#" + "".join(f"{int(value):02x}" for value in re.findall(r"\d+", colour)[:3])


async def _kept(page: Page, theme: str) -> None:
    """Load the page anew until it has the theme: the page shows a press at once, before the server has written it."""
    async with asyncio.timeout(10):
        shown = ""
        while shown != f"Theme: {theme}":
            await page.reload()
            shown = str(await page.get_by_role("button", name=re.compile("^Theme: ")).get_attribute("aria-label"))


async def test_who_is_signed_out_has_the_system_s_choice_on_paper_a_light_one(stranger: Newcomer) -> None:
    guest = await stranger("Guest")
    page = guest.page
    guest.expects("status of 404")
    for address in ("/", "/how-it-works", "/nowhere"):
        await guest.visit(address)
        for system in ("dark", "light"):
            await page.emulate_media(color_scheme=system)
            await page.evaluate(_FADED)
            assert await is_dark(page) == (system == "dark"), (address, system)
            assert await page.evaluate(_AROUND) == _GROUND[system]
            assert _hexadecimal(await page.evaluate(_BENEATH)) == _GROUND[system], (address, system)
            assert await page.evaluate(_DRAWN) == system, (address, system)
            await page.emulate_media(color_scheme=system, media="print")
            await page.evaluate(_FADED)
            assert not await is_dark(page), (address, system)
            assert await page.evaluate(_DRAWN) == "light", (address, system)
            assert _hexadecimal(await page.evaluate(_BENEATH)) == _GROUND["light"], (address, system)
            await page.emulate_media(media="screen")


async def test_the_switch_goes_round_and_its_choice_survives_a_reload(people: tuple[Person, Person]) -> None:
    seller, _ = people
    page = seller.page
    for system in ("dark", "light"):
        await page.emulate_media(color_scheme=system)
        await seller.visit("/trades")
        theme = "system"
        for _ in _NEXT:
            assert await is_dark(page) == ({"system": system}.get(theme, theme) == "dark"), (system, theme)
            await page.get_by_role("button", name=f"Theme: {theme}", exact=True).click()
            theme = _NEXT[theme]
            await expect(page.get_by_role("button", name=f"Theme: {theme}", exact=True)).to_be_visible()
            await expect(page.locator("body")).to_have_class(
                re.compile("body--" + {"system": system}.get(theme, theme))
            )
            for ground in (await page.evaluate(_AROUND), _hexadecimal(await page.evaluate(_BENEATH))):
                assert ground == _GROUND[{"system": system}.get(theme, theme)], (system, theme)
            assert await page.evaluate(_DRAWN) == {"system": system}.get(theme, theme), (system, theme)
            await _kept(page, theme)


def luminance(colour: tuple[float, ...]) -> float:
    """WCAG 2.2's relative luminance of an sRGB colour."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def rgb(colour: str) -> tuple[float, ...]:
    return tuple(float(value) for value in re.findall(r"[\d.]+", colour)[:3])


async def unreadable(page: Page) -> list[str]:
    """The buttons whose text stands out too little from its ground for WCAG's level AA."""
    told = await page.evaluate(
        """() => [...document.querySelectorAll('button, a.button')].filter(
            button => button.checkVisibility()
        ).map(button => {
            let ground = button;
            const of = element => getComputedStyle(element).backgroundColor;
            while (/, 0\\)$/.test(of(ground)) && ground.parentElement) ground = ground.parentElement;
            return [button.innerText, getComputedStyle(button).color, of(ground)];
        })"""
    )
    assert told
    bad = []
    for text, colour, ground in told:
        dark, light = sorted((luminance(rgb(colour)), luminance(rgb(ground))))
        if (light + 0.05) / (dark + 0.05) < 4.5:
            bad.append(f"{text!r}: {colour} on {ground}")
    return bad


async def test_every_button_can_be_read_in_light_and_dark(people: tuple[Person, Person], stranger: Newcomer) -> None:
    seller, buyer = people
    selling = await seller.create_trade()
    buying = await buyer.enter(await selling.link())
    await buying.button("Accept deal").click()
    await expect(buying.button("Accept these terms")).to_be_visible()
    guest = await stranger("Guest")
    await guest.visit("/")
    await expect(guest.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    for scheme in ("light", "dark"):
        for page in (selling.page, buying.page, guest.page):
            await page.emulate_media(color_scheme=scheme)
            await page.evaluate(_FADED)
            assert await unreadable(page) == [], (scheme, page.url)


_BORDERS = """() => [...document.querySelectorAll('.q-field__control, select')].map(field => [
    getComputedStyle(field, field.matches('select') ? null : '::before').borderTopColor,
    getComputedStyle(field).backgroundColor,
    getComputedStyle(document.body).backgroundColor,
])"""


async def test_the_borders_of_fields_stand_out_in_light_and_dark(people: tuple[Person, Person]) -> None:
    seller, _ = people
    await seller.visit("/trades/new")
    await expect(seller.page.get_by_label("Title", exact=True)).to_be_visible()
    for scheme in ("light", "dark"):
        await seller.page.emulate_media(color_scheme=scheme)
        told = await seller.page.evaluate(_BORDERS)
        assert told
        for border, *grounds in told:
            for ground in grounds:
                dark, light = sorted((luminance(rgb(border)), luminance(rgb(ground))))
                assert (light + 0.05) / (dark + 0.05) >= 3, (scheme, border, ground)


_LINES = """(element) => {
    const style = getComputedStyle(element);
    return [style.borderStyle, style.borderWidth, style.borderColor, style.textDecorationLine,
        style.textDecorationStyle, style.color].join(' ');
}"""


async def test_forced_colours_leave_each_state_its_look(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    await seller.amend(price="900")
    page = buyer.page
    await expect(buyer.part("offer")).to_have_count(2)
    await page.emulate_media(forced_colors="active")
    for some in (".offer[data-state=standing], .offer[data-state=replaced]", ".history .tab"):
        looks = [await each.evaluate(_LINES) for each in await page.locator(some).all()]
        assert len(set(looks)) == len(looks), (some, looks)
    assert not (await buyer.status.evaluate(_LINES)).startswith("none")
    await page.set_viewport_size({"width": 390, "height": 844})
    assert (await buyer.status.evaluate(_LINES)).startswith("none"), "a pill over the whole line"
    await page.set_viewport_size({"width": 1280, "height": 720})
    phases = set()
    for phase in ("calm", "soon", "urgent", "over"):
        # In one step: the clock puts its own phase back.
        shown = f"(clock, phase) => {{ clock.dataset.phase = phase; return ({_LINES})(clock); }}"
        phases.add(await buyer.countdown.evaluate(shown, phase))
    assert len(phases) == 4, phases
    await seller.page.emulate_media(forced_colors="active")
    turns = {await room.page.locator(".turn").evaluate(_LINES) for room in rooms}
    assert len(turns) == 2, turns


_UNSEEN = """() => [...document.querySelectorAll('*')].filter((element) => {
    const style = getComputedStyle(element, '::before');
    return element.checkVisibility() && style.maskImage !== 'none' && style.width !== 'auto'
        && style.backgroundColor === getComputedStyle(document.body).backgroundColor;
}).map((element) => element.getAttribute('aria-label') || element.outerHTML.slice(0, 80))"""
"""The drawn icons that have the colour of the page."""


async def test_forced_colours_leave_icons_to_be_seen(rooms: tuple[Room, Room]) -> None:
    for room in rooms:
        await room.say("Hello")
        for system in ("light", "dark"):
            await room.page.emulate_media(forced_colors="active", color_scheme=system)
            for width in (390, 1440):
                await room.page.set_viewport_size({"width": width, "height": 844})
                assert await room.page.evaluate(_UNSEEN) == [], (system, width)
