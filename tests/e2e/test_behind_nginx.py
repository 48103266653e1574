"""A whole deal through nginx: as the setup in the documentation has it, and where that forgot to pass sockets on."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.people import Cast
from tests.e2e.server import Server, running
from tests.nginx import nginx
from tests.ports import free_port

TRANSPORT = "window.socket?.connected && socket.io.engine.transport.name"


@pytest.fixture(params=[True, False], ids=["sockets pass", "no socket passes"], scope="module")
def behind(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server behind nginx, whose address is nginx's."""
    port, directory = free_port(), tmp_path_factory.mktemp("nginx")
    address = f"http://localhost:{port}"
    with (
        running(PUBLIC_URL=address, TRUSTED_PROXIES="127.0.0.1") as server,
        nginx(directory, port, server.address, passes_sockets=request.param),
    ):
        server.address = address
        yield server


@pytest_asyncio.fixture(loop_scope="session")
async def cast(browser: Browser, behind: Server) -> AsyncIterator[Cast]:
    """The people of a test at this address."""
    cast = Cast(browser, behind)
    yield cast
    await cast.leave()
    cast.check()


async def test_a_deal_is_closed_behind_nginx(cast: Cast, request: pytest.FixtureRequest) -> None:
    passes_sockets = request.node.callspec.params["behind"]
    seller, buyer = await cast.newcomer("Sam"), await cast.newcomer("Bea")
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
