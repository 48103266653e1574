"""What people do who look at a room's page, or elsewhere."""

from app.domain.trade import Trade
from tests.ui.browser import Browser


def look(page: Browser, *, visible: bool = True) -> None:
    """The tab is shown, or hidden."""
    page.is_shown = visible
    page.trigger(page.page.layout, "visibility", args=visible)


async def say(page: Browser, trade: Trade, text: str) -> int:
    """A message, not by the page; its place."""
    return (await page.application.negotiation.send(await page.viewer(), trade.id, text)).seq


async def presence(page: Browser, state: str) -> None:
    """Wait until the other party is shown in this state."""
    await page.until(lambda: f'data-testid="counterparty" data-presence="{state}"' in page.markup())
