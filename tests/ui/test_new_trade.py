"""Drafting an offer on its page: what is wrong is said at the field, and nothing that was typed is lost."""

import pytest

from app.domain.kinds import Status
from app.ui import browser
from app.ui.browser import typed
from tests.ui.browser import Browser
from tests.ui.visitor import ORIGIN

LABELS = ("Title", "Description", "Price", "Quantity", "Buyer name", "Expires in (minutes)")


async def drafted(sam: Browser, **changes: str) -> None:
    """Fill in the form and press its button."""
    await sam.open("/trades/new")
    typed = ("Oak table", "Oiled.", "1,000.50", "5", "Bea", "45")
    fields = {**dict(zip(LABELS, typed, strict=True)), **changes}
    for label, text in fields.items():
        sam.fill(label, text)
    sam.press("Create trade")


async def test_a_new_trade_opens_its_room_with_the_link_ready_to_copy(sam: Browser) -> None:
    await drafted(sam)
    await sam.until(lambda: sam.page.title == "Oak table · Traderoom")
    origin, code = sam.text("invitation-link").split("/room/")
    assert origin == ORIGIN
    trade = (await sam.application.trades.find(await sam.viewer(), code)).trade
    assert (trade.title, trade.invited, (trade.expires_at - trade.created_at).seconds) == ("Oak table", "Bea", 45 * 60)
    assert (sam.text("status"), sam.text("price"), sam.text("quantity")) == ("Draft", "$1,000.50", "5")
    assert "Send this link to" in sam.everything()
    sam.press("Copy link")
    await sam.hears("Link copied")


async def test_the_form_starts_with_the_usual_deadline_and_no_number_widget(sam: Browser) -> None:
    await sam.open("/trades/new")
    assert sam.field("Expires in (minutes)").value == "30"
    assert (sam.field("Price").props["inputmode"], sam.field("Quantity").props["inputmode"]) == ("decimal", "numeric")
    assert sam.page.title == "New trade · Traderoom"


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Title", "", "The title is empty."),
        ("Title", "x" * 201, "The title is too long"),
        ("Price", "1e3", "The price is not a number."),
        ("Price", "0.001", "more than two digits after the point"),
        ("Quantity", "1.5", "The quantity must be a whole number"),
        ("Description", "x" * 5001, "The description is too long"),
        ("Buyer name", "SAM", "somebody else than you"),
        ("Expires in (minutes)", "0", "The time to expiry must be a whole number"),
        ("Expires in (minutes)", "soon", "The time to expiry must be a whole number"),
    ],
)
async def test_a_mistake_is_told_at_its_field_and_everything_stays(
    sam: Browser, label: str, value: str, sentence: str
) -> None:
    await drafted(sam, **{label: value})
    await sam.until(lambda: sentence in str(sam.field(label).error))
    assert sam.field(label).value == value
    assert [other for other in LABELS if sam.field(other).error] == [label]
    assert sam.field("Title" if label != "Title" else "Price").value
    assert sam.button("Create trade").enabled
    sam.fill(label, {"Title": "Table of oak"}.get(label, "7"))
    sam.press("Create trade")
    await sam.until(lambda: sam.page.title != "New trade · Traderoom")


async def test_all_mistakes_are_told_at_once_and_the_first_field_gets_the_focus(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sam.open("/trades/new")
    focused: list[str] = []
    label_of = {browser.focus_what_is_wrong(sam.field(label).id): label for label in LABELS}
    monkeypatch.setattr(
        sam.page, "run_javascript", lambda code, **_: focused.append(label_of[code]) if code in label_of else None
    )
    wrong = {"Title": "", "Price": "1e3", "Quantity": "0", "Buyer name": "SAM", "Expires in (minutes)": "soon"}
    for label, text in wrong.items():
        sam.fill(label, text)
    sam.press("Create trade")
    await sam.until(lambda: focused == ["Title"])
    assert [label for label in LABELS if sam.field(label).error] == list(wrong)
    sam.fill("Title", "Oak table")
    sam.fill("Price", "1")
    sam.press("Create trade")
    await sam.until(lambda: focused == ["Title", "Quantity"])
    assert [label for label in LABELS if sam.field(label).error] == list(wrong)[2:]


async def test_a_double_click_makes_one_trade(sam: Browser) -> None:
    await sam.open("/trades/new")
    for label, text in (("Title", "Made once"), ("Price", "1")):
        sam.fill(label, text)
    button = sam.button("Create trade")
    for _ in range(3):
        sam.trigger(button, "click", sam.user.request)
    await sam.until(lambda: sam.page.title == "Made once · Traderoom")
    made = await sam.application.history.activity([Status.DRAFT], "Made once", offset=0, limit=9)
    assert len(made) == 1


async def test_what_was_typed_is_forgotten_before_the_page_goes(sam: Browser) -> None:
    await drafted(sam, Title="Not to come back")
    await sam.until(lambda: sam.page.title == "Not to come back · Traderoom")
    forgotten = typed.forget(f"{(await sam.person()).id}/new//")
    assert forgotten in sam.user.scripts
