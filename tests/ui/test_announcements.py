"""Offers, requests and outcomes are said once; the log leaves them out, and everything that stood there before."""

import json
import re

import pytest
from nicegui.element import Element

from app.bootstrap import Application
from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.reading import descend, words

_ANNOUNCED = re.compile(r"announce\((\".*\"), 'polite'\)")


def read_by_the_log(page: Browser) -> str:
    """What of the conversation screen readers read when it comes."""

    def read(element: Element) -> str:
        if element.props.get("aria-live") == "off":
            return ""
        children = [child for slot in element.slots.values() for child in slot.children]
        return " ".join(read(child) for child in children) if children else words(element)

    (log,) = (e for e in descend(page.page.layout) if e.props.get("role") == "log")
    return " ".join(read(log).split())


async def test_offers_and_requests_are_announced_and_the_outcome_is_read_where_it_stands(
    trade: Trade, sam: Browser, bea: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: dict[str, list[str]] = {page.name: [] for page in (sam, bea)}
    for page in (sam, bea):
        monkeypatch.setattr(
            page.page,
            "run_javascript",
            lambda code, name=page.name, **_: announced[name].extend(
                json.loads(said) for said in _ANNOUNCED.findall(code)
            ),
        )
    seller, buyer = await sam.viewer(), await bea.viewer()
    moves = application.negotiation
    await moves.send(buyer, trade.id, "Hello")
    await moves.offer(seller, trade.id, 1, price="900", quantity="5", description="Oiled.", reason="Less")
    await moves.request_amendment(buyer, trade.id, "And the chairs?")
    await moves.accept(buyer, trade.id, 2)
    await moves.send(seller, trade.id, "Thank you")
    for page in (sam, bea):
        await page.sees("Thank you", "messages")
    assert announced[bea.name] == [
        "New offer by Sam: $900.00 × 5. Less",
        "New request by you: And the chairs?",
    ]
    assert announced[sam.name] == [
        words.replace("Sam", "you").replace("by you: And", "by Bea: And") for words in announced[bea.name]
    ]
    for page in (sam, bea):
        (outcome,) = (e for e in descend(page.page.layout) if e.props.get("aria-live") == "assertive")
        assert "accepted version 2" in words(outcome)
    for page in (sam, bea):
        read = read_by_the_log(page)
        assert "Hello" in read
        assert "Thank you" in read
        assert not re.search("offer|chairs|accepted", read)


async def test_what_stood_there_before_is_read_by_nobody(sam: Browser, bea: Browser, application: Application) -> None:
    trade, viewer = await sam.offer(), await bea.viewer()
    await application.negotiation.join(viewer, trade.id, trade.code)
    for number in range(60):
        await application.negotiation.send(viewer, trade.id, f"message {number:02}")
    await sam.room(trade)
    sam.press("Show earlier messages")
    await sam.sees("message 00", "messages")
    assert read_by_the_log(sam) == ""
    await application.negotiation.send(viewer, trade.id, "One more")
    await sam.sees("One more", "messages")
    assert read_by_the_log(sam).endswith("One more")


@pytest.mark.parametrize("path", ["/trades", "/trades/new", "/activity", "/account", "/how-it-works"])
async def test_each_page_has_one_place_for_the_connection_and_it_is_empty(sam: Browser, path: str) -> None:
    await sam.open(path)
    assert sam.texts("connection") == [""]
