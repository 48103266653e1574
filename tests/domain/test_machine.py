"""Random play: anybody tries anything at any time, next to a simple model that knows what must come of it."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain import rules
from app.domain.actions import Action
from app.domain.kind_lists import kinds_that_close
from app.domain.kinds import KINDS, Kind, Status
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
from app.domain.refusals import Refusal
from app.domain.rules import LONGEST
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
    version, the terms, who made them, who has seen them, what is asked for, the deadline, the time."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.buyer: Person | None = None
        self.code = CODE
        self.answered = False
        self.end: Kind | None = None
        self.version = 1
        self.terms = TERMS
        self.author: Person = SAM
        self.seen = 0
        self.request = ""
        self.deadline = DEADLINE
        self.trade: Trade = draft()
        self.trail: list[Action] = []

    @initialize(invited=st.sampled_from(["", "bea"]), now=starts, amendments=st.integers(0, 2), first=comers)
    def sam_makes_an_offer(self, invited: str, now: datetime, amendments: int, first: Person | None) -> None:
        """Most plays begin further on, so that more of them reach an end worth having."""
        self.trade = draft(invited)
        self.now = now
        for number in range(amendments):
            self.offer(SAM, 0, replace(TERMS, quantity=10 + number), "")
        if first:
            self.join(first)

    @rule(wait=waits)
    def time_passes(self, wait: timedelta) -> None:
        self.now += wait

    @precondition(lambda self: self.now > START)
    @rule()
    def the_deadline_comes(self) -> None:
        self.now = max(self.now, self.deadline)

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
            self.seen = 0

    @rule(person=people, text=words)
    def talk(self, person: Person, text: str) -> None:
        self.play(SendMessage(text), person, allowed=person in (SAM, self.buyer) and text == "Hello")

    @rule(person=people, drift=drifts, terms=figures, reason=words)
    def offer(self, person: Person, drift: int, terms: Terms, reason: str) -> None:
        changed = terms != self.terms
        fair = person in (SAM, self.buyer) and drift == 0 and changed and reason != "\0"
        if self.play(Offer(self.version + drift, terms, reason), person, allowed=fair and self.open):
            self.version += 1
            self.terms, self.author, self.request = terms, person, ""
            self.answered |= person is self.buyer
            if self.buyer:
                self.deadline = max(self.deadline, self.now + timedelta(minutes=2))

    @rule(person=mostly_bea, text=words)
    def ask(self, person: Person, text: str) -> None:
        fair = person is self.buyer and text == "Hello"
        if self.play(RequestAmendment(text), person, allowed=fair and self.open):
            self.answered = True
            self.request = text

    @rule(person=people, drift=drifts)
    def accept(self, person: Person, drift: int) -> None:
        if self.play(Accept(self.version + drift), person, allowed=self.receives(person, drift)):
            self.end = Kind.ACCEPTED
            self.answered |= person is self.buyer

    @rule(person=people, drift=drifts, reason=words)
    def reject(self, person: Person, drift: int, reason: str) -> None:
        fair = self.receives(person, drift) and reason != "\0"
        if self.play(Reject(self.version + drift, reason), person, allowed=fair):
            self.end = Kind.REJECTED
            self.answered |= person is self.buyer

    @rule(person=people, drift=drifts)
    def see(self, person: Person, drift: int) -> None:
        fair = self.receives(person, drift) and self.seen != self.version
        if self.play(See(self.version + drift), person, allowed=fair):
            self.seen = self.version

    @precondition(lambda self: self.version > 1)
    @rule(person=people, drift=drifts, reason=words)
    def withdraw(self, person: Person, drift: int, reason: str) -> None:
        fair = person is self.author and drift == 0 and reason != "\0"
        if self.play(Withdraw(self.version + drift, reason), person, allowed=fair and self.open):
            self.end = Kind.WITHDRAWN

    @rule(person=mostly_sam, later=st.sampled_from([timedelta(0), INSTANT, timedelta(minutes=1), LONGEST]))
    def extend(self, person: Person, later: timedelta) -> None:
        until = self.deadline + later
        fair = person is SAM and later and until <= self.now + LONGEST
        if self.play(Extend(until), person, allowed=bool(fair) and self.open):
            self.deadline = until

    def receives(self, person: Person, drift: int) -> bool:
        """Whether the person may answer the standing offer at this version."""
        other = self.buyer if self.author is SAM else SAM
        return self.buyer is not None and person is other and drift == 0 and self.open

    @rule(person=st.sampled_from([None, SAM, BEA]))
    def expire(self, person: Person | None) -> None:
        times_own = person is None or person not in (SAM, self.buyer)
        if self.play(Expire(), person, allowed=times_own and self.end is None and self.now >= self.deadline):
            self.end = Kind.EXPIRED

    @property
    def open(self) -> bool:
        return self.end is None and self.now < self.deadline

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
        author = SELLER if self.author is SAM else BUYER
        assert (self.trade.offered_by, self.trade.seen_version, self.trade.request) == (author, self.seen, self.request)
        assert self.trade.expires_at == self.deadline >= DEADLINE
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
                assert action.at >= self.deadline
                assert (action.actor, action.role) == (None, None)
            elif action.kind is not Kind.MESSAGE_SENT:
                assert action.at < self.deadline

    @invariant()
    def the_other_side_accepts_the_version_of_its_moment(self) -> None:
        for number, action in enumerate(self.trail):
            if action.kind is Kind.ACCEPTED:
                offers = [earlier for earlier in self.trail[:number] if earlier.kind is Kind.AMENDED]
                assert action.version == 1 + len(offers) == self.trade.version
                assert action.role is not (offers[-1].role if offers else SELLER)

    @invariant()
    def the_parties_alone_move_the_terms_one_version_at_a_time(self) -> None:
        terms, amendments = TERMS, self.said(Kind.AMENDED)
        for version, amended in enumerate(amendments, start=2):
            assert amended.version == version
            assert amended.role is (SELLER if amended.actor is SAM else BUYER)
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
        fixed |= {"offered_by", "seen_version", "request", "expires_at"}
        now = {name: getattr(self.trade, name) for name in fixed}
        assert self.trade == replace(draft(self.trade.invited), **now)


Negotiation.TestCase.settings = settings(max_examples=250, stateful_step_count=30)
TestNegotiation = Negotiation.TestCase
