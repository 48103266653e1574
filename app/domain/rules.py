"""The rules: which move is possible, and what it leads to.

`apply` is the one pure function at the centre. It never looks at a clock or a database; time is a value. The ledger
repeats, under the row lock, exactly what is looked at here (status, version, deadline, seat), so that an outcome is
recorded only while it is still true.
"""

from dataclasses import replace
from datetime import datetime

from app.domain.actions import Action, Kind, Outcome
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
from app.domain.trade import WORD, Role, Status, Trade


def apply(trade: Trade, move: Move, *, by: Role | None, now: datetime) -> Outcome:
    """The outcome of a move by a role at a time. Raises `Refusal` when a rule is broken.

    `by` is None for an outsider who joins and for time itself (`Expire`). `now` is the database's time, UTC.
    """
    match move:
        case Join():
            return _join(trade, move, by, now)
        case SendMessage():
            return _send(trade, move, by, now)
        case Amend():
            return _amend(trade, move, by, now)
        case RequestAmendment():
            return _request(trade, move, by, now)
        case Accept():
            return _accept(trade, move, by, now)
        case Reject():
            return _reject(trade, move, by, now)
        case RenewLink():
            return _renew_link(trade, move, by, now)
        case ReleaseSeat():
            return _release_seat(trade, move, by, now)
        case Expire():
            return _expire(trade, by, now)


def _join(trade: Trade, move: Join, by: Role | None, now: datetime) -> Outcome:
    if by is Role.SELLER:
        raise Refusal(Reason.NOT_YOURS, "This is your own offer; the buyer's seat is for somebody else.")
    if by is Role.BUYER or not trade.seat_is_for(move.person):
        raise Refusal(Reason.SEAT_TAKEN, "The buyer's seat in this room is taken.")
    if move.code != trade.code:
        raise Refusal(Reason.NOT_YOURS, "This link has been renewed; please ask the seller for the new one.")
    _check_open(trade, now)
    joined = replace(trade.moved_to(Status.IN_NEGOTIATION, now), buyer=move.person)
    return Outcome(joined, Action(Kind.JOINED, now, move.person, Role.BUYER), trade)


def _send(trade: Trade, move: SendMessage, by: Role | None, now: datetime) -> Outcome:
    role = _check_party(trade, by)
    text = check_text(move.text, "message", "The message", shortest=1)
    return Outcome(trade, _action(Kind.MESSAGE_SENT, trade, role, now, text=text), trade)


def _amend(trade: Trade, move: Amend, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.SELLER, "Only the seller can amend the deal.")
    _check_open(trade, now)
    _check_version(trade, move.version)
    if move.terms == trade.terms:
        raise invalid("", "Nothing has changed. Please change the price, the quantity or the description.")
    reason = check_text(move.reason, "reason", "The reason")
    amended = replace(trade, terms=move.terms, version=trade.version + 1, amended_at=now)
    action = _action(Kind.AMENDED, trade, role, now, text=reason, version=amended.version)
    return Outcome(amended, replace(action, terms=move.terms, before=trade.terms), trade)


def _request(trade: Trade, move: RequestAmendment, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.BUYER, "Only the buyer can request an amendment.")
    _check_open(trade, now)
    text = check_text(move.text, "request", "The request", shortest=1)
    answered = replace(trade, answered=True)
    return Outcome(answered, _action(Kind.AMENDMENT_REQUESTED, trade, role, now, text=text), trade)


def _accept(trade: Trade, move: Accept, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.BUYER, "Only the buyer can accept the deal.")
    _check_open(trade, now)
    _check_version(trade, move.version)
    accepted = replace(trade.moved_to(Status.ACCEPTED, now), answered=True)
    return Outcome(accepted, _action(Kind.ACCEPTED, trade, role, now, version=trade.version), trade)


def _reject(trade: Trade, move: Reject, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.BUYER, "Only the buyer can reject the deal.")
    _check_open(trade, now)
    reason = check_text(move.reason, "reason", "The reason")
    rejected = replace(trade.moved_to(Status.REJECTED, now), answered=True)
    return Outcome(rejected, _action(Kind.REJECTED, trade, role, now, text=reason), trade)


def _renew_link(trade: Trade, move: RenewLink, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.SELLER, "Only the seller can renew the link.")
    _check_open(trade, now)
    return Outcome(replace(trade, code=move.code), _action(Kind.LINK_RENEWED, trade, role, now), trade)


def _release_seat(trade: Trade, move: ReleaseSeat, by: Role | None, now: datetime) -> Outcome:
    role = _check_role(trade, by, Role.SELLER, "Only the seller can release the buyer's seat.")
    _check_open(trade, now)
    if trade.buyer is None:
        raise Refusal(Reason.INVALID, "The buyer's seat is free.")
    if trade.answered:
        raise Refusal(Reason.TOO_LATE, "The buyer has answered your offer; the seat cannot be released any more.")
    released = replace(trade.moved_to(Status.DRAFT, now), buyer=None, code=move.code)
    return Outcome(released, _action(Kind.SEAT_RELEASED, trade, role, now), trade)


def _expire(trade: Trade, by: Role | None, now: datetime) -> Outcome:
    if by is not None:
        raise Refusal(Reason.NOT_YOURS, "An offer expires by itself; nobody can make it.")
    if not trade.status.final and now < trade.expires_at:
        raise Refusal(Reason.TOO_EARLY, "The deadline has not passed yet.")
    return Outcome(trade.moved_to(Status.EXPIRED, now), Action(Kind.EXPIRED, now), trade)


def _action(
    kind: Kind, trade: Trade, role: Role, now: datetime, *, text: str = "", version: int | None = None
) -> Action:
    actor = trade.seller if role is Role.SELLER else trade.buyer
    return Action(kind, now, actor, role, version, text)


def _check_party(trade: Trade, by: Role | None) -> Role:
    if by is None or (by is Role.BUYER and trade.buyer is None):
        raise Refusal(Reason.NOT_YOURS, "This room belongs to two other people.")
    return by


def _check_role(trade: Trade, by: Role | None, needed: Role, sentence: str) -> Role:
    if _check_party(trade, by) is not needed:
        raise Refusal(Reason.NOT_YOURS, sentence)
    return needed


def _check_open(trade: Trade, now: datetime) -> None:
    """No move, and no change of terms, is possible at or after the deadline, whether or not the expiry job has run."""
    if trade.status.final:
        raise Refusal(Reason.CLOSED, f"This trade is {WORD[trade.status].lower()}; that is final.")
    if now >= trade.expires_at:
        raise Refusal(Reason.TOO_LATE, "The deadline has passed.")


def _check_version(trade: Trade, version: int) -> None:
    if version != trade.version:
        raise Refusal(Reason.STALE, "The terms have changed in the meantime. Please review the new terms.")
