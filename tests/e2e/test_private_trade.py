"""A private trade in real browsers: every byte that a stranger's dashboard gets tells its status, and nothing else."""

from playwright.async_api import WebSocket, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import Room

_SECRETS = ("Veiled vases", "Veiled text", "per veiled crate", "Veiled word", "777.77", "666.66")


async def test_no_byte_of_a_stranger_s_dashboard_tells_more_than_the_status(newcomer: Newcomer) -> None:
    seller, buyer, eve = [await newcomer(name) for name in ("Sam", "Bea", "Eve")]
    received: list[str] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: received.append(str(frame)))

    eve.page.on("websocket", listen)
    await eve.visit("/activity")
    await expect(eve.page.get_by_test_id("users-online")).not_to_have_text("0")
    await seller.visit("/trades/new")
    await seller.page.get_by_label("Private", exact=True).check()
    await seller.page.get_by_label("Unit", exact=True).fill(_SECRETS[2])
    offered = await seller.create_trade(title=_SECRETS[0], description=_SECRETS[1], price=_SECRETS[4])
    link = await offered.link()
    entered = await buyer.enter(link)
    await entered.say(_SECRETS[3])
    await expect(offered.message(_SECRETS[3])).to_be_visible()
    await offered.open("Amend deal")
    await offered.fill(price=_SECRETS[5])
    await offered.confirm("Save changes")
    await expect(entered.part("price")).to_contain_text(_SECRETS[5])
    row = eve.page.get_by_test_id("trade").filter(has_text="Private trade").first
    await expect(row).to_have_text("Private tradeIn negotiation")
    await expect(row.get_by_role("link")).to_have_count(0)
    page = await (await eve.context.request.get(eve.at("/activity"))).text()
    assert received
    for secret in (*_SECRETS, link.rpartition("/")[2], seller.name, buyer.name):
        assert secret not in page
        assert not [frame for frame in received if secret in frame]
    await seller.visit("/activity")
    await seller.page.get_by_test_id("trade").filter(has_text=_SECRETS[0]).click()
    await Room(seller.page).entered()
