"""The journey once more, in Firefox: from the first visit to an agreement, with the keys and the mouse."""

from itertools import count

import pytest

from tests.e2e import firefox
from tests.e2e.firefox import Page
from tests.e2e.room import PASSWORD
from tests.e2e.server import Server

_number = count(1)


async def sign_up(page: Page, name: str, address: str) -> None:
    """Create an account at an address, and arrive there."""
    await page.visit(address)
    await page.fill("Name", f"{name} of Firefox {next(_number)}")
    await page.fill("Password", PASSWORD)
    await page.press("Create account")
    await page.until("window.socket?.connected")


async def say(page: Page, other: Page, text: str) -> None:
    """Write a message; it stands in both conversations, once."""
    await page.fill("Message", text)
    await page.enter()
    for each in (page, other):
        await each.reads("messages", text)
        assert (await each.text("messages")).count(text) == 1


@pytest.mark.skipif(firefox.program() is None, reason="no Firefox here; `make browser` installs it where it may")
@pytest.mark.by_the_clock  # Firefox drops a click now and then while it hardly comes to draw
@pytest.mark.timeout(180)
async def test_two_people_agree_in_firefox(server: Server) -> None:
    async with firefox.started() as running:
        seller, buyer = await running.page(), await running.page()
        await sign_up(seller, "Sam", f"{server.address}/trades/new")
        for label, text in (("Title", "Oak table"), ("Price", "1000"), ("Quantity", "2")):
            await seller.fill(label, text)
        await seller.until("document.querySelector('.recap').innerText.includes('$2,000.00')")
        await seller.press("Create trade")
        await seller.reads("status", "Draft")
        assert "typed " not in str(await seller.ask("Object.keys(sessionStorage).join()")), "it is recorded"
        await sign_up(buyer, "Bea", await seller.text("invitation-link"))
        for page in (seller, buyer):
            await page.reads("status", "In negotiation")
            await page.reads("price", "$1,000.00")

        left = await buyer.text("countdown")
        await say(buyer, seller, "Is 900 possible?")
        await seller.fill("Message", "Let me")
        await buyer.reads("typing", "typing")
        await seller.visit(str(await seller.ask("location.href")))
        await seller.until("document.querySelector('textarea').value === 'Let me'")
        await say(seller, buyer, "Let me think")
        await buyer.until(f"document.querySelector('[data-testid=\"countdown\"]').innerText !== '{left}'")

        await buyer.press("Counter-offer")
        await buyer.fill("Price", "900")
        await buyer.press("Send offer")
        for page in (seller, buyer):
            await page.reads("price", "$900.00")
        await seller.press("Accept deal")
        await seller.press("Accept these terms")
        for page in (seller, buyer):
            await page.reads("status", "Accepted")
        await buyer.visit(str(await buyer.ask("location.href")))
        await buyer.reads("messages", "Let me think")
        assert (seller.complaints, buyer.complaints) == ([], [])
