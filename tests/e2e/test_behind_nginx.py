"""A whole deal through nginx: as the setup in the documentation has it, and where that forgot to pass sockets on."""

from collections.abc import Iterator

import pytest
from playwright.async_api import expect

from tests.e2e.network import TRANSPORT
from tests.e2e.room import Person
from tests.e2e.server import Server
from tests.nginx import behind_nginx


@pytest.fixture(params=[True, False], ids=["sockets pass", "no socket passes"], scope="module")
def passes_sockets(request: pytest.FixtureRequest) -> bool:
    """Whether nginx lets sockets through."""
    return bool(request.param)


@pytest.fixture(scope="module")
def site(passes_sockets: bool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind nginx."""
    with behind_nginx(tmp_path_factory.mktemp("nginx"), passes_sockets=passes_sockets) as server:
        yield server


async def test_a_deal_is_closed_behind_nginx(people: tuple[Person, Person], passes_sockets: bool) -> None:
    seller, buyer = people
    if not passes_sockets:
        for person in (seller, buyer):
            person.expects("WebSocket|status of 400")
    offered = await seller.create_trade()
    entered = await buyer.enter(await offered.link())
    assert await buyer.page.evaluate(TRANSPORT) == ("websocket" if passes_sockets else "polling")
    await entered.say("Through the proxy")
    await expect(offered.message("Through the proxy")).to_be_visible()
    await expect(offered.part("status")).to_have_text("In negotiation")
    await offered.amend(price="900", reason="A last one")
    await expect(entered.part("price")).to_have_text("$900.00")
    await entered.reload()
    await entered.accept()
    for room in (offered, entered):
        await expect(room.status).to_have_text("Accepted")
        await expect(room.connection).to_be_empty()
