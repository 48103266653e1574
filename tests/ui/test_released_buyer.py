"""A buyer whose seat was released: what their open page still does, and where their name still stands."""

from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.test_invitation import release


async def test_an_open_counter_offer_of_a_released_buyer_can_be_sent_no_more(
    trade: Trade, sam: Browser, bea: Browser
) -> None:
    """In a draft too an offer is possible, but to its seller alone."""
    bea.press("Counter-offer")
    bea.fill("Price", "900")
    await release(sam, bea)
    await bea.sees("Nothing was sent. The seller has taken the buyer's seat back")
    assert not bea.buttons("Send offer")
    assert not bea.buttons("Review new terms")


async def test_a_released_buyer_stands_among_the_participants_no_more(trade: Trade, sam: Browser, bea: Browser) -> None:
    """Not even for the grace that covers a reload: the next buyer would read the name of the one before."""
    sam.application.presence._grace = 5
    await sam.sees("Bea", "participants")
    await release(sam, bea)
    await sam.sees("Draft", "status")
    assert sam.text("participants") == "Sam (you)"
