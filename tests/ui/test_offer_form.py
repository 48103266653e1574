"""What a new trade's form says while one types: total, deadline, currency; and what an address may fill in."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from app.domain.kinds import Status
from app.domain.trade import Trade
from app.settings import Settings
from app.ui.components.deadline_field import DeadlineField
from app.ui.components.html_block import Block
from tests.ui.browser import ZONE, Browser
from tests.ui.reading import descend

PRIVATE = {"dashboard": "private"}


@pytest.fixture
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The usual settings, but for what a test changes."""
    return settings.model_copy(update=getattr(request, "param", {}))


def choose(page: Browser, currency: object) -> None:
    """Choose from the browser's list of currencies."""
    page.trigger(currencies(page), "change", currency)


def currencies(page: Browser) -> Block:
    """The list of currencies."""
    (block,) = (e for e in descend(page.page.layout) if isinstance(e, Block) and "<select" in e.content)
    return block


def chosen(page: Browser) -> list[str]:
    """What is chosen in the list as it comes."""
    return re.findall('<option value="([A-Z]+)" selected>', currencies(page).content)


def box(page: Browser) -> Block:
    """The box that makes a trade private."""
    (found,) = (e for e in descend(page.page.layout) if isinstance(e, Block) and 'type="checkbox"' in e.content)
    assert found.content.endswith(">Private</label>")
    return found


def is_ticked(page: Browser) -> bool:
    """Whether the box comes ticked."""
    return "checked>" in box(page).content


async def made(page: Browser, title: str) -> Trade:
    """Press the button; the trade it made."""
    page.fill("Title", title)
    page.press("Create trade")
    await page.until(lambda: page.page.title == f"{title} · Traderoom")
    me = (await page.person()).id
    (standing,) = await page.application.history.activity([Status.DRAFT], title, offset=0, limit=9, viewer=me)
    return standing.trade


async def test_the_total_follows_what_is_typed(sam: Browser) -> None:
    await sam.open("/trades/new")
    assert "Total – Price × quantity" in sam.everything()
    sam.fill("Price", "1,000.50")
    await sam.sees("Total $1,000.50 $1,000.50 × 1 Deadline")
    sam.fill("Quantity", "40")
    sam.fill("Unit", "per <i>pallet")
    await sam.sees("Total $40,020.00 $1,000.50 per <i>pallet × 40")
    choose(sam, "EUR")
    await sam.sees("Total €40,020.00")
    assert sam.field("Price").props["prefix"] == "€"
    sam.fill("Buyer name", " Bea ")
    await sam.sees("Buyer Bea Activity Public")
    choose(sam, "JPY")
    await sam.sees("Total – Price × quantity")
    for forged in ("XXX", None, {"a": 1}):
        choose(sam, forged)
    sam.fill("Price", "1000")
    await sam.sees("Total ¥40,000")


async def test_a_trade_has_the_currency_the_unit_and_the_privacy_of_the_form(sam: Browser, eve: Browser) -> None:
    await sam.open("/trades/new")
    choose(sam, "CHF")
    sam.fill("Price", "CHF 900.50")
    sam.fill("Unit", "per pallet")
    assert not is_ticked(sam)
    sam.trigger(box(sam), "change", True)
    await sam.sees("Activity Private")
    trade = await made(sam, "Discreet pallets")
    assert (trade.currency, trade.unit, trade.listed) == ("CHF", "per pallet", False)
    await eve.open("/activity")
    assert "Discreet" not in eve.everything()


@pytest.mark.parametrize("settings", [{"currency": "CHF"} | PRIVATE, {"dashboard": "off"}], indirect=True)
async def test_the_form_starts_as_the_operator_has_set_it(sam: Browser, settings: Settings) -> None:
    await sam.open("/trades/new")
    assert chosen(sam) == [settings.currency]
    assert is_ticked(sam)
    assert "Activity Private" in sam.everything()


@pytest.mark.parametrize(
    ("way", "typed", "period"),
    [
        ("Minutes", "90", "1 hour 30 minutes from now"),
        ("Hours", "36", "1 day 12 hours from now"),
        ("Days", "365", "365 days from now"),
    ],
)
async def test_a_deadline_is_told_in_minutes_hours_or_days(sam: Browser, way: str, typed: str, period: str) -> None:
    await sam.open("/trades/new")
    sam.press(way)
    label = f"Expires in ({way.lower()})"
    await sam.until(lambda: label in sam.everything())
    sam.fill(label, typed)
    await sam.sees(period)
    sam.fill("Price", "1")
    trade = await made(sam, f"In {way}")
    minutes = int(typed) * {"Minutes": 1, "Hours": 60, "Days": 1_440}[way]
    assert trade.expires_at - trade.created_at == timedelta(minutes=minutes)


async def test_a_deadline_may_be_a_time_in_the_browser_s_zone(sam: Browser) -> None:
    await sam.open("/trades/new")
    sam.press("Time")
    await sam.until(lambda: "Expires at" in sam.everything())
    field = sam.field("Expires at")
    assert field.props["type"] == "datetime-local"
    offered = datetime.fromisoformat(str(field.value)).replace(tzinfo=ZoneInfo(ZONE))
    now = sam.application.database.clock.now()
    assert timedelta(minutes=28) < offered - now <= timedelta(minutes=30)
    wanted = (now + timedelta(hours=5)).astimezone(ZoneInfo(ZONE)).replace(second=0, microsecond=0)
    sam.fill("Expires at", f"{wanted:%Y-%m-%dT%H:%M}")
    await sam.sees("5 hours from now")
    sam.fill("Price", "1")
    trade = await made(sam, "At a time")
    assert timedelta(0) <= trade.expires_at - wanted < timedelta(minutes=1)


async def test_a_trade_until_a_time_whose_answer_is_lost_is_made_once(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form comes back under the name of its request, a minute later."""
    until = f"{(sam.application.database.clock.now() + timedelta(hours=5)).astimezone(ZoneInfo(ZONE)):%Y-%m-%dT%H:%M}"
    rooms, name = [], str(uuid4())
    for at, minutes in ((until, 300), (until, 299), (until[:-2] + "00", 240)):
        monkeypatch.setattr(DeadlineField, "minutes", minutes)
        await sam.open("/trades/new")
        sam.user.request = name
        sam.press("Time")
        await sam.until(lambda: "Expires at" in sam.everything())
        for label, text in (("Expires at", at), ("Title", "Until a time"), ("Price", "1")):
            sam.fill(label, text)
        sam.press("Create trade")
        await sam.until(lambda: sam.page.title == "Until a time · Traderoom")
        rooms.append(sam.user.sent_to[-1])
    assert rooms[0] == rooms[1] != rooms[2]


async def test_a_deadline_that_is_brought_back_is_told_whichever_of_number_and_way_comes_first(sam: Browser) -> None:
    await sam.open("/trades/new")
    sam.fill("Expires in (minutes)", "3")
    await sam.sees("3 minutes from now")
    (ways,) = (element for element in sam.visible() if element.props.get("aria-label") == "Deadline in")
    sam.trigger(ways, "change", {"chip": "Hours", "back": True})
    await sam.sees("3 hours from now")


async def test_the_same_deadline_is_shown_in_another_way(sam: Browser) -> None:
    await sam.open("/trades/new")
    sam.fill("Expires in (minutes)", "2880")
    for way, shown in (("Hours", "(hours) 48"), ("Days", "(days) 2"), ("Minutes", "(minutes) 2880")):
        sam.press(way)
        await sam.sees(f"Expires in {shown} Minutes")
    sam.fill("Expires in (minutes)", "soon")
    sam.press("Hours")
    await sam.sees("Expires in (hours) Minutes")


@pytest.mark.parametrize(
    ("way", "label", "typed", "sentence"),
    [
        ("Hours", "Expires in (hours)", "1.5", "must be a whole number from 1 to 8,760."),
        ("Days", "Expires in (days)", "366", "must be a whole number from 1 to 365."),
        ("Time", "Expires at", "2020-01-01T00:00", "That time has passed."),
        ("Time", "Expires at", "9999-01-01T00:00", "within a year"),
        ("Time", "Expires at", "", "choose the day and the time"),
    ],
)
async def test_a_wrong_deadline_is_told_at_its_field_with_all_else(
    sam: Browser, way: str, label: str, typed: str, sentence: str
) -> None:
    await sam.open("/trades/new")
    sam.press(way)
    await sam.until(lambda: label in sam.everything())
    sam.fill(label, typed)
    sam.fill("Price", "0")
    sam.fill("Unit", "x" * 41)
    sam.press("Create trade")
    await sam.until(lambda: sentence in str(sam.field(label).error))
    assert (sam.field("Title").error, sam.field("Price").error, sam.field("Unit").error) != (None, None, None)
    assert sam.field(label).value == typed


async def test_an_address_fills_in_the_form_and_makes_nothing(sam: Browser) -> None:
    before = await sam.application.history.count()
    offer = {
        "title": 'Oak "again" <b>',
        "description": "Oiled.\nTwice.",
        "price": "1000.50",
        "quantity": "5",
        "buyer": "Bea",
        "currency": "EUR",
        "unit": "per pallet",
        "private": "1",
    }
    await sam.open(f"/trades/new?{urlencode(offer)}")
    assert await sam.application.history.count() == before
    for label, name in (("Title", "title"), ("Description", "description"), ("Price", "price"), ("Unit", "unit")):
        assert sam.field(label).value == offer[name]
    assert (chosen(sam), is_ticked(sam)) == (["EUR"], True)
    assert "Total €5,002.50 €1,000.50 per pallet × 5" in sam.everything()
    sam.press("Create trade")
    await sam.until(lambda: sam.page.title == 'Oak "again" <b> · Traderoom')
    assert "€1,000.50" in sam.text("price")


async def test_what_an_address_fills_in_is_checked_like_what_is_typed(sam: Browser) -> None:
    await sam.open(f"/trades/new?{urlencode({'title': ' ', 'price': '1e3', 'quantity': '0', 'currency': 'doubloons'})}")
    assert chosen(sam) == ["USD"]
    assert "The currency is not one that can be used here." in sam.everything()
    sam.press("Create trade")
    await sam.until(lambda: bool(sam.field("Title").error))
    assert [bool(sam.field(label).error) for label in ("Price", "Quantity", "Unit")] == [True, True, False]


@pytest.mark.parametrize("settings", [PRIVATE], indirect=True)
async def test_an_address_may_list_what_is_private_by_default(sam: Browser) -> None:
    await sam.open("/trades/new?private=0")
    assert not is_ticked(sam)
