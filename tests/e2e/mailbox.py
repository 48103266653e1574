"""The mails of somebody's in the demo: an address is saved, and a mail's link followed."""

from uuid import uuid4

from playwright.async_api import Page, expect

from tests.e2e.room import PASSWORD


async def save_address(page: Page, domain: str = "example.com") -> str:
    """Type a new address on the account page; returns it."""
    address = f"{uuid4().hex[:8]}@{domain}"
    await page.goto("/account")
    await page.get_by_label("E-mail", exact=True).fill(address)
    await page.get_by_label("Password to change it").fill(PASSWORD)
    await page.get_by_role("button", name="Save e-mail").click()
    await expect(page.get_by_text(f"We have sent a link to {address}.")).to_be_visible()
    return address


async def follow_mail(page: Page, address: str, subject: str) -> None:
    """Follow the link of a mail, as soon as the demo shows it."""
    mail = page.get_by_test_id("mail").filter(has_text=address).filter(has_text=subject)
    await page.goto("/demo/mail")
    for _ in range(50):
        if await mail.count():
            break
        await page.wait_for_timeout(100)
        await page.reload()
    await mail.get_by_role("link").first.click()
