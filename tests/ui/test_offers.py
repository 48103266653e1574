"""Offers in a room: what stands and what it changed, whose turn it is, cards with their state, and the price path."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from app.bootstrap import Application
from app.domain import rules
from app.domain.kinds import Role
from app.domain.moves import Offer, See
from app.domain.terms import Terms
from app.domain.trade import Trade
from app.rooms.room import KEPT
from tests.ui.browser import Browser

ASKED = 'class="offer asked" data-seq="[0-9]+" data-state="{}"'


@pytest.fixture
async def trade(sam: Browser, bea: Browser) -> Trade:
    """Sam's offer of five for $1,000.00 each, with both in its room."""
    trade = await sam.offer(unit="per table")
    await sam.room(trade)
    await bea.room(trade)
    await sam.sees("In negotiation", "status")
    return trade


async def offer(page: Browser, trade: Trade, price: str, quantity: str = "5", reason: str = "") -> None:
    """Put an offer in the place of the one that stands."""
    standing = await page.application.history.trade(trade.id)
    assert standing is not None
    await page.application.negotiation.offer(
        await page.viewer(),
        trade.id,
        standing.trade.version,
        price=price,
        quantity=quantity,
        description="Oiled.",
        reason=reason,
    )


def states(page: Browser) -> list[str]:
    """The states of the cards in the conversation, from the first on."""
    return [said.split(" · ")[1].split(" ")[1] for said in page.texts("offer")]


async def test_the_deal_shows_what_an_offer_has_changed(trade: Trade, sam: Browser, bea: Browser) -> None:
    for page in (sam, bea):
        assert page.texts("change") == page.texts("price-path") == page.texts("request") == []
        assert "USD per table" in page.everything()
    await offer(bea, trade, "880", "6")
    for page, whose, who in ((sam, "your", "Bea"), (bea, "Sam ’s", "you")):
        await page.sees("$880.00", "price")
        assert page.text("change") == f"down $120.00 · 12.0 % Quantity up 1 against {whose} offer"
        assert page.text("version").startswith(f"Version 2 · offered by {who}")
        assert "before: $1,000.00" in page.everything()
        assert "$5,280.00 up $280.00 · 5.6 %" in page.everything()
    await offer(bea, trade, "900", "6")
    await sam.sees("against Bea ’s earlier offer", "change")


async def test_whose_turn_it_is_follows_the_offer_and_the_request(trade: Trade, sam: Browser, bea: Browser) -> None:
    assert (sam.text("turn"), bea.text("turn")) == ("Waiting for Bea", "Your turn")
    await offer(bea, trade, "880")
    await sam.sees("Your turn", "turn")
    assert bea.text("turn") == "Waiting for Sam"
    await offer(sam, trade, "920")
    await bea.sees("Your turn", "turn")
    await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, "Before ten, please")
    await sam.sees("Bea asks for an amendment Before ten, please", "request")
    assert bea.text("request") == "You ask for an amendment Before ten, please"
    assert (sam.text("turn"), bea.text("turn")) == ("Your turn", "Waiting for Sam")
    assert "You can still accept it." in bea.everything()
    await offer(sam, trade, "910")
    await bea.sees("Your turn", "turn")
    assert sam.texts("request") == bea.texts("request") == []


async def test_a_draft_waits_for_a_buyer(sam: Browser) -> None:
    await sam.room(await sam.offer())
    assert sam.text("turn") == "Waiting for a buyer"


async def test_a_moved_deadline_is_told_beside_the_clock(trade: Trade, sam: Browser, bea: Browser) -> None:
    before = bea.text("deadline")
    await sam.application.negotiation.extend(await sam.viewer(), trade.id, trade.expires_at + timedelta(days=300))
    await bea.until(lambda: bea.text("deadline") != before)
    for page in (sam, bea):
        assert ", " in page.text("deadline")
        assert f"extended the deadline to {page.text('deadline')}" in page.text("timeline")
        assert f"stands until {page.text('deadline')}." in page.everything()


async def test_an_offer_that_moved_the_deadline_says_so(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer(minutes="1")
    await sam.room(trade)
    await bea.room(trade)
    await sam.sees("In negotiation", "status")
    await offer(bea, trade, "880")
    await sam.sees("This moved the deadline to")
    for page in (sam, bea):
        assert f"which moved the deadline to {page.text('deadline')}" in page.text("timeline")
    await offer(sam, trade, "1100")
    assert sam.everything().count("This moved the deadline to") == 2, "the second one, too, leaves two minutes"


async def test_offers_are_cards_and_a_newer_one_replaces_the_one_before(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    assert states(sam) == ["Standing"]
    await offer(bea, trade, "880", "6", reason="My limit")
    await sam.until(lambda: states(sam) == ["Replaced", "Standing"])
    (_, card) = sam.texts("offer")
    assert card.startswith("Bea ’s offer Version 2 · ")
    assert "$880.00 × 6 = $5,280.00 down $120.00 · 12.0 % Quantity up 1 against version 1 My limit" in card
    assert bea.texts("offer")[1].startswith("Your offer Version 2 · ")
    assert states(await sam.tab().room(trade)) == ["Replaced", "Standing"]


async def test_only_the_card_that_changed_is_sent(trade: Trade, sam: Browser, bea: Browser) -> None:
    for price in ("990", "980", "970"):
        await offer(sam, trade, price)
    await bea.until(lambda: len(states(bea)) == 4)
    bea.page.outbox.updates.clear()
    before = {id(element): element.props.get("innerHTML") for element in bea.page.elements.values()}
    await offer(sam, trade, "960")
    await bea.until(lambda: len(states(bea)) == 5)
    changed = [
        str(element.props["innerHTML"])
        for element in bea.page.elements.values()
        if id(element) in before and before[id(element)] != element.props.get("innerHTML")
    ]
    cards = [html for html in changed if 'data-testid="offer"' in html]
    assert [html.count('data-testid="offer"') for html in cards] == [1]
    assert "Version 4" in cards[0]


@pytest.mark.parametrize(
    "closing",
    [("accept", "Accepted", ""), ("reject", "Rejected", "Too little"), ("withdraw", "Withdrawn", "Found another")],
)
async def test_the_close_is_the_standing_card_s_last_state(
    trade: Trade, sam: Browser, bea: Browser, closing: tuple[str, str, str]
) -> None:
    end, last, reason = closing
    await offer(bea, trade, "880")
    await sam.until(lambda: len(states(sam)) == 2)
    who = await (bea if end == "withdraw" else sam).viewer()
    await getattr(sam.application.negotiation, end)(who, trade.id, 2, *filter(None, [reason]))
    document = "Receipt" if end == "accept" else "Record"
    for page in (sam, bea, await sam.tab().room(trade)):
        await page.sees(f"{document} · trade {trade.id}")
        assert states(page) == ["Replaced", last]
        assert page.text("turn") == ""
        for gone in ("countdown", "deadline", "change", "request", "invitation-link"):
            assert page.texts(gone) == [], gone
        assert "What now" in page.everything()
        assert page.everything().count(reason) == (3 if reason else len(page.everything()) + 1)


async def test_an_expired_offer_s_card_says_so(sam: Browser, bea: Browser, application: Application) -> None:
    terms = (await sam.offer()).terms
    outcome = await application.ledger.create(await sam.person(), "Short", terms, "", minutes=0.02)  # type: ignore[arg-type]
    await sam.room(outcome.trade)
    await sam.until(lambda: sam.text("countdown") == "0:00")
    await application.negotiation.expire(outcome.trade.id)
    await sam.until(lambda: states(sam) == ["Expired"])


async def test_cards_in_earlier_pages_have_their_state_and_keep_it(
    trade: Trade, sam: Browser, bea: Browser, application: Application
) -> None:
    await offer(bea, trade, "880")
    for n in range(60):
        await application.negotiation.send(await bea.viewer(), trade.id, f"message {n:02}")
    seen = await sam.tab().room(trade)
    assert seen.texts("offer") == []
    seen.press("Show earlier messages")
    await seen.until(lambda: states(seen) == ["Replaced", "Standing"])
    assert seen.text("change").startswith("down $120.00")
    await offer(sam, trade, "900")
    await seen.until(lambda: states(seen) == ["Replaced", "Replaced", "Standing"])


async def test_a_request_is_a_card_that_is_open_until_the_next_offer(trade: Trade, sam: Browser, bea: Browser) -> None:
    for words in ("Before ten, please", "Or on Friday"):
        await bea.application.negotiation.request_amendment(await bea.viewer(), trade.id, words)
    await sam.sees("Or on Friday", "messages")
    assert len(re.findall(ASKED.format("open"), sam.markup())) == 1
    await offer(sam, trade, "900")
    await sam.until(lambda: 'data-state="open"' not in sam.markup())
    assert len(re.findall(ASKED.format("past"), sam.markup())) == 2


async def test_of_two_requests_in_the_same_words_the_newest_is_open(trade: Trade, sam: Browser, bea: Browser) -> None:
    talk, buyer = bea.application.negotiation, await bea.viewer()
    for _ in range(2):
        await talk.request_amendment(buyer, trade.id, "Before ten, please")
    for n in range(KEPT):
        await talk.send(buyer, trade.id, f"Word {n}")
    await sam.sees(f"Word {KEPT - 1}", "messages")
    later = await sam.tab().room(trade)
    assert "asked" not in later.markup()
    later.press("Show earlier messages")
    await later.sees("Before ten, please", "messages")
    for page in (sam, later):
        assert re.findall(ASKED.format("([a-z]+)"), page.markup()) == ["past", "open"]


async def test_whoever_made_the_offer_learns_that_it_was_seen(trade: Trade, sam: Browser, bea: Browser) -> None:
    assert "saw version" not in sam.everything()
    await bea.application.negotiation.see(await bea.viewer(), trade.id, 1)
    await sam.sees("Bea saw version 1, ", "offer")
    assert "saw version" not in bea.everything()


async def test_when_an_offer_was_seen_stays_on_its_card_however_it_was_answered(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    talk, seller, buyer = bea.application.negotiation, await sam.viewer(), await bea.viewer()
    await talk.see(buyer, trade.id, 1)
    await offer(bea, trade, "880")
    await talk.see(seller, trade.id, 2)
    await offer(sam, trade, "920")
    await talk.see(buyer, trade.id, 3)
    await talk.accept(buyer, trade.id, 3)
    for page, other, seen in ((sam, "Bea", [1, 3]), (bea, "Sam", [2])):
        for opened in (page, await page.tab().room(trade)):
            await opened.until(lambda opened=opened: states(opened) == ["Replaced", "Replaced", "Accepted"])  # type: ignore[misc]
            said = [card.partition(f"{other} saw version ")[2][:1] for card in opened.texts("offer")]
            assert said == [str(version) if version in seen else "" for version in (1, 2, 3)]


async def test_that_an_offer_was_seen_and_replaced_may_be_heard_of_at_once(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    room, now = sam.application.lobby.room(trade.id), sam.application.database.clock.now()
    assert room is not None
    seen = rules.apply(room.trade, See(1), by=Role.BUYER, now=now)
    made = rules.apply(seen.trade, Offer(1, Terms(Decimal(880), 5)), by=Role.BUYER, now=now)
    first, second = (
        told.recorded(room.seq + n, now, trade.expires_at).action for n, told in enumerate((seen, made), start=1)
    )
    room.show(made.trade, second.seq, [first, second])
    await sam.until(lambda: states(sam) == ["Replaced", "Standing"])
    assert "Bea saw version 1, " in sam.texts("offer")[0]


async def test_when_an_offer_was_seen_is_told_however_much_was_said_since(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    talk, seller = bea.application.negotiation, await sam.viewer()
    await talk.see(await bea.viewer(), trade.id, 1)
    await sam.sees("Bea saw version 1, ", "offer")
    for n in range(KEPT + 1):
        await talk.send(seller, trade.id, f"Word {n}")
        if not n:
            await offer(sam, trade, "920")
    await sam.until(lambda: len(sam.texts("offer")) == 2)
    told = sam.texts("offer")
    assert "Bea saw version 1, " in told[0]
    for page in (sam, bea):
        page.page.delete()
    await sam.wait(lambda: sam.application.lobby.room(trade.id) is None)
    again = await sam.tab().room(trade)
    again.press("Show earlier messages")
    await again.until(lambda: again.texts("offer") == told)


async def test_the_price_path_grows_with_each_offer(trade: Trade, sam: Browser, bea: Browser) -> None:
    await offer(bea, trade, "880")
    await sam.sees("$120.00 apart")
    await offer(sam, trade, "920")
    await bea.sees("Sam came down $80.00 · $40.00 apart")
    assert bea.markup().count('data-testid="price-path"') == 1
    assert "Version 3, \N{FIRST STRONG ISOLATE}Sam\N{POP DIRECTIONAL ISOLATE}: $920.00." in bea.markup()
    await bea.application.negotiation.accept(await bea.viewer(), trade.id, 3)
    await sam.until(lambda: 'class="agreed"' in sam.markup())
