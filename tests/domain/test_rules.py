"""Which move is possible: the whole table first, then what the table cannot say."""

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from app.domain import rules
from app.domain.kinds import FINAL, Kind, Role, Status
from app.domain.moves import (
    Accept,
    Expire,
    Extend,
    Join,
    Move,
    Offer,
    Reject,
    ReleaseSeat,
    RenewLink,
    RequestAmendment,
    See,
    SendMessage,
    Withdraw,
)
from app.domain.refusals import Reason
from app.domain.text import MAX_TEXT
from app.domain.trade import Person
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
    countered,
    do,
    draft,
    negotiation,
    unclaimed,
)
from tests.domain.refused import refused

# One letter each for: an instant before the deadline, exactly at it, an instant after it.
# D done; refused as: N not yours, S seat taken, C closed, L too late, E too early, I impossible.
# "nobody" is an outsider, and time itself where the move is to expire. In "negotiation" the seller's offer stands, in
# "countered" the buyer's. "unclaimed" expired before anybody joined, "retracted" was withdrawn before that.
GRID = """
                      join  message  offer  request  accept  reject  withdraw  extend  see  expire  renew  release
draft        seller   NNN   DDD      DLL    NNN      NLL     NLL     DLL       DLL     NLL  NNN     DLL    ILL
draft        buyer    SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  NNN     NNN    NNN
draft        nobody   DLL   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  EDD     NNN    NNN
negotiation  seller   NNN   DDD      DLL    NNN      NLL     NLL     DLL       DLL     NLL  NNN     DLL    DLL
negotiation  buyer    SSS   DDD      DLL    DLL      DLL     DLL     NLL       NNN     DLL  NNN     NNN    NNN
negotiation  nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  EDD     NNN    NNN
countered    seller   NNN   DDD      DLL    NNN      DLL     DLL     NLL       DLL     DLL  NNN     DLL    LLL
countered    buyer    SSS   DDD      DLL    DLL      NLL     NLL     DLL       NNN     NLL  NNN     NNN    NNN
countered    nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  EDD     NNN    NNN
accepted     seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
accepted     buyer    SSS   DDD      CCC    CCC      CCC     CCC     CCC       NNN     CCC  NNN     NNN    NNN
accepted     nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
rejected     seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
rejected     buyer    SSS   DDD      CCC    CCC      CCC     CCC     CCC       NNN     CCC  NNN     NNN    NNN
rejected     nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
withdrawn    seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
withdrawn    buyer    SSS   DDD      CCC    CCC      CCC     CCC     CCC       NNN     CCC  NNN     NNN    NNN
withdrawn    nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
expired      seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
expired      buyer    SSS   DDD      CCC    CCC      CCC     CCC     CCC       NNN     CCC  NNN     NNN    NNN
expired      nobody   SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
retracted    seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
retracted    buyer    SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  NNN     NNN    NNN
retracted    nobody   CCC   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
unclaimed    seller   NNN   DDD      CCC    NNN      CCC     CCC     CCC       CCC     CCC  NNN     CCC    CCC
unclaimed    buyer    SSS   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  NNN     NNN    NNN
unclaimed    nobody   CCC   NNN      NNN    NNN      NNN     NNN     NNN       NNN     NNN  CCC     NNN    NNN
"""

TRADES = {
    "draft": draft(),
    "negotiation": negotiation(),
    "countered": countered(),
    "accepted": closed(Status.ACCEPTED),
    "rejected": closed(Status.REJECTED),
    "expired": closed(Status.EXPIRED),
    "withdrawn": closed(Status.WITHDRAWN),
    "retracted": replace(draft(), status=Status.WITHDRAWN, closed_at=EARLY),
    "unclaimed": unclaimed(),
}
WHO: dict[str, tuple[Role | None, Person]] = {"seller": (SELLER, SAM), "buyer": (BUYER, BEA), "nobody": (None, EVE)}
NEW_CODE = "another"
WHEN = {"before": DEADLINE - INSTANT, "at": DEADLINE, "after": DEADLINE + INSTANT}
WHY = {
    "N": Reason.NOT_YOURS,
    "S": Reason.SEAT_TAKEN,
    "C": Reason.CLOSED,
    "L": Reason.TOO_LATE,
    "E": Reason.TOO_EARLY,
    "I": Reason.INVALID,
}
# What is done leads to a status (None: it stays) and is kept as a kind of action.
DONE: dict[str, tuple[Status | None, Kind]] = {
    "join": (Status.IN_NEGOTIATION, Kind.JOINED),
    "message": (None, Kind.MESSAGE_SENT),
    "offer": (None, Kind.AMENDED),
    "request": (None, Kind.AMENDMENT_REQUESTED),
    "accept": (Status.ACCEPTED, Kind.ACCEPTED),
    "reject": (Status.REJECTED, Kind.REJECTED),
    "withdraw": (Status.WITHDRAWN, Kind.WITHDRAWN),
    "extend": (None, Kind.EXTENDED),
    "see": (None, Kind.OFFER_SEEN),
    "expire": (Status.EXPIRED, Kind.EXPIRED),
    "renew": (None, Kind.LINK_RENEWED),
    "release": (Status.DRAFT, Kind.SEAT_RELEASED),
}


def moves_of(person: Person) -> dict[str, Move]:
    return {
        "join": Join(person, CODE),
        "message": SendMessage("Hello"),
        "offer": Offer(1, CHEAPER),
        "request": RequestAmendment("Cheaper, please."),
        "accept": Accept(1),
        "reject": Reject(1, "No."),
        "withdraw": Withdraw(1, "Sold."),
        "extend": Extend(DEADLINE + timedelta(hours=1)),
        "see": See(1),
        "expire": Expire(),
        "renew": RenewLink(NEW_CODE),
        "release": ReleaseSeat(NEW_CODE),
    }


def cells() -> list[tuple[str, str, str, str, str]]:
    head, *rows = GRID.strip().splitlines()
    return [
        (row[0], row[1], move, time, letter)
        for row in map(str.split, rows)
        for move, letters in zip(head.split(), row[2:], strict=True)
        for time, letter in zip(WHEN, letters, strict=True)
    ]


def test_the_grid_asks_for_every_move_in_every_status():
    assert {type(move) for move in moves_of(BEA).values()} == set(get_args(Move))
    assert {trade.status for trade in TRADES.values()} == set(Status)
    assert {row.split()[0] for row in GRID.strip().splitlines()[1:]} == set(TRADES)
    assert GRID.split()[: len(get_args(Move))] == list(moves_of(BEA)) == list(DONE)


@pytest.mark.parametrize(("status", "who", "move", "time", "letter"), cells())
def test_every_move_by_everyone_in_every_status_at_every_time(status, who, move, time, letter):
    """Whatever comes of it, the trade that was given stays as it was."""
    trade, (by, person), now = deepcopy(TRADES[status]), WHO[who], WHEN[time]
    asked = moves_of(person)[move]
    if letter != "D":
        with refused(WHY[letter]):
            rules.apply(trade, asked, by=by, now=now)
        assert trade == TRADES[status]
        return
    outcome = rules.apply(trade, asked, by=by, now=now)
    after, kind = DONE[move]
    assert outcome.trade.status is (after or trade.status)
    assert outcome.before is trade
    assert trade == TRADES[status]
    action = outcome.action
    assert (action.kind, action.at, action.seq) == (kind, now, 0)
    expected = (None, None) if move == "expire" else (person, by or BUYER)
    assert (action.actor, action.role) == expected


def test_the_table_is_complete():
    """27 rows of 12 moves at 3 times; every status appears, with every role."""
    assert len(cells()) == len(set(cells())) == 27 * 12 * 3
    assert {(TRADES[status].status, WHO[who][0]) for status, who, *_ in cells()} == {
        (status, role) for status in Status for role in (SELLER, BUYER, None)
    }


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize(("by", "person"), [(SELLER, SAM), (BUYER, BEA)])
def test_both_may_still_talk_after_the_outcome_and_change_nothing(status, by, person):
    outcome = do(closed(status), SendMessage("Thank you."), by, DEADLINE + timedelta(days=1))
    assert outcome.trade == closed(status)
    assert (outcome.action.text, outcome.action.actor) == ("Thank you.", person)


# The moves with words: who says them, and the field that is named when the words are wrong.
WORDS = [
    pytest.param(SendMessage, BUYER, "message", id="message"),
    pytest.param(RequestAmendment, BUYER, "request", id="request"),
    pytest.param(lambda text: Reject(1, text), BUYER, "reason", id="rejection"),
    pytest.param(lambda text: Withdraw(1, text), SELLER, "reason", id="withdrawal"),
    pytest.param(lambda text: Offer(1, CHEAPER, text), SELLER, "reason", id="amendment"),
]


@pytest.mark.parametrize(("say", "by", "field"), WORDS)
@pytest.mark.parametrize("text", ["x" * (MAX_TEXT + 1), "\0", "a\x1bb", "\ud800"], ids=ascii)
def test_words_outside_the_limits_are_refused_at_their_field(say, by, field, text):
    with refused(Reason.INVALID, field):
        do(negotiation(), say(text), by)


@pytest.mark.parametrize(("say", "by", "field"), WORDS)
def test_words_are_kept_trimmed_and_up_to_the_limit(say, by, field):
    assert do(negotiation(), say("x"), by).action.text == "x"
    assert do(negotiation(), say("  a\r\n\tb\n"), by).action.text == "a\n\tb"
    assert do(negotiation(), say(f" {'x' * MAX_TEXT}\n"), by).action.text == "x" * MAX_TEXT


@pytest.mark.parametrize("text", ["", " ", "\n\t\r\n", "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"], ids=ascii)
def test_blank_words_are_refused_where_words_are_the_point_and_fine_as_a_reason(text):
    with refused(Reason.INVALID, "message"):
        do(negotiation(), SendMessage(text), SELLER)
    with refused(Reason.INVALID, "request"):
        do(negotiation(), RequestAmendment(text), BUYER)
    assert do(negotiation(), Reject(1, text), BUYER).action.text == ""
    assert do(negotiation(), Offer(1, CHEAPER, text), SELLER).action.text == ""


def test_the_wrong_person_hears_that_first_whatever_else_is_wrong():
    """An outsider learns nothing about a trade from how a bad move fails."""
    for move in (SendMessage(""), Offer(9, TERMS), RequestAmendment(""), Accept(9), Reject(1, "\0")):
        with refused(Reason.NOT_YOURS):
            do(closed(Status.ACCEPTED), move, None, DEADLINE)
