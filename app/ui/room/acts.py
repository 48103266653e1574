"""What one side of a trade can press now: by its role, and by whose offer stands.

What cannot be done is not there. The table of kinds says what is possible; the order here is that on the page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

from app.domain.kinds import Kind, Role
from app.domain.names import GONE
from app.domain.trade import Trade
from app.domain.traits import Side
from app.ui.components import dialog
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.shortcuts import ACCEPT, OFFER
from app.ui.room.act_dialog import is_on_side, possible
from app.ui.room.decision_dialogs import confirm_accept, confirm_end, request_amendment
from app.ui.room.extension_dialog import extend
from app.ui.room.invitation import manage_invitation
from app.ui.room.offer_again import offer_again
from app.ui.room.offer_dialog import answer_request, make_offer
from app.ui.room.room_view import RoomView

_REST = Html('<div class="rest">{}</div>')


@dataclass(frozen=True, slots=True)
class Act:
    """One button: what stands on it, what a press leads to in the end, and what it opens."""

    text: str
    kind: Kind
    press: Callable[[RoomView], None]
    #: Who presses it, and on which side of the offer, where its kind leaves that open.
    by: Role | None = None
    side: Side = Side.EITHER
    when: Callable[[Trade, Role], bool] = lambda _trade, _role: True
    look: str = "outline"
    #: Its shortcut; of buttons with the same one, the first is meant.
    key: str = ""

    def is_there(self, trade: Trade, role: Role) -> bool:
        """Whether this side can press it now."""
        is_mine = self.by in {None, role} and is_on_side(self.side, trade, role)
        return is_mine and possible(self.kind, trade, role) and self.when(trade, role)


def _can_be_offered_again(trade: Trade, role: Role) -> bool:
    """The seller can always draft it anew; a buyer asks the seller, unless that account was deleted."""
    return trade.status.final and (role is Role.SELLER or trade.seller.name != GONE)


ACTS = (
    Act("Accept deal", Kind.ACCEPTED, confirm_accept, key=ACCEPT),
    Act(
        "Answer with an offer",
        Kind.AMENDED,
        answer_request,
        by=Role.SELLER,
        when=lambda trade, _: bool(trade.request),
        key=OFFER,
    ),
    Act("Counter-offer", Kind.AMENDED, make_offer, side=Side.RECEIVED, key=OFFER),
    Act("Amend deal", Kind.AMENDED, make_offer, by=Role.SELLER, side=Side.MADE, key=OFFER),
    Act("Change offer", Kind.AMENDED, make_offer, by=Role.BUYER, side=Side.MADE, key=OFFER),
    Act("Request amendment", Kind.AMENDMENT_REQUESTED, request_amendment),
    Act("Extend", Kind.EXTENDED, extend),
    Act("Invitation", Kind.LINK_RENEWED, manage_invitation),
    Act("Reject deal", Kind.REJECTED, confirm_end, look="flat danger"),
    Act("Withdraw offer", Kind.WITHDRAWN, confirm_end, look="flat danger"),
    Act("Offer again", Kind.MESSAGE_SENT, offer_again, when=_can_be_offered_again),
)


def acts(view: RoomView) -> None:
    """The buttons: one loud act at most, the rest quiet; on a phone the rest stand behind `More actions`."""

    def show(trade: Trade) -> None:
        block.show(_row(_now(trade, view.role), trade.turn is view.role))

    def press(act: Act) -> None:
        if act in _now(view.trade, view.role) and not dialog.is_open():
            act.press(view)

    block = Block().classes("decision")
    block.on_press({act.text: partial(press, act) for act in ACTS})
    view.binding.on_trade(show)


def _now(trade: Trade, role: Role) -> tuple[Act, ...]:
    return tuple(act for act in ACTS if act.is_there(trade, role))


@lru_cache(64)
def _row(acts: tuple[Act, ...], is_turn: bool) -> Html:
    if not acts:
        return Html("")
    first, *others = acts
    loud = Block.button(first.text, "wide" if is_turn else "wide tonal", first.key)
    return (
        loud + _REST.format(Html().join(Block.button(act.text, act.look, act.key) for act in others))
        if others
        else loud
    )
