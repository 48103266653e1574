"""What a finger presses is 44 px high and wide."""

from playwright.async_api import Page, expect

from tests.e2e.people import Newcomer

_PHONE = {"is_mobile": True, "has_touch": True, "viewport": {"width": 390, "height": 844}}
_TOO_SMALL = """() => [...document.querySelectorAll('a[href], button, input, textarea, select')]
    .filter((control) => control.checkVisibility({visibilityProperty: true}) && control.type !== 'hidden'
        && control.tabIndex >= 0 && !control.matches('.skip, :is(p, li) a'))
    .map((control) => [
        control, control.matches('.trade h3 a, .cell-title a') ? '.trade, tr' : '.q-field__control, label'
    ])
    .map(([control, around]) => [control, control.closest(around) ?? control])
    .map(([control, target]) => [control, target.getBoundingClientRect()])
    .filter(([, {width, height}]) => width < 43.5 || height < 43.5)
    .map(([control, {width, height}]) => `${width} × ${height}: ${control.outerHTML.slice(0, 120)}`)"""
"""A field's frame, a box's label and a trade's row are pressed too; links within a text may be smaller."""


async def expect_room_for_a_finger(page: Page) -> None:
    assert await page.evaluate(_TOO_SMALL) == [], page.url


async def test_everything_that_a_finger_presses_is_large_enough(newcomer: Newcomer, stranger: Newcomer) -> None:
    seller, buyer, guest = (
        await newcomer("Sam", **_PHONE),
        await newcomer("Bea", **_PHONE),
        await stranger("G", **_PHONE),
    )
    await guest.visit("/")
    await expect(guest.page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    await expect_room_for_a_finger(guest.page)
    selling = await seller.create_trade()
    await expect_room_for_a_finger(selling.page)
    buying = await buyer.enter(await selling.link())
    await expect_room_for_a_finger(buying.page)
    for button in ("Accept deal", "Counter-offer"):
        dialog = await buying.open(button)
        await expect(dialog.get_by_role("button").last).to_be_in_viewport()
        await expect_room_for_a_finger(buying.page)
        await buying.confirm("Cancel")
    for path in ("/trades", "/activity", "/trades/new", "/account"):
        await seller.visit(path)
        await expect(seller.page.get_by_role("heading", level=1)).to_be_visible()
        await expect_room_for_a_finger(seller.page)
