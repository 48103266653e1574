"""A browser in which JavaScript is off is told the true reason, and signs in all the same: that is a form."""

from playwright.async_api import Browser, expect

from tests.e2e.room import PASSWORD
from tests.e2e.server import Server


async def test_the_reason_is_said_and_no_other(browser: Browser, server: Server) -> None:
    context = await browser.new_context(java_script_enabled=False, base_url=server.address)
    try:
        page = await context.new_page()
        for path in ("/", "/trades"):
            await page.goto("/")
            await expect(page.get_by_text("Traderoom needs JavaScript")).to_be_visible()
            assert "support" not in await page.locator("body").inner_text()
            if path == "/":
                await page.get_by_label("Name", exact=True).fill("Somebody without scripts")
                await page.get_by_label("Password", exact=True).fill(PASSWORD)
                await page.get_by_role("button", name="Create account", exact=True).click()
                await page.wait_for_url("**/trades")
    finally:
        await context.close()
