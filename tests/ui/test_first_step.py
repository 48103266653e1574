"""How a room works is told once to each person: a seller in a draft, a buyer in an open trade."""

from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.newcomers import bea, sam

__all__ = ["bea", "sam"]
SELLERS, BUYERS = "Only you are here yet", "The offer can be changed or taken back until you accept it"


async def joined(sam: Browser, bea: Browser) -> Trade:
    trade = await sam.offer("First", buyer=bea.name)
    await sam.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    return trade


async def test_it_is_there_until_it_is_put_away_in_any_browser(sam: Browser) -> None:
    first, second = await sam.offer("First"), await sam.offer("Second")
    for trade in (first, second, first):
        await sam.room(trade)
        await sam.sees(SELLERS)
    sam.press("Got it")
    await sam.until(lambda: SELLERS not in sam.everything())
    elsewhere = await Browser(sam.application).signed_in(sam.name)
    for page, trade in ((sam, second), (sam, first), (elsewhere, second)):
        await page.room(trade)
        assert SELLERS not in page.everything()


async def test_each_side_is_told_its_own_while_it_helps(sam: Browser, bea: Browser) -> None:
    trade = await joined(sam, bea)
    await bea.room(trade)
    await bea.sees(BUYERS)
    await sam.room(trade)  # no draft any more
    assert not sam.has_button("Got it")
    await sam.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await bea.room(trade)
    assert not bea.has_button("Got it")


async def test_it_goes_when_the_buyer_has_come_and_when_the_trade_is_closed(sam: Browser, bea: Browser) -> None:
    trade = await sam.offer("First", buyer=bea.name)
    await sam.room(trade)
    await sam.sees(SELLERS)
    await bea.room(trade)
    await sam.until(lambda: SELLERS not in sam.everything())
    await bea.sees(BUYERS)
    await sam.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await bea.until(lambda: BUYERS not in bea.everything())


async def test_it_comes_once_however_often_the_page_connects_and_is_no_message(sam: Browser, bea: Browser) -> None:
    await bea.room(await joined(sam, bea))
    bea.leave()
    await bea.reconnect()
    await bea.sees(BUYERS)
    assert bea.everything().count(BUYERS) == 1
    assert BUYERS not in bea.text("messages")


async def test_the_page_s_html_carries_none_of_it(sam: Browser, bea: Browser) -> None:
    trade = await joined(sam, bea)
    assert BUYERS not in (await bea.get(f"/room/{trade.code}")).text
