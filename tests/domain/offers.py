"""Sam's offer to Bea in every status, and the people and moments around it. Eve is always the outsider."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from app.domain import rules
from app.domain.actions import Outcome
from app.domain.kinds import Role, Status
from app.domain.moves import Move
from app.domain.terms import Terms
from app.domain.trade import Person, Trade

SAM, BEA, EVE = Person(1, "Sam"), Person(2, "Bea"), Person(3, "Eve")
CODE = "secret"
SELLER, BUYER = Role.SELLER, Role.BUYER

INSTANT = timedelta(microseconds=1)
START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DEADLINE = START + timedelta(minutes=30)
EARLY = START + timedelta(minutes=10)

TERMS = Terms(Decimal("1000.00"), 5, "Oak tables.")
CHEAPER = Terms(Decimal("900.50"), 5, "Oak tables.")


def draft(invited: str = "") -> Trade:
    """A fresh offer that nobody has joined, for whoever comes or for one name."""
    return Trade(7, CODE, "Tables", SAM, TERMS, START, DEADLINE, START, invited=invited)


def negotiation(version: int = 1) -> Trade:
    """Bea has joined, and the terms are at this version."""
    return replace(draft(), status=Status.IN_NEGOTIATION, buyer=BEA, version=version)


def countered(version: int = 1) -> Trade:
    """Bea has made the offer that stands."""
    return replace(negotiation(version), offered_by=BUYER, answered=True)


def closed(status: Status) -> Trade:
    """The negotiation has this outcome."""
    at = DEADLINE if status is Status.EXPIRED else EARLY
    answered = status in (Status.ACCEPTED, Status.REJECTED)
    return replace(negotiation(), status=status, closed_at=at, answered=answered)


def do(trade: Trade, move: Move, by: Role | None, now: datetime = EARLY) -> Outcome:
    """What the rules make of a move."""
    return rules.apply(trade, move, by=by, now=now)


def unclaimed() -> Trade:
    """A draft that expired before anybody joined."""
    return replace(draft(), status=Status.EXPIRED, closed_at=DEADLINE)
