"""The deal: the offer that stands, what it changed, how it came about, and whose turn it is.

Each part is one block of HTML that is made anew when what it shows has changed: elements are what a page costs.
"""

from nicegui import ui

from app.domain.actions import Offered
from app.domain.kinds import Role, Status
from app.domain.trade import Trade
from app.ui.components import wording
from app.ui.components.difference import by_money, difference
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.later import Later
from app.ui.components.links import linked
from app.ui.room.outcome import what_now
from app.ui.room.price_path import caption, price_path
from app.ui.room.room_view import RoomView

_DEAL = Html(
    '<div class="deal-head"><h2>Current deal</h2><div class="note" data-testid="version">{version}</div></div>'
    '<div class="terms" style="--letters:{letters}">{figures}</div>'
    '<div class="terms-text" data-testid="description" dir="auto" tabindex="0">{description}</div>{next}{print}'
)
_PRINT = Html('<a class="print" href="/room/{}/print">Print</a>')
_FIGURE = Html(
    '<div class="figure {testid}"><div class="figure-label">{label}</div><div><span class="figure-value"'
    ' data-testid="{testid}">{value}</span>{beside}</div>{below}</div>'
)
_STRUCK = Html(' <s><span class="for-readers">before: </span>{}</s>')
_UNIT = Html(' <span class="unit">{} <bdi>{}</bdi></span>')
_CHANGE = Html(
    '<div class="difference">{struck}<span data-testid="change">{by} <span class="note">against {whose}</span></span>'
    "</div>"
)
_PATH = Html("{}<figcaption>{}</figcaption>")
_PLACE = Html('<div class="path"></div>')
_DRAWN_AFTER = 0.1
"""Seconds after the figures."""
_REQUEST = Html('<div class="request" data-testid="request"><b>{}</b><p dir="auto" tabindex="0">{}</p></div>')
_TURN = Html('<div class="turn" data-turn="{}"><b data-testid="turn">{}</b><span>{}</span></div>')


def deal(view: RoomView) -> None:
    """The terms as they stand, how they came about, and after the close what now."""
    with ui.element("section").classes("card deal").props('aria-label="Current deal"'):
        block = Block().classes("as-children")
        _path(view)
    view.binding.on_trade(lambda trade: block.show(_deal(trade, view)))


def turn(view: RoomView) -> None:
    """The open request, and the line that says whose turn it is; what can be done stands below it."""
    block = Block().classes("whose")
    view.binding.on_trade(lambda trade: block.show(_request(trade, view) + _turn(trade, view)))


def _deal(trade: Trade, view: RoomView) -> Html:
    before = next((offered for offered in view.room.offers if offered.version == trade.version - 1), None)
    return _DEAL.format(
        figures=_figures(trade, None if trade.status.final else before, view),
        letters=len(wording.money(trade.terms.price, trade.currency)),
        description=linked(trade.terms.description or "No description."),
        version=Html("Version {} · offered by {}, {}").format(
            trade.version,
            wording.name(trade.party(trade.offered_by), view.me, capital=False),
            view.clock_time(trade.amended_at),
        ),
        next=what_now(trade),
        # A seat that was released leads to no room any more: its page never learns the new code.
        print=_PRINT.format(trade.code) if trade.role_of(view.me) else "",
    )


def _figures(trade: Trade, before: Offered | None, view: RoomView) -> Html:
    """The figures, each with what it was in the offer before, if there is one to compare with."""
    terms, currency = trade.terms, trade.currency
    old = before.terms if before else terms
    quantity = wording.number(terms.quantity)
    struck = _STRUCK.format(wording.number(old.quantity)) if old.quantity != terms.quantity else ""
    return (
        _FIGURE.format(
            testid="price",
            label="Price per unit",
            value=wording.money(terms.price, currency),
            beside=_UNIT.format(currency, trade.unit),
            below=_change(trade, before, view) if before else "",
        )
        + _FIGURE.format(testid="quantity", label="Quantity", value=quantity, beside=struck, below="")
        + _FIGURE.format(
            testid="total",
            label="Total",
            value=wording.money(terms.total, currency),
            beside=Html(" ") + by_money(terms.total, old.total, currency),
            below="",
        )
    )


def _change(trade: Trade, before: Offered, view: RoomView) -> Html:
    terms, old = trade.terms, before.terms
    return _CHANGE.format(
        struck=_STRUCK.format(wording.money(old.price, trade.currency)) if old.price != terms.price else "",
        by=difference(terms, old, trade.currency),
        whose=_whose(trade, before.by, view),
    )


def _whose(trade: Trade, by: Role, view: RoomView) -> Html:
    """``your offer``, ``Sam's offer``; of two offers of one side ``Sam's earlier offer``."""
    who = "your" if by is view.role else Html("<bdi>{}</bdi>’s").format(_name(trade, by))
    return Html("{} {}offer").format(who, "earlier " if by is trade.offered_by else "")


def _path(view: RoomView) -> None:
    """The price path. Its place comes with the page; the picture is large where there are many offers, and comes when
    the page is live, and after the figures."""
    figure, client = Block(_PLACE if len(view.room.offers) > 1 else "", tag="figure"), ui.context.client

    def draw() -> None:
        trade = view.trade
        if client.has_socket_connection and trade.role_of(view.me) is not None:
            figure.show(_picture(trade, [each for each in view.room.offers if each.version <= trade.version], view))

    later = Later(_DRAWN_AFTER)
    view.binding.on_trade(lambda _: later(draw))
    client.on_connect(lambda: later(draw))
    client.on_delete(later.forget)


def _picture(trade: Trade, offers: list[Offered], view: RoomView) -> Html:
    currency, me, other = trade.currency, view.role, _name(trade, view.role.other)
    agreed = trade.status is Status.ACCEPTED
    picture = price_path(offers, currency=currency, me=me, other=other, agreed=agreed)
    said = caption(offers, currency=currency, me=me, other=other, agreed=agreed)
    return _PATH.format(picture, said) if picture else picture


def _request(trade: Trade, view: RoomView) -> Html:
    if not trade.request or trade.status.final:
        return Html("")
    who = "You ask" if view.role is Role.BUYER else Html("<bdi>{}</bdi> asks").format(_name(trade, Role.BUYER))
    return _REQUEST.format(Html("{} for an amendment").format(who), linked(trade.request))


def _turn(trade: Trade, view: RoomView) -> Html:
    if trade.status.final:
        return _TURN.format("", "", "")
    other = Html("<bdi>{}</bdi>").format(_name(trade, view.role.other))
    is_mine, is_own = trade.turn is view.role, trade.offered_by is view.role
    whose = "Your offer" if is_own else Html("{}’s offer").format(other)
    stands = Html("{} stands until {}.").format(whose, view.clock_time(trade.expires_at))
    if trade.turn is None:
        return _TURN.format("them", "Waiting for a buyer", stands)
    if is_mine:
        answer = Html("Answer {} with new terms or in a message. ").format(other) if trade.request else ""
        return _TURN.format("you", "Your turn", Html("{}{}").format(answer, stands))
    still = "" if is_own or not trade.request else " You can still accept it."
    return _TURN.format("them", Html("Waiting for {}").format(other), Html("{}{}").format(stands, still))


def _name(trade: Trade, role: Role) -> str:
    party = trade.party(role)
    return party.name if party else ""
