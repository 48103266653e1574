"""How things are said: money and times, who did what, and nobody's text as markup."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from markupsafe import Markup

from app.domain.actions import Action, Version
from app.domain.currency import DECIMALS
from app.domain.kinds import Kind, Role, Status
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from app.rooms.room import Room
from app.rooms.ticker import Dial
from app.service.viewer import Viewer
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.http.requests import zone_of
from app.ui.room import entries
from app.ui.room.room_view import RoomView
from tests.domain.offers import BEA, CHEAPER, EARLY, SAM, TERMS, closed, negotiation

EVIL = "<script>alert('1')</script>\"&"
SAFE = "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&#34;&amp;"
MALLORY = Person(66, EVIL)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1000", "$1,000.00"), ("0.01", "$0.01"), ("900.5", "$900.50"), ("9999999999999.99", "$9,999,999,999,999.99")],
)
def test_money_is_shown_in_dollars_and_cents(amount: str, shown: str) -> None:
    assert wording.money(Decimal(amount)) == shown


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("EUR", "€1,000.50"), ("CHF", "CHF\u00a01,000.50"), ("JPY", "¥1,000"), ("ISK", "ISK\u00a01,000")],
)
def test_money_is_shown_as_its_currency_is_written(currency: str, shown: str) -> None:
    assert wording.money(Decimal("1000.50" if "." in shown else "1000"), currency) == shown


def test_a_price_is_told_for_its_unit() -> None:
    assert wording.price(Decimal(920), "EUR", "") == "€920.00"
    assert wording.price(Decimal(920), "EUR", "per <b>") == '€920.00 <bdi class="unit">per &lt;b&gt;</bdi>'


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (150, "2 hours 30 minutes"), (1_441, "1 day 1 minute"), (525_600, "365 days")],
)
def test_a_period_is_told_in_days_hours_and_minutes(minutes: int, said: str) -> None:
    assert wording.period(minutes) == said


def test_a_time_is_a_text_that_is_marked_in_html_and_escaped_in_none() -> None:
    at = datetime(2026, 11, 26, 14, 5, tzinfo=UTC)
    time = wording.clock_time(at, ZoneInfo("UTC"), at.date())
    assert f"{time}" == "14:05"
    assert Html("until {}.").format(time) == 'until <time datetime="2026-11-26T14:05:00+00:00">14:05</time>.'


def test_every_currency_has_a_name() -> None:
    assert {code for code, name in wording.currencies() if name != code} == set(DECIMALS)


def test_the_greatest_total_is_shown_to_the_cent() -> None:
    assert wording.money(Decimal("9999999999999.99") * 2_147_483_647).endswith("525,163.53")
    assert wording.number(2_147_483_647) == "2,147,483,647"


KIRITIMATI, HONOLULU, UTC_ZONE = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Honolulu"), ZoneInfo("UTC")
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "zone", "shown"),
    [
        (NOON, UTC_ZONE, "12:00"),
        (NOON, KIRITIMATI, "02:00"),
        (NOON - timedelta(hours=3), KIRITIMATI, "Mar 1, 23:00"),
        (NOON - timedelta(hours=3), UTC_ZONE, "09:00"),
        (NOON - timedelta(days=1), UTC_ZONE, "Feb 28, 12:00"),
        (NOON - timedelta(hours=11), HONOLULU, "Feb 28, 15:00"),
        (NOON - timedelta(days=60), UTC_ZONE, "Dec 31 2025, 12:00"),
        (datetime(2025, 12, 31, 12, 0, tzinfo=UTC), KIRITIMATI, "Jan 1, 02:00"),
        (NOON + timedelta(days=400), UTC_ZONE, "Apr 5 2027, 12:00"),
    ],
)
def test_a_time_is_the_viewer_s_with_the_date_where_that_is_not_today(at: datetime, zone: ZoneInfo, shown: str) -> None:
    assert wording.clock_time(at, zone, NOON.astimezone(zone).date()).replace("\N{NO-BREAK SPACE}", " ") == shown


@pytest.mark.parametrize(
    "told", ["", "UTC", "Nowhere/At all", "../../../etc/passwd", "/etc/passwd", "a\0b", "x" * 5000, ".", "\ud800", "é"]
)
def test_a_time_zone_that_we_do_not_know_is_utc(told: str) -> None:
    assert zone_of(Viewer(SAM, 1, told)).key == "UTC"


@pytest.mark.parametrize("told", ["Europe/Berlin", "Pacific/Kiritimati", "America/Argentina/Buenos_Aires"])
def test_a_time_zone_that_we_know_is_the_viewer_s(told: str) -> None:
    assert zone_of(Viewer(SAM, 1, told)).key == told


def test_one_s_own_acts_are_you_and_everybody_else_is_isolated() -> None:
    assert wording.name(SAM, SAM.id) == "You"
    assert wording.name(SAM, SAM.id, capital=False) == "you"
    assert wording.name(SAM, BEA.id) == "<bdi>Sam</bdi>"
    assert wording.name(MALLORY, BEA.id) == f"<bdi>{SAFE}</bdi>"
    assert wording.name(None, BEA.id) == "The clock"


SENTENCES = [
    (
        Action(Kind.CREATED, EARLY, SAM, Role.SELLER, 1, terms=TERMS),
        "<bdi>Sam</bdi> created the offer: <b>$1,000.00 × 5</b>",
    ),
    (Action(Kind.JOINED, EARLY, BEA, Role.BUYER), "You joined as the buyer"),
    (Action(Kind.MESSAGE_SENT, EARLY, BEA, Role.BUYER, text=EVIL), "You sent a message"),
    (Action(Kind.AMENDMENT_REQUESTED, EARLY, BEA, Role.BUYER, text=EVIL), "You asked for an amendment"),
    (Action(Kind.ACCEPTED, EARLY, BEA, Role.BUYER, 3), "You accepted version 3"),
    (Action(Kind.REJECTED, EARLY, MALLORY, Role.BUYER), f"<bdi>{SAFE}</bdi> rejected the deal"),
    (Action(Kind.EXPIRED, EARLY), "The offer expired"),
    (Action(Kind.LINK_RENEWED, EARLY, SAM, Role.SELLER), "<bdi>Sam</bdi> renewed the invitation link"),
    (Action(Kind.SEAT_RELEASED, EARLY, SAM, Role.SELLER), "<bdi>Sam</bdi> released the buyer's seat"),
    (Action(Kind.WITHDRAWN, EARLY, SAM, Role.SELLER, 3), "<bdi>Sam</bdi> withdrew version 3"),
    (Action(Kind.EXTENDED, EARLY, SAM, Role.SELLER), "<bdi>Sam</bdi> extended the deadline"),
    (Action(Kind.OFFER_SEEN, EARLY, BEA, Role.BUYER, 3), "You saw version 3"),
    (
        Action(Kind.AMENDED, EARLY, SAM, Role.SELLER, 2, terms=CHEAPER, before=TERMS),
        "<bdi>Sam</bdi> offered <b>$900.50 × 5</b>",
    ),
    (
        Action(Kind.AMENDED, EARLY, SAM, Role.SELLER, 2, terms=Terms(CHEAPER.price, 4, EVIL), before=TERMS),
        "<bdi>Sam</bdi> offered <b>$900.50 × 4</b> with another description",
    ),
]


@pytest.mark.parametrize(("action", "sentence"), SENTENCES, ids=lambda value: getattr(value, "kind", ""))
def test_what_happened_is_one_sentence_without_what_people_typed(action: Action, sentence: str) -> None:
    said = wording.sentence(action, BEA.id)
    assert isinstance(said, Markup)
    assert said == sentence


def test_every_kind_of_action_has_its_sentence() -> None:
    assert {action.kind for action, _ in SENTENCES} == set(Kind)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.ACCEPTED, "You accepted version 1: $1,000.00 × 5 = <b>$5,000.00</b>."),
        (Status.REJECTED, "You rejected the deal. No trade was made."),
        (Status.EXPIRED, "The deadline passed before anybody agreed. No trade was made."),
        (Status.WITHDRAWN, "<bdi>Sam</bdi> withdrew the offer. No trade was made."),
    ],
)
def test_an_outcome_is_said_to_both(status: Status, sentence: str) -> None:
    assert wording.outcome(closed(status), BEA.id) == sentence
    is_sams = status is Status.WITHDRAWN
    assert ("You" in wording.outcome(closed(status), SAM.id)) == is_sams
    mirrored = replace(closed(status), offered_by=Role.BUYER)
    assert ("You" in wording.outcome(mirrored, BEA.id)) == is_sams


def test_an_open_trade_has_no_outcome_to_tell() -> None:
    assert wording.outcome(negotiation(), SAM.id) == ""


@pytest.mark.parametrize(
    ("name", "initials"), [("Sam", "S"), ("Bea van Damme", "BD"), ("sam", "S"), ("李 小龙", "李小"), ("ß", "SS")]
)
def test_initials_are_one_or_two(name: str, initials: str) -> None:
    assert wording.initials(Person(1, name)) == initials


def room_view(viewer: Person = BEA, trade: Trade | None = None) -> RoomView:
    """A side of a room as the entries need it."""
    trade = trade or negotiation()
    room = Room(trade, 1, [], Dial(trade, lambda: EARLY))
    people = Viewer(viewer, 1), Role.BUYER
    return RoomView(*people, room, None, KIRITIMATI, lambda: EARLY, lambda trade: trade.code, None, nullcontext)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.EXPIRED])
def test_no_entry_shows_anybody_s_text_as_markup(kind: Kind) -> None:
    terms = Terms(TERMS.price, 4, EVIL)
    action = Action(kind, EARLY, MALLORY, Role.BUYER, 2, EVIL, terms if kind is Kind.AMENDED else None, TERMS)
    version = Version(2, terms, EARLY, MALLORY, EVIL, TERMS)
    for entry in (
        entries.conversation(action, room_view()),
        entries.timeline(action, room_view()),
        entries.version(version, room_view()),
    ):
        assert "<script" not in entry
        assert SAFE in entry


def test_a_message_is_a_bubble_in_the_flow_and_a_line_without_its_text_in_the_timeline() -> None:
    action = Action(Kind.MESSAGE_SENT, EARLY, BEA, Role.BUYER, text="Two\nlines")
    own, theirs = entries.conversation(action, room_view(BEA)), entries.conversation(action, room_view(SAM))
    assert '<div class="message own" ' in own
    assert '<div class="message" ' in theirs
    assert "<bdi>Bea</bdi>" in theirs
    assert '<div class="bubble" dir="auto">Two\nlines</div>' in theirs
    assert "Two" not in entries.timeline(action, room_view(SAM))
    assert "<bdi>Bea</bdi> sent a message" in entries.timeline(action, room_view(SAM))


def test_an_entry_s_time_is_exact_for_machines_and_local_for_people() -> None:
    action = Action(Kind.JOINED, EARLY, BEA, Role.BUYER)
    time = f'<time datetime="{EARLY.isoformat()}">02:10</time>'
    assert time in entries.conversation(action, room_view())
    assert time in entries.timeline(action, room_view())


def test_a_version_tells_figures_who_why_and_what_changed() -> None:
    first = entries.version(Version(1, TERMS, EARLY, SAM), room_view())
    second = entries.version(Version(2, CHEAPER, EARLY, SAM, "As you asked", TERMS), room_view(SAM))
    assert "<bdi>Sam</bdi> made the first offer" in first
    assert TERMS.description in first
    assert "$900.50 × 5 = $4,502.50" in second
    assert "You offered" in second
    assert "$99.50 · 10.0 %" in second
    assert "As you asked" in second
    assert CHEAPER.description not in second
    changed = Version(3, replace(CHEAPER, description="Pine."), EARLY, SAM, "", CHEAPER)
    assert "Pine." in entries.version(changed, room_view())


def test_an_amendment_made_a_version_and_nothing_else_did() -> None:
    amended = Action(Kind.AMENDED, EARLY, SAM, Role.SELLER, 2, "Why", CHEAPER, TERMS)
    assert entries.version_made_by(amended) == Version(2, CHEAPER, EARLY, SAM, "Why", TERMS)
    assert entries.version_made_by(Action(Kind.CREATED, EARLY, SAM, Role.SELLER, 1, terms=TERMS)) is None
