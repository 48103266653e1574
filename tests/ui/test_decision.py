"""Deciding and amending: frozen figures, nothing accepted unseen, and everybody sees the outcome at once."""

import asyncio
from functools import partial
from typing import Any

import pytest

from app.domain.kinds import Status
from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.slow import slow_first_answer


async def amend(sam: Browser, **changes: str) -> None:
    """Amend the deal by its dialog."""
    sam.press("Amend deal")
    for label, text in changes.items():
        sam.fill(label.replace("_", " "), text)
    sam.press("Save changes")
    await sam.until(lambda: "Save changes" not in sam.everything())


def says(page: Browser, label: str, sentence: str) -> bool:
    """Whether this is told at a field."""
    return sentence in str(page.field(label).error)


def lacks(page: Browser, button: str) -> bool:
    """Whether a button is gone."""
    return not page.has_button(button)


async def stored(page: Browser, trade: Trade) -> Trade:
    """The trade as the database has it."""
    standing = await page.application.history.trade(trade.id)
    assert standing is not None
    return standing.trade


async def test_an_amendment_is_live_for_both_and_makes_a_version(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.choose("Version history")
    await bea.sees("Version 1", "versions")
    await amend(sam, Price="900.50", Quantity="4", Reason_for_change="As you asked")
    for page, who in ((sam, "You"), (bea, "Sam")):
        await page.sees("$900.50", "price")
        assert page.text("quantity") == "4"
        assert "$3,602.00" in page.everything()
        assert page.text("version").startswith("Version 2 · offered by " + ("you" if page is sam else "Sam"))
        page.choose("Activity timeline")
        await page.sees(f"{who} offered $900.50 × 4", "timeline")
        for place in ("messages", "timeline"):
            assert "$900.50 × 4" in page.text(place)
            assert "As you asked" in page.text(place)
    bea.choose("Version history")
    await bea.sees("Version 2", "versions")
    versions = bea.text("versions")
    assert versions.index("Version 2") < versions.index("Version 1")
    assert "As you asked" in versions
    assert "Sam offered down $99.50 · 10.0 % Quantity down 1" in versions


@pytest.mark.parametrize("read_late", [False, True], ids=["read before it", "read after it"])
async def test_a_version_that_is_made_while_the_history_is_read_is_shown_once(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch, read_late: bool
) -> None:
    with slow_first_answer(monkeypatch, bea.application.history, "versions", read_late=read_late) as answer:
        bea.choose("Version history")
        await answer.asked.wait()
        await amend(sam, Quantity="9")
        await bea.sees("9", "quantity")
        answer.may_come.set()
        await bea.sees("Version 1", "versions")
    versions = bea.text("versions")
    assert [versions.count(f"Version {n}") for n in (1, 2)] == [1, 1]
    assert versions.index("Version 2") < versions.index("Version 1")


async def test_the_amendment_dialog_starts_with_what_stands_and_keeps_what_was_typed(
    trade: Trade, sam: Browser
) -> None:
    sam.press("Amend deal")
    assert (sam.field("Price").value, sam.field("Quantity").value, sam.field("Description").value) == (
        "1000.00",
        "5",
        "Oiled.",
    )
    sam.press("Save changes")
    await sam.sees("Nothing has changed.")
    for label, wrong, sentence in (
        ("Price", "1e3", "not a number"),
        ("Quantity", "4.5", "whole number"),
        ("Reason for change", "x" * 5001, "too long"),
    ):
        sam.fill(label, wrong)
        sam.press("Save changes")
        await sam.until(partial(says, sam, label, sentence))
        assert sam.field(label).value == wrong
        sam.fill(label, "7")
    sam.press("Save changes")
    await sam.sees("$7.00", "price")


async def test_an_acceptance_is_confirmed_with_frozen_figures_and_final_for_both(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    bea.press("Accept deal")
    for figure in ("$1,000.00", "$5,000.00", "Accept Sam 's offer?", "This is final for both sides."):
        assert figure in bea.everything()
    bea.press("Accept these terms")
    for page, who in ((sam, "Bea"), (bea, "You")):
        await page.sees("Accepted", "status")
        await page.sees(f"{who} accepted version 1: $1,000.00 × 5 = $5,000.00 .")
        assert page.texts("countdown") == page.texts("deadline") == page.texts("invitation-link") == []
        for name in ("Amend deal", "Accept deal", "Request amendment", "Reject deal"):
            assert not page.buttons(name)
        await bea.until(lambda: not bea.buttons("Accept these terms"))  # the dialog goes when it has its answer
        page.fill("Message", "Thank you")
        page.press("Send")
    await sam.until(lambda: sam.text("messages").count("Thank you") == 2)
    assert (await stored(sam, trade)).status is Status.ACCEPTED


async def test_terms_that_move_under_the_dialog_are_not_accepted(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Accept deal")
    confirm = bea.button("Accept these terms")
    await amend(sam, Price="2000")
    await bea.sees("Nothing was accepted. Sam changed the price from $1,000.00 to $2,000.00 : version 2 replaced")
    assert not bea.buttons("Accept these terms")
    assert "$5,000.00" in bea.everything()
    assert confirm.is_deleted
    assert (await stored(sam, trade)).status is Status.IN_NEGOTIATION
    bea.press("Review new terms")
    await bea.until(lambda: not bea.has_button("Review new terms"))
    assert "$10,000.00" in bea.everything()
    bea.press("Accept these terms")
    await sam.sees("Bea accepted version 2")


async def test_a_press_that_is_under_way_when_the_terms_move_accepts_nothing(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    negotiation, asked = bea.application.negotiation, asyncio.Event()
    accept = negotiation.accept

    async def accept_late(*args: Any, **options: Any) -> Trade:
        asked.set()
        await bea.sees("$2,000.00", "price")
        return await accept(*args, **options)

    monkeypatch.setattr(negotiation, "accept", accept_late)
    bea.press("Accept deal")
    bea.press("Accept these terms")
    await asked.wait()
    await amend(sam, Price="2000")
    await bea.sees("Nothing was accepted. Sam changed the price")
    assert not bea.buttons("Accept these terms")
    assert bea.has_button("Review new terms")
    assert (await stored(sam, trade)).status is Status.IN_NEGOTIATION


async def test_a_double_click_accepts_once(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Accept deal")
    confirm = bea.button("Accept these terms")
    for _ in range(3):
        bea.trigger(confirm, "click")
    await bea.sees("Accepted", "status")
    await sam.sees("Bea accepted version 1", "timeline")
    assert sam.text("timeline").count("accepted") == 1


async def test_a_rejection_takes_an_optional_reason(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Reject deal")
    bea.fill("Reason", "Too <b>expensive</b>")
    bea.press("Reject")
    for page in (sam, bea):
        await page.sees("Rejected", "status")
        await page.sees("rejected the deal. No trade was made.")
        assert "Too <b>expensive</b>" in page.text("timeline")
        assert "<b>expensive" not in page.markup()
    await bea.until(lambda: not bea.has_button("Reject"))


async def test_a_request_for_an_amendment_arrives_in_words(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Request amendment")
    bea.press("Send request")
    await bea.until(lambda: bea.field("What would you like changed?").error == "The request is empty.")
    bea.fill("What would you like changed?", "Four, please")
    bea.press("Send request")
    await sam.sees("Four, please", "messages")
    assert "Bea asked for an amendment" in sam.text("timeline")
    await bea.until(lambda: not bea.has_button("Send request"))
    assert (await stored(sam, trade)).version == 1


async def test_a_dialog_that_comes_too_late_says_so(trade: Trade, sam: Browser, bea: Browser) -> None:
    second = await bea.tab().room(trade)
    second.press("Accept deal")
    bea.press("Reject deal")
    bea.press("Reject")
    await second.sees("You rejected the deal at ")
    assert not second.buttons("Accept these terms")
    assert not second.buttons("Review new terms")
    assert second.has_button("Close")
    assert (await stored(sam, trade)).status is Status.REJECTED


async def test_cancel_changes_nothing(trade: Trade, sam: Browser, bea: Browser) -> None:
    for name, inside in (("Accept deal", "Accept these terms"), ("Reject deal", "Reject")):
        bea.press(name)
        assert bea.has_button(inside)
        bea.press("Cancel")
        await bea.until(partial(lacks, bea, inside))
    assert (await stored(sam, trade)).status is Status.IN_NEGOTIATION


async def test_a_use_case_that_fails_is_told_calmly_and_keeps_what_was_typed(
    trade: Trade, bea: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    bea.application.ledger.record = fail  # type: ignore[assignment]
    bea.fill("Message", "Do you hear me?")
    bea.press("Send")
    await bea.until(lambda: "it is our fault" in bea.composer.problem)
    await bea.until(lambda: bea.composer.text == "Do you hear me?")
    assert "a mistake of ours" not in bea.everything()
    assert "a use case failed" in caplog.text


async def test_the_deadline_shows_to_all_as_soon_as_the_expiry_is_recorded(sam: Browser, bea: Browser) -> None:
    """The expiry comes from another process, by the database."""
    application = sam.application
    outcome = await application.ledger.create(
        await sam.person(),
        "Short",
        (await sam.offer()).terms,
        "",
        minutes=0.03,  # type: ignore[arg-type]
    )
    trade = outcome.trade
    await sam.room(trade)
    await bea.room(trade)
    bea.press("Accept deal")
    await sam.until(lambda: sam.text("countdown") == "0:00")
    assert sam.text("status") == "In negotiation"
    for name in ("", "Accept deal"):  # the clock alone has told the one that was open, and tells who opens one now
        if name:
            bea.press(name)
        await bea.sees("Nothing was accepted. The deadline has passed.")
        assert not bea.buttons("Accept these terms")
        assert not bea.buttons("Review new terms")
        bea.press("Close")
    await application.negotiation.expire(trade.id)
    for page in (sam, bea):
        await page.sees("Expired", "status")
        await page.sees("The deadline passed before anybody agreed.")
        assert "The offer expired" in page.text("timeline")
