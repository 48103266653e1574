"""What each side can press: by its role, by whose offer stands, and nothing that cannot work."""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest

from app.domain.actions import Outcome
from app.domain.kinds import KINDS, Kind, Status
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.room.acts import ACTS
from tests.ui.browser import ZONE, Browser

ELSEWHERE = {
    Kind.CREATED: "New trade makes it",
    Kind.JOINED: "whoever opens the link joins",
    Kind.SEAT_RELEASED: "in the dialog of the invitation",
    Kind.OFFER_SEEN: "the page tells it by itself",
}
"""What somebody does, and needs no button of its own in a room."""


def acts(page: Browser) -> list[str]:
    """What can be pressed on the page."""
    return [act.text for act in ACTS if page.buttons(act.text)]


async def stored(page: Browser, trade: Trade) -> Trade:
    """The trade as the database has it."""
    standing = await page.application.history.trade(trade.id)
    assert standing is not None
    return standing.trade


def clock(at: datetime) -> str:
    """A time as it stands on the page."""
    zone = ZoneInfo(ZONE)
    return wording.clock_time(at, zone, datetime.now(zone).date())


async def offer(page: Browser, button: str, confirm: str = "Send offer", **changes: str) -> None:
    """Make an offer by its dialog."""
    page.press(button)
    for label, text in changes.items():
        page.fill(label.replace("_", " "), text)
    page.press(confirm)
    await page.until(lambda: not page.buttons(confirm))


def test_what_somebody_may_do_has_its_button() -> None:
    with_button = {act.kind for act in ACTS}
    assert with_button | set(ELSEWHERE) == {kind for kind in Kind if KINDS[kind].by}
    assert with_button.isdisjoint(ELSEWHERE)


async def test_a_draft_is_the_seller_s(sam: Browser) -> None:
    await sam.room(await sam.offer())
    assert acts(sam) == ["Amend deal", "Extend", "Invitation", "Withdraw offer"]


async def test_the_buttons_follow_whose_offer_stands(trade: Trade, sam: Browser, bea: Browser) -> None:
    received = ["Accept deal", "Counter-offer"]
    seller, buyer = ["Extend", "Invitation"], ["Request amendment"]
    assert acts(sam) == ["Amend deal", *seller, "Withdraw offer"]
    assert acts(bea) == [*received, *buyer, "Reject deal"]
    await offer(bea, "Counter-offer", Price="900")
    await sam.sees("$900.00", "price")
    assert acts(sam) == [*received, *seller, "Reject deal"]
    assert acts(bea) == ["Change offer", *buyer, "Withdraw offer"]
    bea.press("Request amendment")
    bea.fill("What would you like changed?", "Or a bench with it?")
    bea.press("Send request")
    await sam.until(lambda: "Answer with an offer" in acts(sam))
    await offer(sam, "Answer with an offer", Price="950")
    await bea.sees("$950.00", "price")
    assert acts(sam) == ["Amend deal", *seller, "Withdraw offer"]
    await offer(sam, "Amend deal", "Save changes", Price="940")
    await bea.sees("$940.00", "price")
    await offer(bea, "Counter-offer", Price="930")
    await offer(bea, "Change offer", Price="935")
    await sam.sees("$935.00", "price")
    sam.press("Accept deal")
    sam.press("Accept these terms")
    await bea.sees("Sam accepted version 6: $935.00 × 5 = $4,675.00 .")
    for page in (sam, bea):
        await page.until(lambda page=page: acts(page) == ["Offer again"])  # type: ignore[misc]


async def test_what_is_hidden_is_not_done_when_it_is_pressed(trade: Trade, sam: Browser, bea: Browser) -> None:
    block = next(press.block for press in bea.buttons("Accept deal") if not hasattr(press, "props"))
    for name in ("Amend deal", "Extend", "Invitation", "Withdraw offer", "Offer again"):
        bea.trigger(block, "click", name)
        assert not bea.buttons("Cancel")
        assert not bea.buttons("Close")
    assert (await stored(sam, trade)).version == 1


async def test_an_offer_is_taken_back_by_whoever_made_it(trade: Trade, sam: Browser, bea: Browser) -> None:
    await offer(bea, "Counter-offer", Price="900")
    bea.press("Withdraw offer")
    bea.fill("Reason", "Bought elsewhere")
    bea.press("Withdraw")
    await sam.sees("Bea withdrew the offer. No trade was made.")
    assert "Bought elsewhere" in sam.text("timeline")
    assert (await stored(sam, trade)).status is Status.WITHDRAWN


async def test_the_seller_turns_an_offer_down(trade: Trade, sam: Browser, bea: Browser) -> None:
    await offer(bea, "Counter-offer", Price="1")
    await sam.sees("$1.00", "price")
    sam.press("Reject deal")
    sam.press("Reject")
    await bea.sees("Sam rejected the deal. No trade was made.")


async def test_the_total_is_shown_while_one_types_and_a_dash_where_it_is_no_figure(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    bea.press("Counter-offer")
    assert "Counter-offer to Sam This makes version 2. Only Sam can accept it" in bea.everything()
    bea.fill("Price", "900")
    await bea.sees("Total $4,500.00 $5,000.00 down $500.00 · 10.0 % against version 1")
    bea.fill("Quantity", "six")
    await bea.sees("Total – ")
    bea.fill("Quantity", "6")
    await bea.sees("Total $5,400.00 $5,000.00 up $400.00 · 8.0 % against version 1")
    await bea.sees("Sam always has at least two minutes to answer.")


async def test_a_late_offer_says_that_it_moves_the_deadline(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer(minutes="1")
    await sam.room(trade)
    await bea.room(trade)
    bea.press("Counter-offer")
    await bea.sees("Sent now, it moves the deadline to")
    bea.fill("Price", "900")
    bea.press("Send offer")
    await sam.sees("$900.00", "price")
    assert (await stored(sam, trade)).expires_at > trade.expires_at


async def test_the_deadline_is_extended_from_the_one_that_is_shown(trade: Trade, sam: Browser, bea: Browser) -> None:
    sam.press("Extend")
    sam.press("1 h")
    assert sam.field("Extend by (minutes)").value == "60"
    await sam.sees("Extended, it ends at")
    for wrong in ("soon", "0", "525601"):
        sam.fill("Extend by (minutes)", wrong)
        sam.press("Extend deadline")
        await sam.until(lambda: bool(sam.field("Extend by (minutes)").error))
        assert "Extended, it ends at" not in sam.everything()
    sam.press("1 day")
    sam.press("Extend deadline")
    await bea.until(lambda: bea.text("countdown").startswith("1 d 00:"))
    assert (await stored(sam, trade)).expires_at == trade.expires_at + timedelta(days=1)


async def test_minutes_are_not_added_to_a_deadline_that_nobody_saw(trade: Trade, sam: Browser) -> None:
    """It was on its way to the page when the button was pressed."""
    moved = trade.expires_at + timedelta(minutes=5)
    sam.press("Extend")
    await sam.application.negotiation.extend(await sam.viewer(), trade.id, moved, request=uuid4())
    await sam.sees(f"until {clock(moved)}")
    sam.trigger(sam.button("Extend deadline"), "click", [str(uuid4()), trade.expires_at.isoformat()])
    await sam.sees("The deadline has moved in the meantime. Please look at the new one, and press again.")
    assert (await stored(sam, trade)).expires_at == moved
    sam.trigger(sam.button("Extend deadline"), "click", [str(uuid4()), moved.isoformat()])
    await sam.until(lambda: sam.text("deadline") == clock(moved + timedelta(minutes=15)))


async def test_the_deadline_is_extended_until_a_time_in_the_browser_s_zone(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    def typed(later: timedelta) -> str:
        return f"{(trade.expires_at + later).astimezone(ZoneInfo(ZONE)):%Y-%m-%dT%H:%M}"

    sam.press("Extend")
    sam.press("Time")
    await sam.until(lambda: "Extend until" in sam.everything())
    field = sam.field("Extend until")
    assert (field.value, field.props["type"]) == (typed(timedelta(minutes=15)), "datetime-local")
    for wrong, sentence in (
        (typed(-timedelta(minutes=1)), "The deadline is not before that time. Please choose a later one."),
        (typed(timedelta()), "The deadline is not before that time. Please choose a later one."),
        (typed(timedelta(days=366)), "That is too far away. Please choose a time within a year."),
        (typed(timedelta(days=365)), "at most 525,600 minutes from now are possible."),
        ("", "Please choose the day and the time of the deadline."),
    ):
        sam.fill("Extend until", wrong)
        sam.press("Extend deadline")
        await sam.until(lambda sentence=sentence: sentence in str(field.error))  # type: ignore[misc]
        assert field.value == wrong
    sam.press("1 day")
    assert field.value == typed(timedelta(days=1))
    sam.press("Minutes")
    await sam.until(lambda: field.value == "1440")
    sam.press("Time")
    await sam.until(lambda: field.value == typed(timedelta(days=1)))
    sam.fill("Extend until", typed(timedelta(hours=5)))
    shown = (trade.expires_at + timedelta(hours=5)).replace(second=0, microsecond=0)
    await sam.sees(f"Extended, it ends at {clock(shown)} .")
    sam.press("Extend deadline")
    await bea.until(lambda: bea.text("deadline") == clock(shown))
    assert timedelta(0) <= (await stored(sam, trade)).expires_at - shown < timedelta(minutes=1)


async def test_an_extension_whose_answer_is_lost_is_made_once(
    trade: Trade, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, extended = sam.application.ledger.record, trade.expires_at + timedelta(minutes=15)

    async def lose_the_answer(outcome: Outcome, request: UUID | None = None) -> Outcome | None:
        recorded = await record(outcome, request)
        assert recorded is not None
        sam.application.lobby.publish(recorded)  # as the feed does a moment later
        raise psycopg.OperationalError("the connection is lost")

    sam.press("Extend")
    with monkeypatch.context() as patch:
        patch.setattr(sam.application.ledger, "record", lose_the_answer)
        sam.press("Extend deadline")
        await sam.sees("please try again")
    assert (await stored(sam, trade)).expires_at == extended
    await sam.sees(f"Extended, it ends at {clock(extended)} .")
    sam.press("Extend deadline")
    await sam.until(lambda: not sam.buttons("Extend deadline"))
    assert (await stored(sam, trade)).expires_at == extended
    sam.press("Extend")
    sam.press("Extend deadline")
    await bea.until(lambda: bea.text("deadline") == clock(extended + timedelta(minutes=15)))


async def test_an_earlier_version_is_offered_again(trade: Trade, sam: Browser, bea: Browser) -> None:
    await offer(bea, "Counter-offer", Price="900", Quantity="4")
    await sam.sees("$900.00", "price")
    sam.choose("Version history")
    await sam.sees("Version 2", "versions")
    sam.press("Offer version 1 again")
    assert (sam.field("Price").value, sam.field("Quantity").value) == ("1000.00", "5")
    sam.press("Send offer")
    await bea.sees("$1,000.00", "price")
    now = await stored(sam, trade)
    assert (now.version, now.terms) == (3, trade.terms)


async def test_the_seller_offers_the_same_again_in_a_new_trade(sam: Browser, bea: Browser) -> None:
    trade = await sam.application.trades.create(
        await sam.viewer(),
        title="Oak & ash",
        description="Oiled.",
        price="1000",
        quantity="5",
        buyer="",
        minutes="30",
        currency="EUR",
        unit="per pallet",
    )
    await sam.room(trade)
    await bea.room(trade)
    bea.press("Reject deal")
    bea.press("Reject")
    await sam.until(lambda: acts(sam) == ["Offer again"])
    sam.press("Offer again")
    await sam.until(lambda: str(sam.page.title).startswith("New trade") and sam.page.has_socket_connection)
    labels = ("Title", "Description", "Price", "Quantity", "Buyer name")
    assert [sam.field(label).value for label in labels] == ["Oak & ash", "Oiled.", "1000.00", "5", "Bea"]
    sam.press("Create trade")
    await sam.sees("Draft", "status")
    anew = await sam.application.trades.find(await sam.viewer(), sam.text("invitation-link").split("/")[-1])
    assert (anew.trade.currency, anew.trade.unit, anew.trade.invited) == ("EUR", "per pallet", "Bea")
    assert anew.trade.terms.price == Decimal(1000)


async def test_somebody_else_s_trade_fills_no_form(trade: Trade, sam: Browser, bea: Browser, eve: Browser) -> None:
    for page in (bea, eve):
        await page.open(f"/trades/new?again={trade.code}")
        assert page.field("Title").value == ""


async def test_the_buyer_asks_for_it_in_the_room(trade: Trade, sam: Browser, bea: Browser) -> None:
    bea.press("Reject deal")
    bea.press("Reject")
    # The room hears of it before the dialog goes, and nothing behind a dialog is pressed.
    await bea.until(lambda: acts(bea) == ["Offer again"] and not bea.buttons("Reject"))
    bea.press("Offer again")
    bea.press("Ask for a new offer")
    await sam.sees("Would you offer this again? $1,000.00 × 5 = $5,000.00", "messages")
