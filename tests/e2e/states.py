"""The pages of the site in each of their states, in the order in which people come to them.

Each of `SCENES` plays one stretch and yields what is on the screen by a name; whoever asks looks at every one of them.
A new page or dialog is one line here.
"""

from collections.abc import AsyncIterator, Callable

from itsdangerous import Signer
from playwright.async_api import Page, expect

from tests.e2e.mailbox import follow_mail, save_address
from tests.e2e.people import Cast
from tests.e2e.room import Room
from tests.e2e.server import SECRET

Shown = AsyncIterator[tuple[str, Page]]
_WRONG_DRAFT = {"title": "", "price": "a lot", "quantity": "0", "minutes": "soon"}


async def _cancel(room: Room) -> None:
    for name in ("Cancel", "Close"):
        if await room.dialog.get_by_role("button", name=name, exact=True).is_visible():
            await room.confirm(name)
            return


async def signed_out(cast: Cast) -> Shown:
    """What somebody sees who has no account."""
    guest = await cast.stranger("Guest")
    guest.expects("status of 404")
    await guest.visit("/")
    await expect(guest.page.get_by_label("Name", exact=True)).to_be_visible()
    yield "sign-in", guest.page
    await guest.enter_name_and_password("Sign in", password="wrong password")
    await expect(guest.page.get_by_role("alert")).to_be_visible()
    yield "sign-in with an error", guest.page
    await guest.visit("/how-it-works")
    yield "how it works, signed out", guest.page
    await guest.visit("/nowhere")
    yield "not found, signed out", guest.page


async def lists(cast: Cast) -> Shown:
    """The pages around the rooms."""
    seller = await cast.newcomer("Sam")
    seller.expects("status of 404")
    page = seller.page
    await seller.visit("/trades")
    await expect(page.get_by_text("No trades yet")).to_be_visible()
    yield "My trades, empty", page
    await seller.visit("/trades/new")
    await expect(page.get_by_text("What the buyer will see")).to_be_visible()
    yield "New trade", page
    await seller.fill_draft(**_WRONG_DRAFT)
    await page.get_by_role("button", name="Create trade").click()
    await expect(page.get_by_role("alert").filter(visible=True).first).to_be_visible()
    yield "New trade with errors", page
    await seller.create_trade(description="Two metres, oiled.", minutes="30")
    for path, heading in (("/trades", "My trades"), ("/activity", "Activity"), ("/how-it-works", "How it works")):
        await seller.visit(path)
        await expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        yield path, page
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    yield "the list of shortcuts", page
    await page.keyboard.press("Escape")
    await seller.visit("/nowhere")
    yield "not found", page
    await seller.visit("/account")
    yield "account", page
    await page.get_by_role("button", name="Delete account").click()
    await page.get_by_role("button", name="Delete for good").click()
    await expect(page.get_by_role("dialog").get_by_role("alert").filter(visible=True).first).to_be_visible()
    yield "deleting the account, with an error", page


async def mails(cast: Cast) -> Shown:
    """Where links in mails lead, and the way back to an account."""
    bea = await cast.newcomer("Bea")
    page = bea.page
    address = await save_address(page)
    await follow_mail(page, address, "Confirm your e-mail address")
    yield "confirming an address", page
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("heading", name="Your address is confirmed")).to_be_visible()
    yield "the address is confirmed", page
    await bea.visit("/account")
    await expect(page.get_by_role("button", name="Stop mails about trades")).to_be_visible()
    yield "account with an address", page
    await bea.visit("/demo/mail")
    yield "the demo's mails", page
    await bea.visit("/forgot-password")
    yield "forgot password", page
    await page.get_by_label("Name", exact=True).fill(bea.name)
    await page.get_by_role("button", name="Send link").click()
    await expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    yield "forgot password: a link is on its way", page
    await follow_mail(page, address, "Choose a new password")
    yield "choose a new password", page
    await bea.visit(f"/mail/unsubscribe/{Signer(SECRET, salt='unsubscribe').sign('1').decode()}")
    await expect(page.get_by_role("button", name="Unsubscribe")).to_be_visible()
    yield "unsubscribe", page


async def bargaining(cast: Cast) -> Shown:
    """A room, from the draft to the acceptance."""
    seller, buyer = await cast.newcomer("Sam"), await cast.newcomer("Bea")
    selling = await seller.create_trade(description="Two metres, oiled.\n" * 12)  # longer than its place
    yield "room: draft", selling.page
    buying = await buyer.enter(await selling.link())
    await buying.say("Is it oak throughout?")
    await selling.say("It is.")
    await expect(selling.part("turn")).to_contain_text("Waiting for")
    yield "room: the seller waits", selling.page
    yield "room: the buyer's turn", buying.page
    for room, buttons in (
        (buying, ("Accept deal", "Counter-offer", "Request amendment", "Reject deal")),
        (selling, ("Amend deal", "Extend", "Invitation", "Withdraw offer")),
    ):
        for button in buttons:
            await room.open(button)
            yield f"dialog: {button}", room.page
            await _cancel(room)
    await buying.open("Counter-offer")
    await buying.fill(price="a lot")
    await buying.dialog.get_by_role("button", name="Send offer").click()
    await expect(buying.dialog.get_by_role("alert").filter(visible=True).first).to_be_visible()
    yield "dialog: Counter-offer with an error", buying.page
    await buying.page.keyboard.press("Escape")
    await expect(buying.button("Keep typing")).to_be_focused()
    yield "dialog: what was typed is asked about", buying.page
    await buying.button("Discard").click()
    await expect(buying.dialog).to_have_count(0)
    await buying.open("Accept deal")
    await selling.amend(price="900", reason="A full truck")
    await expect(buying.button("Review new terms")).to_be_visible()
    yield "dialog: the terms have moved", buying.page
    await _cancel(buying)
    await buying.offer("Counter-offer", price="850")
    await expect(selling.part("turn")).to_contain_text("Your turn")
    await buying.request("Before ten, please")
    await expect(selling.part("request")).to_be_visible()
    yield "room: the seller's turn, with an open request", selling.page
    yield "room: the buyer waits, with an open request", buying.page
    await selling.page.set_viewport_size({"width": 390, "height": 844})
    await selling.button("More actions").click()
    await expect(selling.button("Extend")).to_be_visible()
    yield "room: the menu", selling.page
    await selling.page.keyboard.press("Escape")
    await selling.show("Version history")
    await expect(selling.versions.get_by_text("Version 1", exact=True)).to_be_visible()
    yield "room: version history", selling.page
    await selling.open("Offer version 1 again")
    yield "dialog: Offer version 1 again", selling.page
    await _cancel(selling)
    await selling.accept()
    await expect(buying.status).to_have_text("Accepted")
    # Of what has scrolled below the sheet's head axe-core would say that it is obscured.
    await selling.button("Deal and history").click()
    yield "room: accepted, seller", selling.page
    yield "room: accepted, buyer", buying.page


async def interruptions(cast: Cast) -> Shown:
    """What comes between: the menu of notifications, a line that is cut, paper, a seat that is taken back."""
    seller, buyer = await cast.newcomer("Sam"), await cast.newcomer("Bea")
    buyer.expects("WebSocket|net::ERR_")
    selling = await seller.create_trade(description="Two metres, oiled.")
    buying = await buyer.enter(await selling.link())
    await buying.button("Notifications").click()
    await expect(buying.button("Turn on notifications")).to_be_visible()
    yield "room: the menu of notifications", buying.page
    await buying.page.keyboard.press("Escape")
    await buyer.context.set_offline(True)
    await buying.page.evaluate("socket.io.engine.close()")  # not every browser cuts what is open already
    await expect(buying.connection).to_contain_text("Not connected")
    yield "room: not connected", buying.page
    await buyer.context.set_offline(False)
    await expect(buying.connection).to_be_empty(timeout=20_000)
    await selling.open("Invitation")
    await selling.button("Release seat").click()
    await expect(buying.page.get_by_role("heading", name="Your seat was released")).to_be_visible()
    yield "room: your seat was released", buying.page
    await seller.visit(f"{selling.page.url}/print")
    await expect(seller.page.get_by_role("heading", name="Versions, the newest first")).to_be_visible()
    yield "the printout", seller.page


async def endings(cast: Cast) -> Shown:
    """The other ways in which a trade ends; that it expires is told in `stories`, which wait for it."""
    seller, buyer = await cast.newcomer("Sam"), await cast.newcomer("Bea")
    for ending in ("Rejected", "Withdrawn"):
        selling = await seller.create_trade()
        buying = await buyer.enter(await selling.link())
        if ending == "Rejected":
            await buying.reject("Found one nearby")
        else:
            await selling.open("Withdraw offer")
            await selling.confirm("Withdraw")
        await expect(buying.status).to_have_text(ending)
        yield f"room: {ending}", buying.page
    await buyer.visit("/trades")
    await expect(buyer.page.get_by_test_id("trade").first).to_be_visible()
    yield "My trades with closed ones", buyer.page


SCENES: tuple[Callable[[Cast], Shown], ...] = (signed_out, lists, mails, bargaining, interruptions, endings)
