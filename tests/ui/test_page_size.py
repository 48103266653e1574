"""What a room's page weighs: its HTML stays small, however much was bargained, and an offer sends what it changed."""

from itertools import cycle

import pytest

from app.bootstrap import Application
from app.domain.trade import Trade
from tests.ui.browser import Browser

MOST_BYTES = 25_000


@pytest.fixture
async def bargained(sam: Browser, bea: Browser, application: Application) -> Trade:
    """A trade of thirty offers, each with its reason, and a request in the end."""
    trade = await sam.offer("40 pallets of reclaimed oak flooring, sanded", currency="EUR", description="Oiled. " * 40)
    people = [await sam.viewer(), await bea.viewer()]
    await application.negotiation.join(people[1], trade.id, trade.code)
    for version, viewer in zip(range(1, 30), cycle(people), strict=False):
        await application.negotiation.offer(
            viewer,
            trade.id,
            version,
            price=f"{1000 - version if viewer is people[0] else 800 + version}",
            quantity=f"{40 + version}",
            description=trade.terms.description,
            reason=f"Reason {version}: a full truck, so that the transport is on me.",
        )
    await application.negotiation.request_amendment(people[1], trade.id, "Before ten, please")
    return trade


async def test_a_room_s_html_stays_small(bargained: Trade, sam: Browser, bea: Browser) -> None:
    for page in (sam, bea):
        html = (await page.get(f"/room/{bargained.code}")).text
        assert len(html.encode()) < MOST_BYTES


async def test_no_page_names_a_script_that_it_never_asks_for(sam: Browser) -> None:
    html = (await sam.get("/trades")).text
    for element in ("aggrid", "echart", "leaflet", "plotly", "scene", "xterm"):
        assert element not in html
