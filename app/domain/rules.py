"""The rules: which move is possible, and what it leads to.

`apply` is the one pure function at the centre. It never looks at a clock or a database; time is a value. What holds for
every move of a kind is read from the table of kinds; what is a move's own stands in one function for each. The ledger
repeats, under the row lock, exactly what is looked at here (status, version, whose offer it is, deadline, seat), so
that an outcome is recorded only while it is still true.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import singledispatch
from typing import assert_never

from app.domain.actions import Action, Outcome
from app.domain.kinds import KINDS, KindRules, Role, Status
from app.domain.moves import (
    AboutOffer,
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
from app.domain.refusals import Reason, Refusal, invalid
from app.domain.terms import MAX_MINUTES
from app.domain.text import check_text
from app.domain.trade import Trade
from app.domain.traits import DeadlineChange, Side, Timing

TIME_TO_ANSWER = timedelta(minutes=2)
"""What every new offer leaves the other side at least, once there is another side."""
LONGEST = timedelta(minutes=MAX_MINUTES)
"""How far away a deadline may be put."""


def has_moved_deadline(action: Action) -> bool:
    """Whether a recorded offer has put the deadline off, so that the other side has time to answer."""
    leaves_time = KINDS[action.kind].deadline is DeadlineChange.LEAVES_TIME
    return leaves_time and action.deadline == action.at + TIME_TO_ANSWER


def apply(trade: Trade, move: Move, *, by: Role | None, now: datetime) -> Outcome:
    """The outcome of a move by a role at a time.

    `by` is None for an outsider who joins and for time itself (`Expire`). `now` is the database's time, UTC. Raises
    `Refusal`: NOT_YOURS or SEAT_TAKEN, CLOSED, TOO_LATE or TOO_EARLY, STALE, NOT_YOURS again (where it matters whose
    the offer is), INVALID, in this order.
    """
    rules = KINDS[move.kind]
    action = _begin(trade, move, rules, by, now)
    _check_time(trade, rules, now)
    if isinstance(move, AboutOffer):
        _check_offer(trade, move, rules, by)
    changed, action = _result(move, trade, action)
    _check_status(trade, rules)
    if rules.to is not None:
        changed = changed.moved_to(rules.to, now)
    if rules.answers and by is Role.BUYER:
        changed = replace(changed, answered=True)
    return Outcome(changed, action, trade)


def _begin(trade: Trade, move: Move, rules: KindRules, by: Role | None, now: datetime) -> Action:
    """The action as far as the table knows it: what it is, whose, when."""
    if isinstance(move, Join):
        _check_joining(trade, move, by)
        return Action(move.kind, now, move.person, Role.BUYER)
    if not rules.by:
        if by is not None:
            raise Refusal(Reason.NOT_YOURS, "An offer expires by itself; nobody can make it.")
        return Action(move.kind, now)
    if by is None or (by is Role.BUYER and trade.buyer is None):
        raise Refusal(Reason.NOT_YOURS, "This room belongs to two other people.")
    if by not in rules.by:
        who = " or ".join(sorted(role.value for role in rules.by))
        raise Refusal(Reason.NOT_YOURS, f"Only the {who} can {rules.infinitive}.")
    return Action(move.kind, now, trade.seller if by is Role.SELLER else trade.buyer, by)


def _check_joining(trade: Trade, move: Join, by: Role | None) -> None:
    if by is Role.SELLER:
        raise Refusal(Reason.NOT_YOURS, "This is your own offer; the buyer's seat is for somebody else.")
    if by is Role.BUYER or not trade.seat_is_for(move.person):
        raise Refusal(Reason.SEAT_TAKEN, "The buyer's seat in this room is taken.")
    if move.code != trade.code:
        raise Refusal(Reason.NOT_YOURS, "This link has been renewed; please ask the seller for the new one.")


def _check_time(trade: Trade, rules: KindRules, now: datetime) -> None:
    """No move, and no change of terms, is possible at or after the deadline, whether or not the expiry job has run."""
    match rules.when:
        case Timing.ANY:
            return
        case Timing.BEFORE | Timing.AFTER:
            trade.check_open()
        case _:
            assert_never(rules.when)
    if rules.when is Timing.BEFORE and now >= trade.expires_at:
        raise Refusal(Reason.TOO_LATE, "The deadline has passed.")
    if rules.when is Timing.AFTER and now < trade.expires_at:
        raise Refusal(Reason.TOO_EARLY, "The deadline has not passed yet.")


def _check_status(trade: Trade, rules: KindRules) -> None:
    """What leads to no other status keeps to those in its row too, or its receipt would not verify."""
    if trade.status not in rules.during:
        trade.check_open()
        raise Refusal(Reason.INVALID, f"You cannot {rules.infinitive} now: this trade is {trade.status.word.lower()}.")


def _check_offer(trade: Trade, move: AboutOffer, rules: KindRules, by: Role | None) -> None:
    """A move is about the offer that is on the screen; whose that is decides who may."""
    if move.version != trade.version:
        raise Refusal(Reason.STALE, "The terms have changed in the meantime. Please review the new terms.")
    match rules.side:
        case Side.EITHER:
            return
        case Side.MADE:
            if by is not trade.offered_by:
                raise Refusal(Reason.NOT_YOURS, f"Only the side that made the offer can {rules.infinitive}.")
        case Side.RECEIVED:
            if by is trade.offered_by:
                raise Refusal(Reason.NOT_YOURS, f"Only the side that received the offer can {rules.infinitive}.")
        case _:
            assert_never(rules.side)


@singledispatch
def _result(move: object, _trade: Trade, _action: Action, /) -> tuple[Trade, Action]:
    """What a move makes of the trade, its status apart, and of the action to keep.

    One function for each move, below; `tests/domain/test_kinds.py` misses the one that is forgotten.
    """
    raise TypeError(f"{type(move).__name__} is no move with a rule of its own")


@_result.register
def _join(move: Join, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return replace(trade, buyer=move.person), action


@_result.register
def _send(move: SendMessage, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, text=check_text(move.text, "message", "The message", shortest=1))


@_result.register
def _offer(move: Offer, trade: Trade, action: Action) -> tuple[Trade, Action]:
    if move.terms == trade.terms:
        raise invalid("", "Nothing has changed. Please change the price, the quantity or the description.")
    reason = check_text(move.reason, "reason", "The reason")
    offered = replace(
        trade,
        terms=move.terms,
        version=trade.version + 1,
        amended_at=action.at,
        offered_by=action.role or trade.offered_by,
        request="",
    )
    if trade.status is not Status.DRAFT:
        offered = replace(offered, expires_at=max(trade.expires_at, action.at + TIME_TO_ANSWER))
    return offered, replace(action, text=reason, version=offered.version, terms=move.terms, before=trade.terms)


@_result.register
def _request(move: RequestAmendment, trade: Trade, action: Action) -> tuple[Trade, Action]:
    text = check_text(move.text, "request", "The request", shortest=1)
    return replace(trade, request=text), replace(action, text=text)


@_result.register
def _accept(_: Accept, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, version=trade.version)


@_result.register
def _reject(move: Reject, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, version=trade.version, text=check_text(move.reason, "reason", "The reason"))


@_result.register
def _withdraw(move: Withdraw, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, version=trade.version, text=check_text(move.reason, "reason", "The reason"))


@_result.register
def _extend(move: Extend, trade: Trade, action: Action) -> tuple[Trade, Action]:
    if move.until <= trade.expires_at:
        raise invalid("minutes", "The deadline is not before that time. It can only be moved to a later one.")
    if move.until > action.at + LONGEST:
        raise invalid("minutes", f"That is too far away: at most {MAX_MINUTES:,} minutes from now are possible.")
    return replace(trade, expires_at=move.until), action


@_result.register
def _see(_: See, trade: Trade, action: Action) -> tuple[Trade, Action]:
    if trade.seen_version == trade.version:
        raise invalid("", "This offer has been seen already.")
    return replace(trade, seen_version=trade.version), replace(action, version=trade.version)


@_result.register
def _renew_link(move: RenewLink, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return replace(trade, code=move.code), action


@_result.register
def _release_seat(move: ReleaseSeat, trade: Trade, action: Action) -> tuple[Trade, Action]:
    if trade.buyer is None:
        raise Refusal(Reason.INVALID, "The buyer's seat is free.")
    if trade.answered:
        raise Refusal(Reason.TOO_LATE, "The buyer has answered your offer; the seat cannot be released any more.")
    return replace(trade, buyer=None, code=move.code, seen_version=0), action


@_result.register
def _expire(_: Expire, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, action
