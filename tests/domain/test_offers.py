"""Offers: which one stands and whose it is, who may answer or withdraw it, whose turn it is, and how long there is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.actions import Action
from app.domain.kinds import FINAL, Kind, Status
from app.domain.moves import (
    Accept,
    Extend,
    Join,
    Offer,
    Reject,
    ReleaseSeat,
    RequestAmendment,
    See,
    SendMessage,
    Withdraw,
)
from app.domain.refusals import Reason
from app.domain.rules import LONGEST, TIME_TO_ANSWER
from tests.domain.offers import (
    BEA,
    BUYER,
    CHEAPER,
    CODE,
    DEADLINE,
    EARLY,
    INSTANT,
    SAM,
    SELLER,
    TERMS,
    closed,
    countered,
    do,
    draft,
    negotiation,
)
from tests.domain.refused import refused

DEARER = replace(TERMS, quantity=6)
LATE = DEADLINE - timedelta(seconds=30)


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 4])
def test_only_the_version_on_the_table_can_be_accepted(version):
    with refused(Reason.STALE):
        do(negotiation(version=3), Accept(version), BUYER)


@pytest.mark.parametrize("version", [-1, 0, 1, 2, 4])
def test_only_the_version_on_the_table_can_be_amended(version):
    with refused(Reason.STALE):
        do(negotiation(version=3), Offer(version, CHEAPER), SELLER)


def test_acceptance_names_the_version_it_accepts_and_leaves_the_terms():
    outcome = do(negotiation(version=3), Accept(3), BUYER)
    assert outcome.action == Action(Kind.ACCEPTED, EARLY, BEA, BUYER, version=3)
    assert outcome.trade == replace(negotiation(version=3), status=Status.ACCEPTED, closed_at=EARLY, answered=True)


def test_terms_amended_while_the_buyer_decides_are_not_accepted():
    seen = negotiation()
    amended = do(seen, Offer(1, CHEAPER), SELLER).trade
    with refused(Reason.STALE):
        do(amended, Accept(seen.version), BUYER)
    assert do(amended, Accept(amended.version), BUYER).trade.terms == CHEAPER


def test_late_and_stale_at_once_is_late():
    """To a buyer whose time is over, new terms to review would be a false hope."""
    with refused(Reason.TOO_LATE):
        do(negotiation(version=3), Accept(1), BUYER, DEADLINE)


@pytest.mark.parametrize("second", [Accept(1), Reject(1), RequestAmendment("More?")])
@pytest.mark.parametrize("first", [Accept(1), Reject(1)])
def test_a_decision_is_made_once(first, second):
    decided = do(negotiation(), first, BUYER).trade
    with refused(Reason.CLOSED):
        do(decided, second, BUYER)


def test_amending_counts_the_version_and_keeps_both_terms():
    outcome = do(draft(), Offer(1, CHEAPER, " A sale \r\n"), SELLER)
    assert outcome.trade == replace(draft(), terms=CHEAPER, version=2, amended_at=EARLY)
    assert outcome.action == Action(Kind.AMENDED, EARLY, SAM, SELLER, 2, "A sale", terms=CHEAPER, before=TERMS)


@pytest.mark.parametrize("terms", [TERMS, replace(TERMS, price=TERMS.price.normalize())])
def test_amending_to_the_same_terms_is_refused_with_and_without_a_reason(terms):
    for reason in ("", "Just because."):
        with refused(Reason.INVALID):
            do(negotiation(), Offer(1, terms, reason), SELLER)


@pytest.mark.parametrize("field", [{"price": CHEAPER.price}, {"quantity": 6}, {"description": ""}])
def test_any_one_field_is_an_amendment(field):
    assert do(negotiation(), Offer(1, replace(TERMS, **field)), SELLER).trade.version == 2


def test_only_amendments_count_the_version():
    trade = do(draft(), Join(BEA, CODE), None).trade
    trade = do(trade, SendMessage("Hello"), SELLER).trade
    trade = do(trade, RequestAmendment("Less?"), BUYER).trade
    assert trade.version == 1
    for version in (1, 2, 3):
        trade = do(trade, Offer(version, replace(TERMS, quantity=10 + version)), SELLER).trade
        assert trade.version == version + 1
    assert do(trade, Reject(4), BUYER).trade.version == do(trade, Accept(4), BUYER).trade.version == 4


@pytest.mark.parametrize("side", [SELLER, BUYER])
def test_either_side_s_offer_stands_and_the_other_s_is_over(side):
    """A counter-offer ends the offer it answers (CISG article 17): what is accepted is the newest one."""
    outcome = do(countered() if side is SELLER else negotiation(), Offer(1, CHEAPER), side)
    assert (outcome.trade.offered_by, outcome.trade.version, outcome.trade.terms) == (side, 2, CHEAPER)
    assert (outcome.action.role, outcome.action.version) == (side, 2)
    with refused(Reason.STALE):
        do(outcome.trade, Accept(1), side.other)
    assert do(outcome.trade, Accept(2), side.other).trade.status is Status.ACCEPTED


def test_of_two_offers_that_cross_the_second_is_stale():
    first = do(negotiation(), Offer(1, CHEAPER), BUYER).trade
    with refused(Reason.STALE):
        do(first, Offer(1, DEARER), SELLER)


@pytest.mark.parametrize("move", [Accept(1), Reject(1), See(1)])
@pytest.mark.parametrize(("trade", "side"), [(negotiation(), SELLER), (countered(), BUYER)])
def test_nobody_answers_their_own_offer(trade, side, move):
    with refused(Reason.NOT_YOURS):
        do(trade, move, side)
    assert do(trade, move, side.other).action.version == 1


@pytest.mark.parametrize(("trade", "side"), [(negotiation(), SELLER), (countered(), BUYER), (draft(), SELLER)])
def test_whoever_made_the_offer_withdraws_it_and_that_ends_the_trade(trade, side):
    outcome = do(trade, Withdraw(1, "Sold."), side)
    assert outcome.trade == replace(trade, status=Status.WITHDRAWN, closed_at=EARLY, answered=side is BUYER)
    assert (outcome.action.version, outcome.action.text) == (1, "Sold.")
    if trade.buyer:
        with refused(Reason.NOT_YOURS):
            do(trade, Withdraw(1), side.other)


@pytest.mark.parametrize("move", [Accept, Reject, Withdraw, See])
def test_what_is_about_an_offer_names_the_one_that_stands(move):
    """Turning down terms that one has not seen is as wrong as accepting them."""
    for side in (SELLER, BUYER):
        with refused(Reason.STALE):
            do(negotiation(version=2), move(1), side)


@pytest.mark.parametrize("move", [Offer(1, CHEAPER), RequestAmendment("Less?")])
def test_after_a_buyer_s_offer_or_request_the_seat_stays_theirs(move):
    trade = do(negotiation(), move, BUYER).trade
    assert trade.answered
    with refused(Reason.TOO_LATE):
        do(trade, ReleaseSeat("new"), SELLER)
    assert not do(negotiation(), Offer(1, CHEAPER), SELLER).trade.answered


def test_it_is_the_turn_of_the_side_that_did_not_make_the_standing_offer():
    trade = draft()
    assert trade.turn is None
    trade = do(trade, Join(BEA, CODE), None).trade
    assert trade.turn is BUYER
    trade = do(trade, Offer(1, CHEAPER), BUYER).trade
    assert trade.turn is SELLER
    trade = do(trade, Offer(2, DEARER), SELLER).trade
    assert trade.turn is BUYER
    assert {closed(status).turn for status in FINAL} == {None}


@pytest.mark.parametrize("trade", [negotiation(), countered()])
def test_an_open_request_makes_it_the_seller_s_turn_until_the_next_offer_of_whoever(trade):
    asked = do(trade, RequestAmendment(" Fewer? "), BUYER).trade
    assert (asked.request, asked.turn, asked.terms) == ("Fewer?", SELLER, trade.terms)
    assert asked.offered_by is trade.offered_by
    assert do(asked, SendMessage("Soon."), SELLER).trade.request == "Fewer?"
    again = do(asked, RequestAmendment("Far fewer?"), BUYER).trade
    assert again.request == "Far fewer?"
    for side in (SELLER, BUYER):
        answered = do(again, Offer(1, CHEAPER), side).trade
        assert (answered.request, answered.turn) == ("", side.other)


@pytest.mark.parametrize("side", [SELLER, BUYER])
def test_a_new_offer_leaves_the_other_side_two_minutes(side):
    assert do(negotiation(), Offer(1, CHEAPER), side, LATE).trade.expires_at == LATE + TIME_TO_ANSWER
    in_time = DEADLINE - TIME_TO_ANSWER
    assert do(negotiation(), Offer(1, CHEAPER), side, in_time).trade.expires_at == DEADLINE
    late = in_time + INSTANT
    assert do(negotiation(), Offer(1, CHEAPER), side, late).trade.expires_at == DEADLINE + INSTANT


def test_nothing_else_moves_the_deadline():
    assert do(draft(), Offer(1, CHEAPER), SELLER, LATE).trade.expires_at == DEADLINE
    assert do(draft(), Join(BEA, CODE), None, LATE).trade.expires_at == DEADLINE
    for move in (SendMessage("Hello"), RequestAmendment("Less?"), Accept(1), Reject(1), See(1)):
        assert do(negotiation(), move, BUYER, LATE).trade.expires_at == DEADLINE


@pytest.mark.parametrize("trade", [draft(), negotiation(), countered()])
def test_the_seller_extends_the_deadline_to_a_later_time_within_a_year(trade):
    for until in (DEADLINE + INSTANT, EARLY + LONGEST):
        outcome = do(trade, Extend(until), SELLER)
        assert outcome.trade == replace(trade, expires_at=until)
        assert outcome.action == Action(Kind.EXTENDED, EARLY, SAM, SELLER)
    for until in (DEADLINE, DEADLINE - INSTANT, EARLY, EARLY + LONGEST + INSTANT):
        with refused(Reason.INVALID, "minutes"):
            do(trade, Extend(until), SELLER)


def test_an_offer_is_seen_once_by_whoever_holds_the_seat():
    trade = negotiation()
    seen = do(trade, See(1), BUYER)
    assert seen.trade == replace(trade, seen_version=1)
    assert seen.action == Action(Kind.OFFER_SEEN, EARLY, BEA, BUYER, version=1)
    with refused(Reason.INVALID):
        do(seen.trade, See(1), BUYER)
    released = do(seen.trade, ReleaseSeat("new"), SELLER).trade
    assert released.seen_version == 0
    joined = do(released, Join(BEA, "new"), None).trade
    assert do(joined, See(1), BUYER).trade.seen_version == 1
    countering = do(seen.trade, Offer(1, CHEAPER), BUYER).trade
    assert do(countering, See(2), SELLER).trade.seen_version == 2
