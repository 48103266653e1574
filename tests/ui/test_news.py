"""Dialogs follow the room: what happens while one is open is said in it at once, and what was typed stays."""

from uuid import uuid4

from nicegui import ui

from app.domain.trade import Trade
from tests.ui.browser import Browser


async def offer(page: Browser, trade: Trade, version: int, price: str = "900", quantity: str = "5") -> None:
    """Make an offer, not by the page."""
    await page.application.negotiation.offer(
        await page.viewer(),
        trade.id,
        version,
        price=price,
        quantity=quantity,
        description=trade.terms.description,
        reason="",
    )


async def test_a_counter_offer_under_an_offer_keeps_what_was_typed_and_shows_the_rest_anew(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    sam.press("Amend deal")
    assert [sam.field(label).props["hint"] for label in ("Price", "Quantity")] == ["Now $1,000.00", "Now 5"]
    sam.fill("Price", "950")
    sam.fill("Reason for change", "Half way")
    await offer(bea, trade, 1, price="900", quantity="9")
    changed = "the price from $1,000.00 to $900.00 and the quantity from 5 to 9"
    await sam.sees(f"Nothing was sent. Bea changed {changed} : version 2 replaced version 1")
    await sam.sees("Total $5,000.00 $8,100.00")
    await sam.until(lambda: "Bea always has at least two minutes" not in sam.everything())
    assert not sam.buttons("Save changes")
    assert sam.field("Price").value == "950"
    assert [sam.field(label).props["hint"] for label in ("Price", "Quantity")] == ["Now $900.00", "Now 9"]
    sam.press("Review new terms")
    await sam.sees("Counter-offer to Bea")
    await sam.until(lambda: len([name for name in ("Review new terms", "Close") if sam.buttons(name)]) == 0)
    values = [sam.field(label).value for label in ("Price", "Quantity", "Reason for change")]
    assert values == ["950", "9", "Half way"]
    sam.press("Send offer")
    await bea.sees("$950.00", "price")
    assert bea.text("quantity") == "9"


async def review(page: Browser, version: int) -> None:
    """Look at what has replaced this version, in the same dialog."""
    await page.sees(f"version {version + 1} replaced version {version}")
    page.press("Review new terms")
    await page.until(lambda: page.has_button("Send offer") and not page.buttons("Review new terms"))


async def test_what_is_offered_again_stays_all_of_it_whatever_is_offered_meanwhile(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    await offer(bea, trade, 1, price="900", quantity="4")
    await offer(bea, trade, 2, price="900", quantity="6")
    sam.choose("Version history")
    await sam.sees("Version 3", "versions")
    sam.press("Offer version 2 again")
    sam.fill("Reason for change", "Four are left")
    for version, price in ((3, "800"), (4, "700")):
        await offer(bea, trade, version, price=price, quantity="6")
        await review(sam, version)
        values = [sam.field(label).value for label in ("Price", "Quantity", "Reason for change")]
        assert values == ["900.00", "4", "Four are left"]
    sam.press("Send offer")
    await bea.sees("$900.00", "price")
    assert bea.text("quantity") == "4"


async def test_what_was_typed_stays_though_an_offer_in_between_said_the_same(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    bea.press("Counter-offer")
    bea.fill("Price", "900.00")
    for version, price in ((1, "900"), (2, "950")):
        await offer(sam, trade, version, price=price)
        await review(bea, version)
        assert bea.field("Price").value == "900.00"


async def test_what_one_does_oneself_in_another_window_is_told_as_that(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    sam.press("Amend deal")
    await offer(sam, trade, 1, quantity="9", price="1000")
    await sam.sees("You changed the quantity from 5 to 9 in another window: version 2 replaced version 1")
    sam.press("Review new terms")
    await sam.until(lambda: sam.has_button("Save changes"))
    assert sam.field("Quantity").value == "9"


async def test_a_withdrawal_of_what_was_answered_becomes_a_rejection(trade: Trade, sam: Browser, bea: Browser) -> None:
    sam.press("Withdraw offer")
    sam.fill("Reason", "Sold elsewhere")
    await offer(bea, trade, 1)
    await sam.sees("Nothing was withdrawn. Bea changed the price")
    assert not sam.buttons("Withdraw")
    sam.press("Review new terms")
    await sam.until(lambda: sam.has_button("Reject"))
    assert sam.field("Reason").value == "Sold elsewhere"
    sam.press("Reject")
    await bea.sees("Sam rejected the deal.")


async def test_a_rejection_follows_too(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Reject deal")
    bea.fill("Reason", "Too much")
    await offer(sam, trade, 1)
    await bea.sees("Nothing was rejected. Sam changed the price")
    bea.press("Review new terms")
    await bea.until(lambda: bea.has_button("Reject"))
    assert "$4,500.00" in bea.everything()
    assert bea.field("Reason").value == "Too much"


async def test_what_still_works_stays_and_the_news_is_said_above_it(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Request amendment")
    bea.fill("What would you like changed?", "A bench")
    await offer(sam, trade, 1)
    await bea.sees("Sam changed the price from $1,000.00 to $900.00 : version 2 replaced")
    assert "Nothing was sent" not in bea.everything()
    sam.press("Amend deal")
    sam.fill("Price", "850")
    bea.press("Send request")
    await sam.sees("Bea asks for other terms: “A bench”")
    assert sam.has_button("Save changes")
    sam.press("Save changes")
    await bea.sees("$850.00", "price")


async def test_an_address_in_a_request_is_a_link_wherever_the_request_stands(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    sam.press("Amend deal")
    words = "As on https://example.com/bench"
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, words)
    await sam.sees("Bea asks for other terms")
    assert sam.markup().count('href="https://example.com/bench"') == 4, (
        "on the deal, its card, the timeline, the dialog"
    )


async def test_a_request_in_the_same_words_is_told_again(trade: Trade, sam: Browser, bea: Browser) -> None:
    async def ask() -> None:
        await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "A bench")

    await ask()
    for button, close in (("Amend deal", "Cancel"), ("Invitation", "Close")):
        sam.press(button)
        assert "Bea asks for other terms" not in sam.everything()
        await ask()
        await sam.sees("Bea asks for other terms: “A bench”")
        sam.press(close)
        await sam.until(lambda close=close: not sam.buttons(close))  # type: ignore[misc]


async def test_a_later_deadline_is_told_and_nothing_else_changes(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Accept deal")
    tab = await sam.tab().room(trade)
    tab.press("Extend")
    sam.press("Extend")
    sam.press("Extend deadline")
    for page in (tab, bea):
        await page.sees("The deadline is")
    assert bea.has_button("Accept these terms")
    assert tab.has_button("Extend deadline")


async def test_an_outcome_leaves_only_the_way_out(trade: Trade, sam: Browser, bea: Browser) -> None:
    sam.press("Amend deal")
    sam.fill("Price", "950")
    bea.press("Accept deal")
    bea.press("Accept these terms")
    await sam.sees("Nothing was sent. Bea accepted version 1")
    for name in ("Save changes", "Review new terms", "Cancel"):
        assert not sam.buttons(name)
    assert sam.field("Price").value == "950"
    sam.press("Close")
    await sam.until(lambda: not sam.buttons("Close"))


async def test_a_draft_s_dialog_hears_who_joins(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer()
    await sam.room(trade)
    sam.press("Amend deal")
    await bea.room(trade)
    await sam.sees("Bea joined as the buyer.")
    assert sam.has_button("Save changes")


async def test_a_dialog_that_is_closed_hears_nothing_more(trade: Trade, sam: Browser, bea: Browser) -> None:
    for _ in range(3):
        bea.press("Accept deal")
        bea.press("Cancel")
        await bea.until(lambda: not bea.buttons("Accept these terms"))
    await offer(sam, trade, 1)
    await bea.sees("$900.00", "price")
    assert "Nothing was accepted" not in bea.everything()


async def test_the_question_about_what_was_typed_stays_while_the_room_moves(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    bea.press("Counter-offer")
    bea.fill("Price", "900")
    (opened,) = (element for element in bea.page.elements.values() if isinstance(element, ui.dialog))
    bea.trigger(opened, "shake")
    await bea.sees("Discard what you typed?")
    await offer(sam, trade, 1, price="950")
    await bea.sees("Nothing was sent. Sam changed the price")
    assert not bea.buttons("Review new terms")
    bea.press("Keep typing")
    await bea.until(lambda: bea.has_button("Review new terms"))
    assert bea.field("Price").value == "900"


async def test_an_open_offer_follows_who_has_the_buyer_s_seat(trade: Trade, sam: Browser, bea: Browser) -> None:
    """Its note tells who could accept it: whoever has the seat now, not who had it when the dialog was opened."""
    next_one = await Browser(sam.application).signed_in(f"Nell {uuid4().hex[:6]}")
    sam.press("Amend deal")
    sam.fill("Price", "900")
    await sam.sees("Only Bea can accept it")
    released = await sam.application.negotiation.release_seat(await sam.viewer(), trade.id)
    await sam.sees("The buyer's seat was released.")
    await sam.until(lambda: "can accept it" not in sam.everything())
    await next_one.room(released)
    await sam.sees("The buyer's seat was released. Nell")
    await sam.sees("joined as the buyer.")
    await sam.sees("Only Nell")
    assert sam.field("Price").value == "900"
    released = await sam.application.negotiation.release_seat(await sam.viewer(), trade.id)
    await bea.room(released)
    await sam.sees("Only Bea can accept it")
    await sam.until(lambda: "seat was released." not in sam.everything())
    sam.press("Save changes")
    await bea.sees("$900.00", "price")
