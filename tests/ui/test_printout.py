"""All of a trade on paper: for its parties, whole, in pieces, with times that say where."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from app.bootstrap import Application
from app.db.history import History
from app.domain.actions import Action, Version
from app.domain.trade import Trade
from tests.ui.browser import Browser


@pytest.fixture
async def trade(sam: Browser, bea: Browser, application: Application) -> Trade:
    """Sam's offer, which Bea has answered; both know what they said."""
    trade = await sam.offer("Oak <b>table</b>", description="Oiled & sanded")
    seller, buyer = await sam.viewer(), await bea.viewer()
    negotiation = application.negotiation
    await negotiation.join(buyer, trade.id, trade.code)
    await negotiation.offer(buyer, trade.id, 1, price="900", quantity="4", description="Sanded", reason="My <limit>")
    await negotiation.send(seller, trade.id, "<i>Let me think</i>")
    return trade


def text(html: str) -> str:
    """What somebody reads."""
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html.partition("<body")[2]))


async def test_it_holds_terms_parties_versions_and_conversation_and_names_nobody_you(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    for page in (sam, bea):
        answer = await page.get(f"/room/{trade.code}/print")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/html")
        assert answer.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        read = text(answer.text)
        for part in ("Terms", "Parties", "Versions", "Conversation"):
            assert part in read
        parts = ("$900.00", "$3,600.00", "Version 1 by Sam", "Version 2 by Bea", "Bea joined as the buyer")
        for part in (
            *parts,
            "Oiled &amp; sanded",
            "My &lt;limit&gt;",
            "&lt;i&gt;Let me think&lt;/i&gt;",
            "In negotiation",
        ):
            assert part in read
        assert "<b>table" not in answer.text
        assert not re.search(r"\b[Yy]ou\b", read)


async def test_each_time_has_its_date_and_zone(trade: Trade, sam: Browser) -> None:
    html = (await sam.get(f"/room/{trade.code}/print")).text
    told = re.findall(r'<time datetime="([^"]+)">([^<]+)</time>', html)
    assert len(told) == 6  # two versions, and four things that happened
    for machine, words in told:
        assert re.fullmatch(r"[A-Z][a-z]{2} \d{1,2}, \d{4}, \d\d:\d\d:\d\d UTC[+-]\d\d:\d\d", words), words
        assert str(datetime.fromisoformat(machine).astimezone(UTC).year) in words


async def test_whoever_has_not_joined_a_closed_trade_never_will(sam: Browser, application: Application) -> None:
    trade = await sam.offer("Oak table")
    assert "Buyer Nobody yet" in text((await sam.get(f"/room/{trade.code}/print")).text)
    await application.negotiation.withdraw(await sam.viewer(), trade.id, 1, "")
    assert "Buyer Nobody Versions" in text((await sam.get(f"/room/{trade.code}/print")).text)


async def test_others_get_the_answer_that_the_room_gives(trade: Trade, eve: Browser, sam: Browser) -> None:
    draft = await sam.offer()
    for code in (trade.code, draft.code, "nowhere"):
        answer = await eve.get(f"/room/{code}/print")
        assert answer.status_code == 404
        assert "Nothing here" in answer.text
        assert "Oak" not in text(answer.text)


async def test_signed_out_it_asks_to_sign_in_first(trade: Trade, browser: Callable[[], Browser]) -> None:
    answer = await browser().get(f"/room/{trade.code}/print")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?next=/room/")


async def test_it_is_read_in_pieces_and_whole(trade: Trade, sam: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"/room/{trade.code}/print"
    at_once = text((await sam.get(address)).text).partition("Terms")[2]
    read: list[int] = []

    async def actions_since(history: History, trade_id: int, seq: int, *, limit: int) -> list[Action]:
        assert limit <= 100, "no piece takes long"
        read.append(seq)
        return await all_since(history, trade_id, seq, limit=2)

    async def versions(history: History, trade_id: int, *, before: int | None = None) -> list[Version]:
        return await all_versions(history, trade_id, before=before, limit=1)

    all_since, all_versions = History.actions_since, History.versions
    monkeypatch.setattr(History, "actions_since", actions_since)
    monkeypatch.setattr(History, "versions", versions)
    assert text((await sam.get(address)).text).partition("Terms")[2] == at_once
    assert read == [0, 2, 4]
