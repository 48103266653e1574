"""Offers and requests in the conversation: cards with author, figures, difference, reason and state.

A card of an offer that was replaced stays as it is for good. Only that of the newest offer and that of the open request
can still be shown otherwise.
"""

from app.domain.actions import Action
from app.domain.kinds import Kind
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.difference import difference
from app.ui.components.html import Html

_OFFER = Html(
    '<div class="offer{own}" data-seq="{seq}" data-testid="offer" data-state="{state}"><div class="offer-head">'
    '<strong>{whose} offer</strong> <span>Version {version} · {time}</span> <span class="state">{word}</span></div>'
    '<p class="sum"><strong>{price}</strong> × {quantity} <span>= {total}</span></p>{difference}{said}{seen}</div>'
)
_DIFFERENCE = Html('<p class="difference">{} <span class="note">against version {}</span></p>')
_REQUEST = Html(
    '<div class="offer asked{own}" data-seq="{seq}" data-state="{state}"><div class="offer-head"><strong>{whose}'
    ' request</strong> <span>Amendment · {time}</span> <span class="state">{word}</span></div>{text}</div>'
)
STANDING, REPLACED = "standing", "replaced"
"""States of an offer's card; the others are the outcomes' names."""
UNANSWERED, PAST = "open", "past"
"""States of a request's card: nothing has answered it yet, or it is not open any more."""


def state_of(action: Action, trade: Trade, asked: int) -> str:
    """The state of an action's card in the trade as it is now; empty for what has no card. `asked` is the newest
    request's seq: no other one can be open."""
    if action.kind is Kind.AMENDMENT_REQUESTED:
        return UNANSWERED if trade.request and action.seq == asked and not trade.status.final else PAST
    if action.offered is None:
        return ""
    if action.offered.version != trade.version:
        return REPLACED
    return trade.status.value if trade.status.final else STANDING


def offer(action: Action, me: int, currency: str, state: str, *, time: Html, said: Html, seen: Html) -> Html:
    """An offer's card; `said` are its reason and what else came of it. `seen` tells whoever made it when the other side
    had it on its screen."""
    if action.terms is None or action.version is None:
        raise ValueError("no offer was made")
    terms, before = action.terms, action.before
    changed = _DIFFERENCE.format(difference(terms, before, currency), action.version - 1) if before else ""
    return _OFFER.format(
        own=_own(action, me),
        seq=action.seq,
        state=state,
        whose=_whose(action, me),
        version=action.version,
        time=time,
        word=state.capitalize(),
        price=wording.money(terms.price, currency),
        quantity=wording.number(terms.quantity),
        total=wording.money(terms.total, currency),
        difference=changed,
        said=said,
        seen=seen,
    )


def request(action: Action, me: int, state: str, *, time: Html, text: Html) -> Html:
    """A request's card; what is not open any more needs no word for it."""
    word = "Open" if state is UNANSWERED else ""
    return _REQUEST.format(
        own=_own(action, me),
        seq=action.seq,
        state=state,
        whose=_whose(action, me),
        time=time,
        word=word,
        text=text,
    )


def _own(action: Action, me: int) -> str:
    return " own" if action.actor is not None and action.actor.id == me else ""


def _whose(action: Action, me: int) -> Html:
    return Html("Your") if _own(action, me) else Html("{}’s").format(wording.name(action.actor, me))
