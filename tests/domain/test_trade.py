"""A trade as a value: its states, its people, its seat; and an outcome as the ledger stored it."""

from dataclasses import FrozenInstanceError, fields, replace
from itertools import product

import pytest

from app.domain import rules
from app.domain.actions import Action, Outcome, Version
from app.domain.countdown import Phase, Reading
from app.domain.kinds import NEXT, Kind, Role, Status
from app.domain.moves import Accept, Expire, Join, Offer, RequestAmendment, SendMessage
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Person, Standing, Trade
from tests.domain.offers import (
    BEA,
    BUYER,
    CHEAPER,
    CODE,
    DEADLINE,
    EARLY,
    EVE,
    INSTANT,
    SAM,
    SELLER,
    TERMS,
    closed,
    draft,
    negotiation,
    unclaimed,
)
from tests.domain.refused import refused

WAYS = {
    ("in_negotiation", "draft"),
    ("draft", "in_negotiation"),
    ("draft", "expired"),
    ("in_negotiation", "accepted"),
    ("in_negotiation", "rejected"),
    ("in_negotiation", "expired"),
    ("draft", "withdrawn"),
    ("in_negotiation", "withdrawn"),
}
FINAL = {"accepted", "rejected", "expired", "withdrawn"}
LATER = EARLY + INSTANT


def standing(status: Status) -> Trade:
    if status.final:
        return closed(status)
    return draft() if status is Status.DRAFT else negotiation()


@pytest.mark.parametrize(("here", "there"), list(product(Status, Status)))
def test_a_trade_moves_along_the_table_and_nowhere_else(here, there):
    """Not even to where it is already."""
    trade = standing(here)
    if (here, there) not in WAYS:
        with pytest.raises(Refusal) as caught:
            trade.moved_to(there, EARLY)
        assert here not in FINAL or caught.value.reason is Reason.CLOSED
        assert trade == standing(here)
        return
    closed_at = EARLY if there in FINAL else None
    assert trade.moved_to(there, EARLY) == replace(trade, status=there, closed_at=closed_at)


def test_final_states_have_no_exits():
    assert set(NEXT) == set(Status)
    assert {status for status in Status if not NEXT[status]} == {status for status in Status if status.final} == FINAL


@pytest.mark.parametrize("status", sorted(FINAL))
def test_a_closed_trade_says_what_it_is_and_that_it_is_final(status):
    with pytest.raises(Refusal, match=f"is {status}; that is final"):
        closed(Status(status)).moved_to(Status.EXPIRED, DEADLINE)


def test_every_status_has_the_word_that_people_read():
    assert {status.value: status.word for status in Status} == {
        "draft": "Draft",
        "in_negotiation": "In negotiation",
        "accepted": "Accepted",
        "rejected": "Rejected",
        "expired": "Expired",
        "withdrawn": "Withdrawn",
    }


VALUES = [
    negotiation(),
    TERMS,
    SAM,
    Standing(draft(), 1, EARLY),
    Action(Kind.EXPIRED, DEADLINE),
    Version(1, TERMS, EARLY, SAM),
    Outcome(unclaimed(), Action(Kind.EXPIRED, DEADLINE), draft()),
    Reading("0:00", Phase.OVER),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_no_value_can_be_changed_in_place(value):
    """Rooms and pages share them."""
    for field in fields(value):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, getattr(value, field.name))


@pytest.mark.parametrize(
    ("trade", "roles"),
    [
        pytest.param(draft(), (SELLER, None, None), id="draft"),
        pytest.param(draft("Bea"), (SELLER, None, None), id="invited is not yet seated"),
        pytest.param(negotiation(), (SELLER, BUYER, None), id="negotiation"),
        pytest.param(closed(Status.ACCEPTED), (SELLER, BUYER, None), id="closed"),
        pytest.param(unclaimed(), (SELLER, None, None), id="unclaimed"),
    ],
)
def test_roles_come_from_the_trade(trade: Trade, roles: tuple[Role | None, ...]):
    assert tuple(trade.role_of(person.id) for person in (SAM, BEA, EVE)) == roles
    assert trade.parties == tuple(person for person, role in zip((SAM, BEA, EVE), roles, strict=True) if role)


def test_a_role_belongs_to_the_account_not_to_the_name():
    assert negotiation().role_of(Person(4, "Sam").id) is None


def test_each_sees_the_other():
    assert negotiation().counterparty(SAM.id) == BEA
    assert negotiation().counterparty(BEA.id) == SAM
    assert draft().counterparty(SAM.id) is None


@pytest.mark.parametrize(
    ("invited", "person", "welcome"),
    [
        ("", BEA, True),
        ("", EVE, True),
        ("", SAM, False),
        ("Bea", BEA, True),
        ("BEA", Person(2, "bea"), True),
        ("Bea", EVE, False),
        ("Sam", SAM, False),
        ("Bea", Person(SAM.id, "Bea"), False),
        ("STRASSE", Person(2, "Stra\N{LATIN SMALL LETTER SHARP S}e"), True),
        ("Jos\N{LATIN SMALL LETTER E WITH ACUTE}", Person(2, "JOSE\N{COMBINING ACUTE ACCENT}"), True),
        ("Jos\N{LATIN SMALL LETTER E WITH ACUTE}", Person(2, "Jose"), False),
        ("S\N{CYRILLIC SMALL LETTER A}m", Person(2, "Sam"), False),
    ],
    ids=ascii,
)
def test_a_free_seat_is_for_the_invited_name_or_for_anybody_but_the_seller(invited, person, welcome):
    assert draft(invited).seat_is_for(person) == welcome


@pytest.mark.parametrize("invited", ["", "Bea", "Eve"])
@pytest.mark.parametrize("person", [SAM, BEA, EVE])
def test_a_taken_seat_is_for_nobody(invited, person):
    assert not replace(negotiation(), invited=invited).seat_is_for(person)


def record(outcome: Outcome) -> Outcome:
    """The outcome as a ledger stored it that was a little later than the rules thought."""
    recorded = outcome.recorded(41, LATER, outcome.trade.expires_at)
    assert (recorded.action.seq, recorded.action.at) == (41, LATER)
    assert recorded.action.deadline == outcome.trade.expires_at
    assert replace(recorded.action, seq=0, at=outcome.action.at, deadline=None) == outcome.action
    assert recorded.before == outcome.before
    return recorded


def test_a_recorded_outcome_is_closed_at_the_ledgers_time():
    outcome = rules.apply(negotiation(), Accept(1), by=BUYER, now=EARLY)
    assert record(outcome).trade == replace(outcome.trade, closed_at=LATER)


def test_a_recorded_expiry_is_closed_at_the_ledgers_time():
    outcome = rules.apply(draft(), Expire(), by=None, now=DEADLINE)
    assert outcome.recorded(2, DEADLINE + INSTANT, DEADLINE).trade == replace(unclaimed(), closed_at=DEADLINE + INSTANT)


def test_a_recorded_amendment_carries_the_ledgers_time():
    outcome = rules.apply(negotiation(), Offer(1, CHEAPER), by=SELLER, now=EARLY)
    assert record(outcome).trade == replace(outcome.trade, amended_at=LATER)


def test_a_recorded_offer_carries_the_deadline_that_it_led_to_and_a_message_none():
    """What did not change the trade was judged on one that may be older than the deadline."""
    outcome = rules.apply(negotiation(), Offer(1, CHEAPER), by=SELLER, now=EARLY)
    assert outcome.recorded(41, LATER, DEADLINE + INSTANT).trade.expires_at == DEADLINE + INSTANT
    said = rules.apply(negotiation(), SendMessage("Hello"), by=SELLER, now=EARLY)
    assert not said.recorded(41, LATER, DEADLINE + INSTANT).changes_trade


@pytest.mark.parametrize(
    ("trade", "move", "by"),
    [
        pytest.param(draft(), Join(BEA, CODE), None, id="joining"),
        pytest.param(negotiation(version=3), RequestAmendment("Less?"), BUYER, id="a request"),
    ],
)
def test_recording_what_neither_closes_nor_amends_leaves_the_trades_times(trade, move, by):
    outcome = rules.apply(trade, move, by=by, now=EARLY)
    assert record(outcome).trade == outcome.trade


def test_recording_a_message_after_the_outcome_leaves_the_time_of_the_outcome():
    trade = closed(Status.ACCEPTED)
    outcome = Outcome(trade, Action(Kind.MESSAGE_SENT, LATER, SAM, SELLER, text="Thank you."), trade)
    assert record(outcome).trade.closed_at == EARLY


def test_a_refusal_carries_its_reason_its_field_and_its_sentence():
    refusal = Refusal(Reason.TAKEN, "This name is taken.", "name")
    assert (refusal.reason, refusal.field, str(refusal)) == (Reason.TAKEN, "name", "This name is taken.")
    with refused(Reason.TOO_OFTEN):
        raise Refusal(Reason.TOO_OFTEN, "Please wait a moment.")
