"""``/room/{code}``: the room of one trade."""

from functools import partial

from fastapi import Request
from nicegui import ui
from nicegui.element import Element

from app.domain.actions import Action
from app.domain.kinds import Kind, Role
from app.domain.read_marks import unread
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Person, Standing, Trade
from app.ui import browser
from app.ui.browser import connected
from app.ui.components.countdown import run_while_visible
from app.ui.components.feedback import attempt
from app.ui.components.html_block import Block
from app.ui.http.requests import viewer_of, zone_of
from app.ui.pages import not_found
from app.ui.pages.layout import PAGE, frame
from app.ui.room import acts, entries, invitation, terms
from app.ui.room.conversation import Conversation
from app.ui.room.first_step import first_step
from app.ui.room.heading import bar
from app.ui.room.outcome import outcome
from app.ui.room.room_binding import RoomBinding
from app.ui.room.room_view import RoomView
from app.ui.room.timeline import Timeline
from app.ui.room.visibility import Visibility
from app.ui.site import Site

_KEPT_THROUGH_CUT = 90.0
"""Seconds for which a room's page and what was typed in it outlive a cut of the connection."""
_VIEWPORT = "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
_STRIP = '<button type="button" class="strip" aria-label="Deal and history" aria-expanded="false"></button>'
"""On a phone the left column shows one strip of the deal; this opens all of it over the conversation."""


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/room/{code}", **PAGE, reconnect_timeout=_KEPT_THROUGH_CUT, viewport=_VIEWPORT)
    async def trade_room(request: Request) -> None:
        viewer = viewer_of(request)
        try:
            standing = await site.trades.find(viewer, request.path_params["code"])
        except Refusal as refusal:
            if refusal.reason is Reason.TOO_OFTEN:
                ui.status_code(429)
                with frame(site, request, "Too often", classes="page"):
                    ui.label(str(refusal)).classes("empty")
                return
            not_found.show(site, request)
            return
        trade = standing.trade
        is_party = trade.role_of(viewer.person.id) is not None
        with frame(site, request, trade.title if is_party else "Trade room", classes="room") as main:
            if is_party:
                await _build_room(site, request, main, trade.id, standing)
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
        joined = await attempt(site.negotiation.join(viewer, trade.id, trade.code), refused.append)
        if joined is None:
            # Another tab of the same person may have been faster; for everybody else the seat is gone.
            if refused[0].reason is Reason.SEAT_TAKEN:
                ui.navigate.reload()
            waiting.text = str(refused[0])
            return
        waiting.delete()
        with main:
            await _build_room(site, request, main, joined.id)

    client.on_connect(join)


async def _build_room(
    site: Site, request: Request, main: Element, trade_id: int, standing: Standing | None = None
) -> None:
    """Enter the room and build the page around its live state."""
    viewer = viewer_of(request)
    marks = await site.read_marks.of_trade(viewer, trade_id)
    room = await site.negotiation.enter(viewer, trade_id, standing)
    role = room.trade.role_of(viewer.person.id)
    if role is None:
        raise RuntimeError("a room was entered without a role")
    view = RoomView(
        viewer,
        role,
        room,
        site.negotiation,
        zone_of(viewer),
        site.now,
        site.invitation_link,
        RoomBinding(room),
        partial(site.questions.place, viewer.person.id),
        marks,
    )
    with main:
        ui.page_title(f"{room.trade.title} · Traderoom")
        _RoomPage(site, view, main)


class _RoomPage:
    """A page's stay in a room, until the page goes or the viewer's seat is released."""

    def __init__(self, site: Site, view: RoomView, main: Element) -> None:
        self._view = view
        self._main = main
        self._client = ui.context.client
        self._is_over = False
        self._code = view.trade.code
        view.binding.on_trade(self._follow_address)
        self._hear = bar(view)
        with ui.element("div").classes("columns"):
            with ui.element("div").classes("left"):
                Block(_STRIP).classes("as-children")
                outcome(view)
                terms.deal(view)
                terms.turn(view)
                acts.acts(view)
                invitation.invitation(view)
                self._timeline = Timeline(view)
            # Loaded again, a page is built before the one that it follows has told how far it was seen.
            seen_seq = view.room.on_screens[view.me]
            new = unread(view.room.recent, view.marks.get(view.me), view.me, seen_seq=seen_seq)
            self._conversation = Conversation(view, new)
        first_step(view, self._conversation.flow, lambda: site.accounts.introduce(view.viewer))
        self._client.on_delete(self._give_back)
        view.room.arrived.subscribe(self._show)
        view.room.renamed.subscribe(self._load_again)
        self._visibility = Visibility(view, site.presence, site.read_marks, len(new), self._conversation.came_back)
        run_while_visible(view.clocks, self._visibility.show)

    def _show(self, action: Action) -> None:
        if action.kind is Kind.SEAT_RELEASED and self._view.role is Role.BUYER:
            self._leave()
            return
        self._visibility.arrived(action)
        self._hear(action)
        self._conversation.show(action, self._visibility.unseen)
        self._timeline.show(action)
        if words := entries.announcement(action, self._view):
            self._client.run_javascript(connected.announce(words))

    def _follow_address(self, trade: Trade) -> None:
        """The old address leads nowhere any more; the page that is open goes with the new one."""
        if trade.code != self._code and trade.role_of(self._view.me) is not None:
            self._code = trade.code
            self._client.request.state.moved_to = f"/room/{trade.code}"  # from where a signed-out browser comes back
            self._client.run_javascript(browser.replace_room_address(trade.code))

    def _load_again(self, _: Person) -> None:
        """A name has gone for good; it stands in rows that are past, so the browser asks for all of the page again."""
        with self._client:
            ui.navigate.reload()

    def _leave(self) -> None:
        """The seat was released: nothing of the room is left on the page, and nothing arrives any more."""
        self._view.room.arrived.unsubscribe(self._show)
        self._view.room.renamed.unsubscribe(self._load_again)
        self._view.binding.unbind()
        self._visibility.end()
        self._give_back()
        self._main.clear()
        with self._main:
            ui.page_title("Your seat was released · Traderoom")
            not_found.message(
                "Your seat was released", "The seller has taken the buyer's seat back before you answered the offer."
            )

    def _give_back(self) -> None:
        if not self._is_over:
            self._is_over = True
            self._view.clocks.clear()
            self._view.negotiation.leave(self._view.room)
