"""Leaving a dialog by Escape or by a click beside it: what was typed is not lost by a slip."""

from uuid import UUID, uuid4

import pytest
from nicegui import ui

from app.domain.trade import Trade
from tests.ui.browser import Browser

QUESTION = "Discard what you typed?"


def slip(page: Browser) -> None:
    """Press Escape, or beside the dialog: what the browser makes of either where the dialog is to stay."""
    (opened,) = (e for e in page.page.elements.values() if isinstance(e, ui.dialog) and e.value)
    assert opened.props["persistent"]
    page.trigger(opened, "shake")


async def is_closed(page: Browser) -> None:
    """Wait until the dialog has left the page."""
    await page.until(lambda: not [e for e in page.page.elements.values() if isinstance(e, ui.dialog)])


@pytest.mark.usefixtures("trade")
async def test_an_unchanged_dialog_closes_at_once(sam: Browser) -> None:
    sam.press("Amend deal")
    slip(sam)
    await is_closed(sam)
    sam.press("Amend deal")
    sam.fill("Price", "900")
    sam.fill("Price", "1000.00")
    slip(sam)
    await is_closed(sam)


@pytest.mark.usefixtures("trade")
async def test_what_was_typed_stays_when_one_goes_on_and_can_be_sent(sam: Browser) -> None:
    sam.press("Amend deal")
    sam.fill("Reason for change", "For you")
    sam.fill("Price", "900")
    for _ in range(2):
        slip(sam)
        assert sam.everything().count(QUESTION) == 1
        assert not sam.has_button("Save changes")
        slip(sam)
        assert sam.everything().count(QUESTION) == 1
        sam.press("Keep typing")
        assert QUESTION not in sam.everything()
    assert (sam.field("Price").value, sam.field("Reason for change").value) == ("900", "For you")
    sam.press("Save changes")
    await sam.sees("$900.00", "price")
    await is_closed(sam)


@pytest.mark.parametrize(
    ("button", "label"), [("Request amendment", "What would you like changed?"), ("Reject deal", "Reason")]
)
async def test_every_dialog_with_fields_asks_and_discards_when_told(
    trade: Trade, bea: Browser, button: str, label: str
) -> None:
    bea.press(button)
    bea.fill(label, "Cheaper, please")
    slip(bea)
    assert QUESTION in bea.everything()
    bea.press("Discard")
    await is_closed(bea)
    bea.press(button)
    assert bea.field(label).value == ""
    assert (await bea.application.history.actions(trade.id))[-1].kind == "joined"


async def test_what_is_sent_again_because_the_answer_was_lost_is_done_once(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    async def requests(name: UUID) -> int:
        """Ask on a page that is loaded anew, whose browser has kept words and name; how often that was asked."""
        await bea.room(trade)
        bea.press("Request amendment")
        bea.fill("What would you like changed?", "Cheaper, please")
        bea.trigger(bea.button("Send request"), "click", str(name))
        await is_closed(bea)
        actions = await bea.application.history.actions(trade.id)
        return sum(action.kind == "amendment_requested" for action in actions)

    name = uuid4()
    assert [await requests(name) for _ in range(2)] == [1, 1]
    sam.press("Answer with an offer")
    sam.fill("Price", "900")
    sam.press("Send offer")
    await bea.sees("$900.00", "price")
    assert [await requests(name) for _ in range(2)] == [2, 2], "about another offer it is another request"
    assert await requests(uuid4()) == 3


async def test_what_a_dialog_was_filled_in_with_was_typed_by_nobody(trade: Trade, sam: Browser) -> None:
    for price, version in (("900", 1), ("950", 2)):
        await sam.application.negotiation.offer(
            await sam.viewer(), trade.id, version, price=price, quantity="5", description="", reason=""
        )
    sam.choose("Version history")
    await sam.sees("Version 3", "versions")
    for change in ("", "901"):
        sam.press("Offer version 2 again")
        assert sam.field("Price").value == "900.00"
        if change:
            sam.fill("Price", change)
        slip(sam)
        assert (QUESTION in sam.everything()) is bool(change)
        if change:
            sam.press("Discard")
        await is_closed(sam)


@pytest.mark.usefixtures("trade")
async def test_a_dialog_without_fields_is_the_browser_s_to_close(bea: Browser) -> None:
    bea.press("Accept deal")
    (opened,) = (e for e in bea.page.elements.values() if isinstance(e, ui.dialog))
    assert not opened.props.get("persistent")


async def test_the_dialog_that_deletes_an_account_asks_too(sam: Browser) -> None:
    await sam.open("/account")
    sam.press("Delete account")
    sam.fill("Your password", "half of it")
    slip(sam)
    assert QUESTION in sam.everything()
