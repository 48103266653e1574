"""The rules: which move is possible, and what it leads to.

`apply` is the one pure function at the centre. It never looks at a clock or a database; time is a value. What holds for
every move of a kind is read from the table of kinds; what is a move's own stands in one function for each. The ledger
repeats, under the row lock, exactly what is looked at here (status, version, deadline, seat), so that an outcome is
recorded only while it is still true.
"""

from dataclasses import replace
from datetime import datetime
from functools import singledispatch
from typing import assert_never

from app.domain.actions import Action, Outcome
from app.domain.kinds import KINDS, KindRules, Role, Timing
from app.domain.moves import (
    Accept,
    Amend,
    Expire,
    Join,
    Move,
    Reject,
    ReleaseSeat,
    RenewLink,
    RequestAmendment,
    SendMessage,
)
from app.domain.refusals import Reason, Refusal, invalid
from app.domain.text import check_text
from app.domain.trade import Trade


def apply(trade: Trade, move: Move, *, by: Role | None, now: datetime) -> Outcome:
    """The outcome of a move by a role at a time.

    `by` is None for an outsider who joins and for time itself (`Expire`). `now` is the database's time, UTC. Raises
    `Refusal`: NOT_YOURS or SEAT_TAKEN, CLOSED, TOO_LATE or TOO_EARLY, STALE, INVALID, in this order.
    """
    rules = KINDS[move.kind]
    action = _begin(trade, move, rules, by, now)
    _check_time(trade, rules, now)
    changed, action = _result(move, trade, action)
    if rules.to is not None:
        changed = changed.moved_to(rules.to, now)
    if rules.answers:
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
def _amend(move: Amend, trade: Trade, action: Action) -> tuple[Trade, Action]:
    _check_version(trade, move.version)
    if move.terms == trade.terms:
        raise invalid("", "Nothing has changed. Please change the price, the quantity or the description.")
    reason = check_text(move.reason, "reason", "The reason")
    amended = replace(trade, terms=move.terms, version=trade.version + 1, amended_at=action.at)
    return amended, replace(action, text=reason, version=amended.version, terms=move.terms, before=trade.terms)


@_result.register
def _request(move: RequestAmendment, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, text=check_text(move.text, "request", "The request", shortest=1))


@_result.register
def _accept(move: Accept, trade: Trade, action: Action) -> tuple[Trade, Action]:
    _check_version(trade, move.version)
    return trade, replace(action, version=trade.version)


@_result.register
def _reject(move: Reject, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, replace(action, text=check_text(move.reason, "reason", "The reason"))


@_result.register
def _renew_link(move: RenewLink, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return replace(trade, code=move.code), action


@_result.register
def _release_seat(move: ReleaseSeat, trade: Trade, action: Action) -> tuple[Trade, Action]:
    if trade.buyer is None:
        raise Refusal(Reason.INVALID, "The buyer's seat is free.")
    if trade.answered:
        raise Refusal(Reason.TOO_LATE, "The buyer has answered your offer; the seat cannot be released any more.")
    return replace(trade, buyer=None, code=move.code), action


@_result.register
def _expire(_: Expire, trade: Trade, action: Action) -> tuple[Trade, Action]:
    return trade, action


def _check_version(trade: Trade, version: int) -> None:
    if version != trade.version:
        raise Refusal(Reason.STALE, "The terms have changed in the meantime. Please review the new terms.")
