"""Light, dark, and the system's choice."""

import re

from playwright.async_api import Page, expect

from tests.e2e.room import Person

_NEXT = {"system": "light", "light": "dark", "dark": "system"}


async def is_dark(page: Page) -> bool:
    """Whether the page's ground is darker than its text."""
    ground, text = await page.evaluate(
        "(style => [style.backgroundColor, style.color])(getComputedStyle(document.body))"
    )
    light = [sum(int(value) for value in re.findall(r"\d+", colour)[:3]) for colour in (ground, text)]
    return light[0] < light[1]


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
            await page.wait_for_timeout(500)  # the choice shows before it is stored
            await page.reload()
            await expect(page.get_by_role("button", name=f"Theme: {theme}", exact=True)).to_be_visible()
