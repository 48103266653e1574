"""The rules, before one has an account and after."""

from playwright.async_api import expect

from tests.e2e.people import Newcomer
from tests.e2e.test_layout import expect_no_sideways_scroll, names, resize


async def test_the_rules_are_a_link_away_signed_out_and_signed_in(stranger: Newcomer) -> None:
    guest = await stranger("Bea")
    heading = guest.page.get_by_role("heading", name="How it works", level=1)
    await guest.visit("/")
    await guest.page.get_by_role("link", name="How it works", exact=True).click()
    await expect(heading).to_be_visible()
    await expect(guest.page.get_by_role("listitem").filter(has_text="A request is not an offer.")).to_be_visible()
    assert await guest.page.title() == "How it works · Traderoom"
    for size in ((320, 568), (390, 844), (768, 1024), (1440, 900)):
        await resize(guest.page, size)
        await expect_no_sideways_scroll(guest.page)
    await guest.page.get_by_role("link", name="Sign in or create an account", exact=True).click()
    await guest.enter_name_and_password("Create account")
    await guest.page.get_by_role("link", name="How it works", exact=True).click()
    await expect(heading).to_be_visible()
    await expect(guest.page.get_by_role("button", name="Sign out")).to_be_visible()
    found = await names(guest.page)
    assert {"My trades", "Activity", "How it works"} <= found.keys()
    assert max(found.values()) == 1, found
