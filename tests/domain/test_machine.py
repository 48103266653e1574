"""Random play: anybody tries anything at any time, next to a simple model that knows what must come of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain import rules
from app.domain.actions import Action
from app.domain.kinds import KINDS, Kind, Status, kinds_that_close
from app.domain.moves import (
    Accept,
    Expire,
    Join,
    Move,
    Offer,
    Reject,
    ReleaseSeat,
    RenewLink,
    RequestAmendment,
    SendMessage,
)
from app.domain.refusals import Refusal
from app.domain.terms import Terms
from app.domain.trade import Person, Trade
from tests.domain.offers import BEA, BUYER, CODE, DEADLINE, EVE, INSTANT, SAM, SELLER, START, TERMS, draft

ENDS = {kind: KINDS[kind].to for kind in kinds_that_close()}

# Who may is drawn more often than who may not, or hardly any play would get anywhere.
people = st.sampled_from([BEA, SAM, EVE])
mostly_sam = st.sampled_from([SAM, SAM, SAM, BEA, EVE])
mostly_bea = st.sampled_from([BEA, BEA, BEA, SAM, EVE])
comers = st.sampled_from([BEA, BEA, EVE, SAM, None])
# The version on the table more often than another; one behind is what a slow page sends.
drifts = st.sampled_from([0, 0, 0, -1, 1])
figures = st.builds(Terms, st.just(TERMS.price), st.integers(1, 3), st.just(TERMS.description))
words = st.sampled_from(["Hello", "Hello", " \n", "\0"])
waits = st.sampled_from([INSTANT, timedelta(seconds=7), timedelta(minutes=2)])
starts = st.sampled_from([START, DEADLINE - timedelta(minutes=2), DEADLINE - INSTANT])


class Negotiation(RuleBasedStateMachine):
    """The model is plain values: who sits where, by which link, whether the buyer has answered, how it ended, the
    version, the terms, the time."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.buyer: Person | None = None
        self.code = CODE
        self.answered = False
        self.end: Kind | None = None
        self.version = 1
        self.terms = TERMS
        self.trade: Trade = draft()
        self.trail: list[Action] = []

    @initialize(invited=st.sampled_from(["", "bea"]), now=starts, amendments=st.integers(0, 2), first=comers)
    def sam_makes_an_offer(self, invited: str, now: datetime, amendments: int, first: Person | None) -> None:
        """Most plays begin further on, so that more of them reach an end worth having."""
        self.trade = draft(invited)
        self.now = now
        for number in range(amendments):
            self.amend(SAM, 0, replace(TERMS, quantity=10 + number), "")
        if first:
            self.join(first)

    @rule(wait=waits)
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait

    @precondition(lambda self: self.now > START)
    @rule()
    def the_deadline_comes(self) -> None:
        self.now = max(self.now, DEADLINE)

    @rule(person=people, old_link=st.booleans())
    def join(self, person: Person, old_link: bool = False) -> None:
        free = self.buyer is None and person is not SAM
        welcome = not self.trade.invited or person is BEA
        code = CODE if old_link else self.code
        if self.play(Join(person, code), person, allowed=free and welcome and code == self.code and self.open):
            self.buyer = person

    @rule(person=mostly_sam)
    def renew(self, person: Person) -> None:
        code = f"{self.code}+"
        if self.play(RenewLink(code), person, allowed=person is SAM and self.open):
            self.code = code

    @rule(person=mostly_sam)
    def release(self, person: Person) -> None:
        code = f"{self.code}-"
        fair = person is SAM and self.buyer is not None and not self.answered
        if self.play(ReleaseSeat(code), person, allowed=fair and self.open):
            self.code = code
            self.buyer = None

    @rule(person=people, text=words)
    def talk(self, person: Person, text: str) -> None:
        self.play(SendMessage(text), person, allowed=person in (SAM, self.buyer) and text == "Hello")

    @rule(person=mostly_sam, drift=drifts, terms=figures, reason=words)
    def amend(self, person: Person, drift: int, terms: Terms, reason: str) -> None:
        changed = terms != self.terms
        fair = person is SAM and drift == 0 and changed and reason != "\0"
        if self.play(Offer(self.version + drift, terms, reason), person, allowed=fair and self.open):
            self.version += 1
            self.terms = terms

    @rule(person=mostly_bea, text=words)
    def request(self, person: Person, text: str) -> None:
        fair = person is self.buyer and text == "Hello"
        if self.play(RequestAmendment(text), person, allowed=fair and self.open):
            self.answered = True

    @rule(person=mostly_bea, drift=drifts)
    def accept(self, person: Person, drift: int) -> None:
        fair = person is self.buyer and drift == 0
        if self.play(Accept(self.version + drift), person, allowed=fair and self.open):
            self.end = Kind.ACCEPTED
            self.answered = True

    @rule(person=mostly_bea, reason=words)
    def reject(self, person: Person, reason: str) -> None:
        fair = person is self.buyer and reason != "\0"
        if self.play(Reject(1, reason), person, allowed=fair and self.open):
            self.end = Kind.REJECTED
            self.answered = True

    @rule(person=st.sampled_from([None, SAM, BEA]))
    def expire(self, person: Person | None) -> None:
        times_own = person is None or person not in (SAM, self.buyer)
        if self.play(Expire(), person, allowed=times_own and self.end is None and self.now >= DEADLINE):
            self.end = Kind.EXPIRED

    @property
    def open(self) -> bool:
        return self.end is None and self.now < DEADLINE

    def play(self, move: Move, person: Person | None, *, allowed: bool) -> bool:
        """Try the move; it must be done exactly when the model allows it, and change nothing otherwise."""
        role = self.trade.role_of(person.id) if person else None
        before = replace(self.trade)
        try:
            outcome = rules.apply(self.trade, move, by=role, now=self.now)
        except Refusal:
            outcome = None
        assert (outcome is not None) == allowed, f"{move} is {'possible' if outcome else 'refused'}"
        if outcome is None:
            assert self.trade == before
            return False
        assert outcome.before == before
        assert outcome.action.at == self.now
        self.trade = outcome.trade
        self.trail.append(outcome.action)
        return True

    def said(self, *kinds: Kind) -> list[Action]:
        return [action for action in self.trail if action.kind in kinds]

    @invariant()
    def the_trade_is_what_the_model_says(self) -> None:
        assert (self.trade.buyer, self.trade.code) == (self.buyer, self.code)
        assert self.trade.answered == self.answered
        assert (self.trade.version, self.trade.terms) == (self.version, self.terms)
        going_on = Status.DRAFT if self.buyer is None else Status.IN_NEGOTIATION
        assert self.trade.status is (ENDS[self.end] if self.end else going_on)

    @invariant()
    def it_ends_at_most_once_and_stays_so(self) -> None:
        ends = self.said(*ENDS)
        assert len(ends) <= 1
        assert self.trade.status.final == bool(ends)
        assert self.trade.closed_at == (ends[0].at if ends else None)
        after = self.trail[self.trail.index(ends[0]) + 1 :] if ends else []
        assert {action.kind for action in after} <= {Kind.MESSAGE_SENT}

    @invariant()
    def only_time_ends_it_at_the_deadline_and_only_people_before(self) -> None:
        for action in self.trail:
            if action.kind is Kind.EXPIRED:
                assert action.at >= DEADLINE
                assert (action.actor, action.role) == (None, None)
            elif action.kind is not Kind.MESSAGE_SENT:
                assert action.at < DEADLINE

    @invariant()
    def acceptance_names_the_version_of_its_moment(self) -> None:
        for number, action in enumerate(self.trail):
            if action.kind is Kind.ACCEPTED:
                amended = [earlier for earlier in self.trail[:number] if earlier.kind is Kind.AMENDED]
                assert action.version == 1 + len(amended) == self.trade.version

    @invariant()
    def the_seller_alone_moves_the_terms_one_version_at_a_time(self) -> None:
        terms, amendments = TERMS, self.said(Kind.AMENDED)
        for version, amended in enumerate(amendments, start=2):
            assert (amended.actor, amended.role, amended.version) == (SAM, SELLER, version)
            assert amended.before == terms != amended.terms
            assert amended.terms is not None
            terms = amended.terms
        assert self.trade.terms == terms
        assert self.trade.version == 1 + len(amendments)
        assert self.trade.amended_at == (amendments[-1].at if amendments else START)

    @invariant()
    def the_buyer_is_the_one_who_joined_last_and_nobody_else_acts_as_one(self) -> None:
        seated: Person | None = None
        for action in self.trail:
            if action.kind is Kind.JOINED:
                assert seated is None
                seated = action.actor
            elif action.kind is Kind.SEAT_RELEASED:
                assert seated is not None
                seated = None
            elif action.role is BUYER:
                assert action.actor == seated
        assert self.trade.buyer == seated != SAM

    @invariant()
    def nothing_else_ever_changes(self) -> None:
        fixed = {"status", "buyer", "code", "answered", "terms", "version", "amended_at", "closed_at"}
        now = {name: getattr(self.trade, name) for name in fixed}
        assert self.trade == replace(draft(self.trade.invited), **now)


Negotiation.TestCase.settings = settings(max_examples=250, stateful_step_count=30)
TestNegotiation = Negotiation.TestCase
