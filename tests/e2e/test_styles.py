"""Of Quasar's styles pages load a part: with all of them, every element of every page looks the same."""

from nicegui import __version__
from playwright.async_api import Page, expect

from app.patches.styles import _LAYERS
from tests.e2e.room import Person, Room

_ALL = " ".join(
    f'@import url("/_nicegui/{__version__}/static/{name}") layer({layer});' for name, layer in _LAYERS.items()
)
_COMPARE = r"""async ([all, within]) => {
    const still = document.createElement('style');
    still.textContent = '*, *::before, *::after { transition: none !important; animation: none !important }';
    document.head.append(still);
    const elements = [...document.querySelectorAll(`${within}, ${within} *`)];
    const looks = () => elements.flatMap((element) => [null, '::before', '::after'].map(
        (part) => getComputedStyle(element, part).cssText));
    const before = looks();
    const style = [...document.querySelectorAll('style')].find((style) => style.textContent.includes('/quasar.css'));
    const other = document.createElement('style');
    other.textContent = style.textContent.replace(/@import url\("\/quasar.css[^;]*;/, all);
    const loaded = new Promise((done) => other.onload = done);
    style.replaceWith(other);
    await loaded;
    const differences = looks().flatMap((look, at) => {
        const was = before[at].split('; ');
        return look.split('; ').filter((each) => !was.includes(each)).map(
            (each) => `${elements[Math.floor(at / 3)].className} (${at % 3}): ${each}`);
    });
    return [other.sheet.cssRules[1].styleSheet.cssRules.length, before.length, differences];
}"""


async def expect_no_difference(page: Page, within: str) -> None:
    await page.wait_for_function("!document.getAnimations().length")
    rules, count, differences = await page.evaluate(_COMPARE, [_ALL, within])
    assert rules > 1_000, "all styles are there"
    assert count > 10, "there is a page"
    assert not differences, "\n".join(differences[:40])
    assert await page.locator(".material-icons").count() == 0, "a font of icons would be needed"


async def wrong_trade(person: Person, _: Room) -> None:
    await person.visit("/trades/new")
    await person.page.get_by_role("button", name="Create trade", exact=True).click()
    await expect(person.page.locator(".q-field--error")).not_to_have_count(0)


async def searched(person: Person, _: Room) -> None:
    await person.visit("/activity")
    await person.page.get_by_label("Search by title").fill("Oak")
    await expect(person.page.locator(".q-field__focusable-action")).to_be_visible()


async def own(person: Person, _: Room) -> None:
    await person.visit("/account")


async def listed(person: Person, _: Room) -> None:
    await person.visit("/trades")


async def dark_and_refused(person: Person, room: Room) -> None:
    for theme in ("system", "light"):
        await room.button(f"Theme: {theme}").click()
    await expect(room.page.locator(".body--dark")).to_be_visible()
    await room.open("Amend deal")
    await room.fill(price="a lot")
    await room.dialog.get_by_role("button", name="Save changes").click()
    await expect(room.page.locator(".q-field--error")).to_be_visible()


async def toasted(_: Person, room: Room) -> None:
    await room.page.context.grant_permissions(["clipboard-write"])
    await room.button("Copy link").first.click()
    await expect(room.page.locator(".q-notification")).to_be_visible()


async def test_nothing_looks_different_with_all_of_quasar_s_styles(
    rooms: tuple[Room, Room], people: tuple[Person, Person]
) -> None:
    room, person = rooms[0], people[0]
    link = await room.link()
    await room.say("Hello")
    for state in (toasted, dark_and_refused, wrong_trade, searched, own, listed):
        await person.visit(link)
        await room.entered()
        await state(person, room)
        await expect_no_difference(person.page, ".q-notifications" if state is toasted else "body")
