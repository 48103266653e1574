"""One loud act for each person and state: what has the accent behind it is what one would press next."""

import re

import pytest

from app.domain.trade import Trade
from tests.ui.browser import Browser

QUIET = {"tonal", "outline", "quiet", "flat", "plain"}


def loud(page: Browser) -> list[str]:
    """What stands on the room's loud buttons."""
    buttons = re.findall(r'<(?:button|a)[^>]* class="button([^"]*)"[^>]*>([^<]+)<', page.markup())
    return [text for look, text in buttons if not QUIET & set(look.split())]


async def test_in_a_draft_it_is_the_link(sam: Browser) -> None:
    await sam.room(await sam.offer())
    assert loud(sam) == ["Copy link"]


@pytest.mark.parametrize("end", ["Accept", "Reject"])
async def test_it_is_the_decision_s_while_one_is_due_and_the_document_after_the_close(
    trade: Trade, sam: Browser, bea: Browser, end: str
) -> None:
    assert (loud(sam), loud(bea)) == ([], ["Accept deal"])
    await bea.application.negotiation.offer(
        await bea.viewer(), trade.id, 1, price="900", quantity="5", description="", reason=""
    )
    await sam.sees("$900.00", "price")
    assert (loud(sam), loud(bea)) == (["Accept deal"], [])
    sam.press(f"{end} deal")
    sam.press("Accept these terms" if end == "Accept" else "Reject")
    for page in (sam, bea):
        await page.sees("Download PDF")
        assert loud(page) == ["Download PDF"]
