"""From rows, as `history.py` asks for them, to the domain's values."""

from typing import Any

from app.domain.actions import Action
from app.domain.kinds import KINDS, Kind, Role, Status
from app.domain.terms import Terms
from app.domain.trade import Person, Standing, Trade
from app.domain.traits import VersionUse


def standing(row: Any) -> Standing:
    """A trade in its place in time, from its row and the parties' names."""
    trade = Trade(
        id=row.id,
        code=row.code,
        title=row.title,
        seller=Person(row.seller_id, row.seller_name),
        buyer=Person(row.buyer_id, row.buyer_name) if row.buyer_id is not None else None,
        invited=row.invited,
        terms=Terms(row.price, row.quantity, row.description),
        version=row.version,
        status=Status(row.status),
        created_at=row.created_at,
        expires_at=row.expires_at,
        amended_at=row.amended_at,
        closed_at=row.closed_at,
        answered=row.answered,
        offered_by=Role(row.offered_by),
        seen_version=row.seen_version,
        request=row.request,
        currency=row.currency,
        unit=row.unit,
        listed=row.listed,
    )
    return Standing(trade, row.seq, row.active_at)


def action(row: Any) -> Action:
    """An action, from its row, the actor's name, the message's text, and both versions of the terms."""
    kind = Kind(row.kind)
    makes_terms = KINDS[kind].version is VersionUse.MAKES
    return Action(
        kind=kind,
        at=row.at,
        actor=Person(row.actor_id, row.actor_name) if row.actor_id is not None else None,
        role=Role(row.role) if row.role is not None else None,
        version=row.version,
        text=row.message if kind is Kind.MESSAGE_SENT else row.note,
        terms=Terms(row.new_price, row.new_quantity, row.new_description) if makes_terms else None,
        before=old_terms(row) if makes_terms else None,
        deadline=row.deadline,
        seq=row.seq,
        hash=row.hash,
    )


def old_terms(row: Any) -> Terms | None:
    """The terms that were replaced, if any."""
    return Terms(row.old_price, row.old_quantity, row.old_description) if row.old_price is not None else None
