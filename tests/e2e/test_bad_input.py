"""What people mistype: a sentence at the field, what was typed stays, and nothing is stored."""

import re

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.people import Newcomer
from tests.e2e.room import AMENDABLE, DRAFTABLE, Person, Room

FAR_TOO_LONG = {
    "words": "word " * 5_000,
    "letters": "x" * 1_000_000,
    "pictures": "\N{WATERMELON}" * 70_000,
    "quotes": '"\\' * 40_000,
}
CUT = "its end was cut off"
_NOT_A_NUMBER = "is not a number"
_CENTS = "more than two digits after the point"
_WHOLE = "must be a whole number"
_FIGURES = [
    ("price", "1e3", _NOT_A_NUMBER),
    ("price", "NaN", _NOT_A_NUMBER),
    ("price", "-1", _NOT_A_NUMBER),
    ("price", "0.001", _CENTS),
    ("price", "１２", _NOT_A_NUMBER),
    ("price", "0", "above zero"),
    ("price", "", _NOT_A_NUMBER),
    ("price", "10000000000000", "too high"),
    ("quantity", "1.5", _WHOLE),
    ("quantity", "0", _WHOLE),
    ("quantity", "-1", _WHOLE),
    ("quantity", "１２", _WHOLE),
    ("quantity", "2147483648", _WHOLE),
    ("description", "x" * 5001, "too long"),
]
_DRAFTS = [
    ("title", "   ", "is empty"),
    ("title", "x" * 201, "too long"),
    ("title", "Oak \u202e table", "cannot be shown"),
    ("minutes", "0", _WHOLE),
    ("minutes", "soon", _WHOLE),
    ("minutes", "525601", _WHOLE),
]


async def expect_sentence(field: Locator, sentence: str, typed: str) -> None:
    """The sentence stands at the field, and the field holds what was typed."""
    said = field.locator("xpath=ancestor::label | parent::*[contains(@class, 'composer')]").get_by_role("alert")
    await expect(said.filter(has_text=sentence)).to_be_visible()
    await expect(field).to_have_value(typed)


async def test_a_draft_with_a_mistake_is_not_stored(people: tuple[Person, Person]) -> None:
    seller, _ = people
    await seller.visit("/trades/new")
    good = {"title": "Oak table", "description": "", "price": "1000", "quantity": "2", "buyer": "", "minutes": "30"}
    myself = [("buyer", seller.name.upper(), "somebody else than you"), ("buyer", "x" * 101, "too long")]
    for name, typed, sentence in [*_FIGURES, *_DRAFTS, *myself]:
        await seller.fill_draft(**good | {name: typed})
        await seller.page.get_by_role("button", name="Create trade", exact=True).click()
        await expect_sentence(seller.page.get_by_label(DRAFTABLE[name], exact=True), sentence, typed)
        await expect(seller.page.get_by_role("alert").filter(visible=True)).to_have_count(1)
    assert seller.page.url == seller.at("/trades/new")
    await seller.visit("/trades")
    await expect(seller.page.get_by_role("heading", name="No trades yet")).to_be_visible()


async def test_all_mistakes_are_marked_at_once_with_the_focus_on_the_first(rooms: tuple[Room, Room]) -> None:
    seller, _ = rooms
    page = await seller.page.context.new_page()
    await page.goto(seller.page.url.partition("/room/")[0] + "/trades/new")
    wrong = {
        "title": ("Oak table", ""),
        "price": ("1e3", _NOT_A_NUMBER),
        "quantity": ("0", _WHOLE),
        "minutes": ("soon", _WHOLE),
    }
    for name, (typed, _) in wrong.items():
        await page.get_by_label(DRAFTABLE[name], exact=True).fill(typed)
    await page.get_by_role("button", name="Create trade", exact=True).click()
    for name, (typed, sentence) in list(wrong.items())[1:]:
        await expect_sentence(page.get_by_label(DRAFTABLE[name], exact=True), sentence, typed)
    await expect(page.get_by_role("alert").filter(visible=True)).to_have_count(3)
    await expect(page.get_by_label("Price", exact=True)).to_be_focused()
    dialog = await seller.open("Amend deal")
    await seller.fill(price="900", quantity="1.5", reason="x" * 5001)
    await dialog.get_by_role("button", name="Save changes").click()
    for name, typed, sentence in (("quantity", "1.5", _WHOLE), ("reason", "x" * 5001, "too long")):
        await expect_sentence(dialog.get_by_label(AMENDABLE[name], exact=True), sentence, typed)
    await expect(dialog.get_by_label("Quantity", exact=True)).to_be_focused()


async def test_an_amendment_with_a_mistake_is_not_stored(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    dialog = await seller.open("Amend deal")
    good = {"price": "900", "quantity": "2", "description": "", "reason": "Because"}
    for name, typed, sentence in [*_FIGURES, ("reason", "x" * 5001, "too long")]:
        await seller.fill(**good | {name: typed})
        await dialog.get_by_role("button", name="Save changes").click()
        await expect_sentence(dialog.get_by_label(AMENDABLE[name], exact=True), sentence, typed)
    await seller.fill(price="1000", quantity="2", description="", reason="")
    await dialog.get_by_role("button", name="Save changes").click()
    await expect(dialog.get_by_text("Nothing has changed")).to_be_visible()
    await seller.confirm("Cancel")
    for room in rooms:
        await room.reload()
        await expect(room.part("version")).to_contain_text("Version 1")
        await expect(room.timeline.get_by_role("listitem")).to_have_count(2)
    await buyer.open("Request amendment")
    await buyer.button("Send request").click()
    request = buyer.dialog.get_by_label("What would you like changed?")
    await expect_sentence(request, "is empty", "")
    await expect(seller.timeline.get_by_role("listitem")).to_have_count(2)


async def test_a_message_that_is_too_long_is_kept_and_not_sent(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    long = "word " * 1000 + "x"
    await buyer.field.fill(long)
    await buyer.field.press("Enter")
    await expect_sentence(buyer.field, "too long", long)
    await buyer.field.fill(long[:-1])
    await buyer.field.press("Enter")
    await expect(buyer.field).to_have_value("")
    await expect(seller.messages.locator(".message")).to_have_count(1)


@pytest.mark.parametrize("kind", FAR_TOO_LONG)
async def test_a_text_of_any_length_is_said_to_be_too_long_and_the_room_goes_on(
    rooms: tuple[Room, Room], kind: str
) -> None:
    seller, buyer = rooms
    text = FAR_TOO_LONG[kind]
    await buyer.field.fill(text)
    kept = await buyer.field.input_value()
    assert len(kept) > 5_000
    assert text.startswith(kept)
    await expect(buyer.page.get_by_role("alert").filter(has_text=CUT)).to_have_count(int(kept != text))
    await buyer.field.press("Enter")
    await expect(buyer.page.get_by_text(re.compile("The message is too long"))).to_be_visible()
    await buyer.field.fill("A short one")
    await buyer.field.press("Enter")
    await expect(seller.messages.get_by_text("A short one")).to_be_visible()


@pytest.mark.parametrize(
    ("opens", "label", "presses"),
    [
        ("Reject deal", "Reason", "Reject"),
        ("Request amendment", "What would you like changed?", "Send request"),
        ("Counter-offer", "Description", "Send offer"),
        ("Counter-offer", "Reason for change", "Send offer"),
    ],
)
async def test_a_text_of_any_length_in_a_dialog_is_never_taken_for_what_stood_there_before(
    rooms: tuple[Room, Room], opens: str, label: str, presses: str
) -> None:
    """The server heard nothing of a value that is far too long, and recorded a rejection without its reason."""
    _, buyer = rooms
    dialog = await buyer.open(opens)
    field = dialog.get_by_label(label, exact=True)
    if opens == "Counter-offer":
        await buyer.fill(price="900")
    for text in FAR_TOO_LONG.values():
        await field.fill("what stood there before")
        await field.fill(text)
        await dialog.get_by_role("button", name=presses, exact=True).click()
        await expect(dialog.get_by_role("alert").filter(has_text="is too long:").first).to_be_visible()
    await expect(buyer.status).to_have_text("In negotiation")
    await expect(buyer.part("version")).to_contain_text("Version 1")


async def test_that_a_text_was_cut_is_said_at_once_at_its_field_until_it_is_another(rooms: tuple[Room, Room]) -> None:
    seller, buyer = rooms
    said = buyer.page.get_by_role("alert").filter(has_text=CUT)
    dialog = await buyer.open("Counter-offer")
    fields = [dialog.get_by_label(AMENDABLE[name], exact=True) for name in ("price", "description")]
    for field in (*fields, buyer.field):
        if field is buyer.field:
            await buyer.confirm("Cancel")
        await field.fill(FAR_TOO_LONG["letters"])
        await expect(said).to_be_in_viewport()
        await field.press("End")
        await buyer.page.keyboard.press("Backspace")
        await expect(said).to_have_count(0)
    await expect(seller.messages.locator(".message")).to_have_count(0)


async def test_markup_in_every_text_is_shown_as_it_was_typed(newcomer: Newcomer) -> None:
    markup = "<img src=x onerror=alert(1)>"
    seller, buyer = await newcomer("<i>Sam</i>"), await newcomer("Bea javascript:alert(1)")
    board = await buyer.another_tab()
    await buyer.visit("/activity", board)
    title = f"{markup} of {seller.name}"
    offered = await seller.create_trade(title=title, description=f"{markup} description")
    entered = await buyer.enter(await offered.link())
    await offered.amend(price="900", description=f"{markup} again", reason=f"{markup} reason")
    await entered.request(f"{markup} request")
    await entered.reject(f"{markup} no")
    for room, other in ((offered, buyer), (entered, seller)):
        await expect(room.page.get_by_role("heading", name=title, exact=True)).to_be_visible()
        await expect(room.part("description")).to_have_text(f"{markup} again")
        await expect(room.participants).to_contain_text(other.name)
        for said in ("reason", "request", "no"):
            await expect(room.message(f"{markup} {said}")).to_have_count(1)
            await expect(room.timeline.get_by_text(f"{markup} {said}")).to_have_count(1)
        await room.show("Version history")
        await expect(room.versions.get_by_text(f"{markup} description")).to_have_count(1)
    assert title in await entered.page.title()
    await buyer.visit("/trades")
    for page in (board, buyer.page):
        row = page.get_by_test_id("trade").filter(has_text=title)
        await expect(row).to_contain_text("Rejected")
        await expect(page.locator("img, main script")).to_have_count(0)
    await expect(entered.page.get_by_test_id("trade").filter(has_text=f"with {seller.name}")).to_have_count(1)
