"""The fields of dialogs tell the server what is typed once for each pause, and nothing that was typed is lost by it."""

from playwright.async_api import Page, expect

from app.ui.components.feedback import PAUSE
from tests.e2e.network import Line
from tests.e2e.people import Newcomer
from tests.e2e.room import Room
from tests.e2e.stories import meet

LONG = "A full truck takes forty-four of them, at most. " * 3

TYPE = """(field, text) => {
    field.focus();
    field.value = text;
    field.dispatchEvent(new InputEvent('input', {bubbles: true}));
}"""


def overhear(page: Page) -> list[str]:
    """What the page sends from its next load on."""
    sent: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(str(frame))))
    return sent


async def test_a_counter_offer_tells_what_is_typed_with_one_message_for_a_pause(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    sent = overhear(buyer.page)
    await buyer.page.reload()
    dialog = await buyer.open("Counter-offer")
    for label, text, delay in (("Price", "900.50", 30), ("Reason for change", "Without the carriage", 20)):
        field = dialog.get_by_label(label, exact=True)
        await field.fill("")
        await buyer.page.wait_for_timeout(2 * PAUSE)
        sent.clear()
        await field.press_sequentially(text, delay=delay)
        await buyer.page.wait_for_timeout(2 * PAUSE)
        assert len([frame for frame in sent if text[:3] in frame]) == 1
    await expect(dialog).to_contain_text("$1,801.00")


async def test_the_button_and_enter_hand_in_what_was_typed_just_now(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Counter-offer")
    await dialog.get_by_label("Reason for change", exact=True).fill(LONG)
    await dialog.get_by_label("Price", exact=True).fill("")
    await buyer.page.keyboard.type("912.34")
    await buyer.button("Send offer").click()
    await expect(seller.part("price")).to_have_text("$912.34")
    dialog = await seller.open("Counter-offer")
    await dialog.get_by_label("Price", exact=True).fill("")
    await seller.page.keyboard.type("943.21")
    await seller.page.keyboard.press("Enter")
    await expect(buyer.part("price")).to_have_text("$943.21")
    await buyer.open("Reject deal")
    await buyer.dialog.get_by_label("Reason", exact=True).focus()
    await buyer.page.keyboard.type("Too dear")
    await buyer.page.keyboard.press("Control+Enter")
    await expect(seller.outcome).to_contain_text("Too dear")


async def test_a_press_that_leaves_the_focus_in_the_field_hands_in_what_was_typed_just_now(
    rooms: tuple[Room, Room],
) -> None:
    """As programs for speech press, and fingers on phones."""
    seller, buyer = rooms
    dialog = await buyer.open("Counter-offer")
    await dialog.get_by_label("Reason for change", exact=True).evaluate(TYPE, "All in")
    await dialog.get_by_label("Price", exact=True).evaluate(TYPE, "912.34")
    await buyer.button("Send offer").evaluate("(button) => button.click()")
    await expect(seller.part("price")).to_have_text("$912.34")
    await expect(seller.messages).to_contain_text("All in")


async def test_what_is_wrong_takes_no_letters_from_another_field(newcomer: Newcomer, line: Line) -> None:
    """On a slow line somebody types on before the answer to a press has come."""
    _, _, seller, buyer = await meet(newcomer, line=line)
    dialog = await buyer.open("Counter-offer")
    price, reason = (dialog.get_by_label(label, exact=True) for label in ("Price", "Reason for change"))
    line.delay = 0.5
    await price.fill("much less")
    await buyer.button("Send offer").click()
    await reason.click()
    await buyer.page.keyboard.type("Paid at once, in cash", delay=100)
    await expect(price).to_have_attribute("aria-invalid", "true")
    await expect(price).to_have_value("much less")
    await expect(reason).to_have_value("Paid at once, in cash")
    await expect(reason).to_be_focused()
    await reason.press("Control+Enter")
    await expect(price).to_be_focused()
    await price.fill("900")
    await buyer.confirm("Send offer")
    await expect(seller.messages).to_contain_text("Paid at once, in cash")


async def test_escape_right_after_a_key_asks_too(rooms: tuple[Room, Room]) -> None:
    _, buyer = rooms
    dialog = await buyer.open("Request amendment")
    await dialog.get_by_label("What would you like changed?", exact=True).focus()
    await buyer.page.keyboard.type("ok")
    await buyer.page.keyboard.press("Escape")
    await expect(dialog.get_by_text("Discard what you typed?")).to_be_visible()
    await expect(dialog.get_by_role("button", name="Keep typing")).to_be_focused()


async def test_what_is_being_typed_stays_when_the_dialog_follows_the_room(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    dialog = await buyer.open("Counter-offer")
    reason = dialog.get_by_label("Reason for change", exact=True)
    await reason.focus()
    await seller.open("Amend deal")
    await seller.fill(price="950")
    await seller.button("Save changes").click(no_wait_after=True)
    await buyer.page.keyboard.type(LONG, delay=10)
    review = buyer.button("Review new terms")
    await expect(review).to_be_visible()
    await expect(reason).to_have_value(LONG)
    await reason.press("!")
    await review.click()
    await expect(buyer.button("Send offer")).to_be_visible()
    await expect(reason).to_have_value(f"{LONG}!")
    await expect(dialog.get_by_label("Price", exact=True)).to_have_value("950.00")
