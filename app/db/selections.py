"""Which trades a list has, and in which order, as statements."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, union_all
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.db.tables import TradeRow, UserRow
from app.domain.kinds import OPEN, Role, Status

_LOOKED_THROUGH = 1_000
"""Closed trades that a search of one's own goes through, on each side in each status."""

_Seller = aliased(UserRow, name="seller")
_Buyer = aliased(UserRow, name="buyer")


def trades() -> Select[Any]:
    """Trades with their parties' names."""
    everything: Any = TradeRow
    return (
        select(everything, col(_Seller.name).label("seller_name"), col(_Buyer.name).label("buyer_name"))
        .join(_Seller, col(_Seller.id) == TradeRow.seller_id)
        .outerjoin(_Buyer, col(_Buyer.id) == TradeRow.buyer_id)
    )


def public_place() -> ColumnElement[Any]:
    """The moment by which a trade stands in the list that all look at; `rooms.listing.Query.place` is its twin, and two
    indexes are sorted by it."""
    closed_or_created = func.coalesce(col(TradeRow.closed_at), col(TradeRow.created_at))
    return case((col(TradeRow.listed), col(TradeRow.active_at)), else_=closed_or_created)


def trades_of(user_id: int, statuses: Sequence[Status], most: int, part: str) -> Select[Any]:
    """A person's trades on either side, of which no more than `most` will be taken: first those where it is their turn,
    then the other open ones, each by deadline; closed ones below, the latest first.

    `part`: one of the title or of the counterparty's name, any case. It is looked for among the open ones and the
    latest closed ones.
    """
    is_open = col(TradeRow.status).in_(OPEN)
    my_turn = _turn() == case((col(TradeRow.seller_id) == user_id, Role.SELLER.value), else_=Role.BUYER.value)
    candidates = [
        _of_side(side, user_id, status, _LOOKED_THROUGH if part else most)
        for side in (col(TradeRow.seller_id), col(TradeRow.buyer_id))
        for status in statuses
    ]
    found = trades().where(col(TradeRow.id).in_(union_all(*candidates)))
    if part:
        found = found.where(_has(part, user_id))
    return found.order_by(
        not_(is_open),
        not_(and_(col(TradeRow.status) == Status.IN_NEGOTIATION, my_turn)),
        case((is_open, col(TradeRow.expires_at))),
        col(TradeRow.closed_at).desc(),
        col(TradeRow.id).desc(),
    )


def _has(part: str, user_id: int) -> ColumnElement[bool]:
    """Whether the title or the counterparty's name has this part; `Trade.has` is its twin."""
    buyer = func.coalesce(col(_Buyer.name), col(TradeRow.invited))
    counterparty = case((col(TradeRow.seller_id) == user_id, buyer), else_=col(_Seller.name))
    return or_(*(text.icontains(part, autoescape=True) for text in (col(TradeRow.title), counterparty)))


def _turn() -> ColumnElement[str]:
    """Whose turn it is in a negotiation; `Trade.turn` is its twin."""
    buyers = and_(col(TradeRow.offered_by) == Role.SELLER, col(TradeRow.request) == "")
    return case((buyers, Role.BUYER.value), else_=Role.SELLER.value)


def _of_side(side: Any, user_id: int, status: Status, most: int) -> Select[Any]:
    """The trades of one status that somebody has on one side: of closed ones, of which there may be ever more, only
    the latest, as an index has them; the open ones are sorted by more than that, and are all."""
    ids = select(col(TradeRow.id)).where(side == user_id, col(TradeRow.status) == status)
    return ids.order_by(col(TradeRow.closed_at).desc(), col(TradeRow.id).desc()).limit(most) if status.final else ids
