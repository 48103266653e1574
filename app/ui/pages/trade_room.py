"""``/room/{code}``: the room of one trade."""

from fastapi import Request
from nicegui import ui
from nicegui.element import Element

from app.domain.actions import Action
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Role, Trade
from app.ui.attempt import attempt
from app.ui.frame import attend, frame
from app.ui.pages import nothing_here
from app.ui.parts import deal, decision, offer
from app.ui.parts.clock import run_while_visible
from app.ui.parts.conversation import Conversation
from app.ui.parts.history import History
from app.ui.seat import Seat, zone_of
from app.ui.site import Site, viewer_of

_KEPT_THROUGH_CUT = 90.0
"""Seconds for which a room's page and what was typed in it outlive a cut of the connection."""
_VIEWPORT = "width=device-width, initial-scale=1, interactive-widget=resizes-content"


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/room/{code}", dark=None, language="en-US", reconnect_timeout=_KEPT_THROUGH_CUT, viewport=_VIEWPORT)
    async def trade_room(request: Request, code: str) -> None:
        viewer = viewer_of(request)
        try:
            trade = await site.trades.find(viewer, code)
        except Refusal as refusal:
            if refusal.reason is Reason.TOO_OFTEN:
                ui.status_code(429)
                with frame(site, request, "Too often", classes="page"):
                    ui.label(str(refusal)).classes("empty")
                return
            nothing_here.show(site, request)
            return
        with frame(site, request, trade.title, classes="room") as main:
            if trade.role_of(viewer.person.id) is not None:
                await _furnish(site, request, main, trade)
            else:
                _take_seat_on_connect(site, request, main, trade)


def _take_seat_on_connect(site: Site, request: Request, main: Element, trade: Trade) -> None:
    """A GET changes nothing: the seat is taken, and anything shown, when the page's socket connects."""
    waiting = ui.label("Entering the room…").classes("empty").props('role="status"')
    client = ui.context.client
    entered = False

    async def join() -> None:
        nonlocal entered
        if entered:
            return
        entered = True
        viewer = viewer_of(request)
        refused: list[Refusal] = []
        joined = await attempt(site.negotiation.join(viewer, trade.id), refused.append)
        if joined is None:
            # Another tab of the same person may have been faster; for everybody else the seat is gone.
            if refused[0].reason is Reason.SEAT_TAKEN:
                ui.navigate.reload()
            waiting.text = str(refused[0])
            return
        waiting.delete()
        with main:
            await _furnish(site, request, main, joined)

    client.on_connect(join)


async def _furnish(site: Site, request: Request, main: Element, trade: Trade) -> None:
    """Build the room around its live state and keep it until the page goes."""
    viewer = viewer_of(request)
    client = ui.context.client
    room = await site.negotiation.enter(viewer, trade.id)
    client.on_delete(lambda: site.negotiation.leave(room))
    role = room.trade.role_of(viewer.person.id)
    if role is None:
        raise RuntimeError("a room was entered without a role")
    seat = Seat(viewer, role, room, site.negotiation, zone_of(viewer), site.now)
    with main:
        clock = deal.bar(seat)
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("left"):
                deal.outcome_banner(seat)
                deal.deal(seat)
                if role is Role.SELLER:
                    offer.seller_buttons(seat)
                else:
                    decision.buyer_buttons(seat)
                offer.invitation(seat, site.invitation_link(trade.code))
                history = History(seat)
            conversation = Conversation(seat)

    def show(action: Action) -> None:
        conversation.show(action)
        history.show(action)

    room.arrived.subscribe(show)
    place, person = trade.id, viewer.person
    attend(client, lambda: site.presence.enter(place, person), lambda: site.presence.leave(place, person))
    run_while_visible([clock])
