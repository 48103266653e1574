"""The buyer's seat: who may take it, with which link, and when it can be given to somebody else."""

from dataclasses import replace
from datetime import datetime

import pytest

from app.domain import rules
from app.domain.actions import Outcome
from app.domain.kinds import Role, Status
from app.domain.moves import Accept, Join, Move, Reject, ReleaseSeat, RenewLink, RequestAmendment, SendMessage
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Person, Trade
from tests.domain.offers import BEA, BUYER, CODE, DEADLINE, EARLY, EVE, SAM, SELLER, draft, negotiation
from tests.domain.refused import refused

NEW_CODE = "another"


def do(trade: Trade, move: Move, by: Role | None, now: datetime = EARLY) -> Outcome:
    return rules.apply(trade, move, by=by, now=now)


def test_joining_seats_the_buyer_and_changes_nothing_else():
    joined = do(draft(), Join(EVE, CODE), None).trade
    assert joined == replace(draft(), status=Status.IN_NEGOTIATION, buyer=EVE)


@pytest.mark.parametrize("name", ["Bea", "BEA", "bea", "\N{FULLWIDTH LATIN CAPITAL LETTER B}ea"])
def test_invited_seat_is_for_the_name_in_any_case_and_width(name):
    assert do(draft("bEa"), Join(Person(2, name), CODE), None).trade.buyer == Person(2, name)


@pytest.mark.parametrize("name", ["Eve", "Be", "Beatrice", "B\N{LATIN SMALL LETTER E WITH ACUTE}a"])
def test_invited_seat_is_for_nobody_else(name):
    with refused(Reason.SEAT_TAKEN):
        do(draft("Bea"), Join(Person(2, name), CODE), None)


def test_seller_cannot_join_her_own_offer_even_if_she_is_the_invited_name():
    with refused(Reason.NOT_YOURS):
        do(draft("Sam"), Join(SAM, CODE), SELLER)


def test_seller_cannot_join_when_she_comes_as_an_outsider():
    """Her account is known, whatever role is claimed for it."""
    with pytest.raises(Refusal):
        do(draft(), Join(SAM, CODE), None)


def test_buyer_cannot_join_twice():
    joined = do(draft(), Join(BEA, CODE), None).trade
    with refused(Reason.SEAT_TAKEN):
        do(joined, Join(BEA, CODE), joined.role_of(BEA.id))


def test_an_offer_for_somebody_else_does_not_tell_outsiders_that_its_time_is_over():
    with refused(Reason.SEAT_TAKEN):
        do(draft("Bea"), Join(EVE, CODE), None, DEADLINE)


def test_an_old_link_leads_nobody_in():
    renewed = do(draft(), RenewLink(NEW_CODE), SELLER).trade
    assert renewed == replace(draft(), code=NEW_CODE)
    with refused(Reason.NOT_YOURS):
        do(renewed, Join(BEA, CODE), None)
    assert do(renewed, Join(BEA, NEW_CODE), None).trade.buyer == BEA


def test_a_released_seat_is_free_for_who_holds_the_new_link():
    released = do(negotiation(version=3), ReleaseSeat(NEW_CODE), SELLER).trade
    assert released == replace(negotiation(version=3), status=Status.DRAFT, buyer=None, code=NEW_CODE)
    assert do(released, Join(EVE, NEW_CODE), None).trade.buyer == EVE


@pytest.mark.parametrize("answer", [RequestAmendment("Less?"), Accept(1), Reject(1)])
def test_the_seat_of_a_buyer_who_has_answered_cannot_be_released(answer):
    answered = do(negotiation(), answer, BUYER).trade
    assert answered.answered
    assert not answered.seat_can_be_released
    with refused(Reason.CLOSED if answered.status.final else Reason.TOO_LATE):
        do(answered, ReleaseSeat(NEW_CODE), SELLER)


def test_a_message_is_no_answer():
    assert do(negotiation(), SendMessage("Hello"), BUYER).trade.seat_can_be_released
