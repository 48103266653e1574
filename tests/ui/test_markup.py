"""What people type is text on every page: escaped, isolated in its direction, and never a place to go to."""

import re
from uuid import uuid4

import pytest

from app.bootstrap import Application
from app.domain.trade import Trade
from tests.ui.browser import Browser

EVIL = "</title></script><script>alert(1)</script><img src=x onerror=alert(1)>\"' & ${1} {{ 7*7 }} javascript:alert(1)"
MARKED = re.compile(r"<(script|img)[^>]*(alert|onerror)|<script>alert|</title></script>", re.IGNORECASE)


@pytest.fixture
async def evil(application: Application) -> tuple[Browser, Browser, Trade]:
    """Two people with evil names in a room where everything is evil."""
    seller, buyer = [await Browser(application).signed_in(f"<b>{who} {uuid4().hex[:6]}</b>") for who in ("S", "B")]
    trade = await seller.offer(EVIL, description=EVIL, buyer=buyer.name)
    await seller.room(trade)
    await buyer.room(trade)
    await seller.sees("In negotiation", "status")
    return seller, buyer, trade


async def test_no_text_of_a_person_becomes_markup_anywhere(evil: tuple[Browser, Browser, Trade], eve: Browser) -> None:
    seller, buyer, trade = evil
    buyer.fill("Message", EVIL)
    buyer.press("Send")
    await seller.sees("alert(1)", "messages")
    seller.press("Amend deal")
    seller.fill("Description", EVIL + " again")
    seller.fill("Reason for change", EVIL)
    seller.press("Save changes")
    await buyer.sees("again", "description")
    buyer.press("Request amendment")
    buyer.fill("What would you like changed?", EVIL)
    buyer.press("Send request")
    await seller.sees("asked for an amendment", "timeline")
    for page in (seller, buyer):
        page.choose("Version history")
        await page.sees("Version 2", "versions")
        assert not MARKED.search(page.markup())
        assert "<b>S" not in page.markup()
        await page.open("/trades")
        assert not MARKED.search(page.markup())
    await eve.open("/activity")
    await eve.until(lambda: any("alert(1)" in text for text in eve.texts("trade")))
    assert not MARKED.search(eve.markup())
    for page, path in ((seller, f"/room/{trade.code}"), (buyer, "/trades"), (eve, "/activity"), (buyer, "/account")):
        assert not MARKED.search((await page.get(path)).text)


async def test_names_and_titles_are_isolated_from_the_direction_of_what_surrounds_them(
    application: Application,
) -> None:
    seller, buyer = [await Browser(application).signed_in(name) for name in ("דוד כהן", "ليلى حسن")]
    trade = await seller.offer("שולחן")
    await seller.room(trade)
    await buyer.room(trade)
    await seller.sees("ليلى", "participants")
    buyer.fill("Message", "مرحبا")
    await seller.until(lambda: "<bdi>ليلى حسن</bdi> is typing…" in seller.markup())
    buyer.press("Send")
    await seller.sees("مرحبا", "messages")
    assert '<h1 dir="auto">שולחן</h1>' in seller.markup()
    assert '<div class="bubble" dir="auto">مرحبا</div>' in seller.markup()
    for name in (seller.name, buyer.name):
        shown = seller.markup() + buyer.markup()
        assert f"<bdi>{name}</bdi>" in shown
        alone = re.sub(r'<bdi>.*?</bdi>|title="[^"]*"|data-initials="[^"]*"', "", shown)
        assert name not in alone
    assert "You" in seller.text("timeline")


async def test_the_invitation_s_hint_isolates_the_name_it_is_for(sam: Browser) -> None:
    trade = await sam.offer(buyer="ليلى")
    await sam.room(trade)
    assert "Send this link to <bdi>ليلى</bdi>." in sam.markup()
