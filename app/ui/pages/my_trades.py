"""``/trades``: one's own trades, live. Open ones first by deadline, closed ones below."""

from dataclasses import dataclass

from fastapi import Request
from nicegui import ui
from nicegui.element import Element

from app.domain.kinds import FINAL, Role, Status
from app.domain.trade import Person, Trade
from app.ui.components import wording
from app.ui.components.button import Button
from app.ui.components.chips import filter_chips, status_filters
from app.ui.components.copy_button import copy_button
from app.ui.components.countdown import Countdown, run_while_visible
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.latest import Latest
from app.ui.http.requests import viewer_of
from app.ui.pages.layout import PAGE, frame
from app.ui.site import Site

_FILTERS = status_filters(FINAL)


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/trades", **PAGE)
    async def my_trades(request: Request) -> None:
        with frame(site, request, "My trades", classes="page"):
            with ui.element("div").classes("page-head"):
                Block("<h1>My trades</h1>")
                Block('<a class="button" href="/trades/new">New trade</a>')
            await _TradeList(site, request).load()


@dataclass(slots=True)
class _Row:
    element: Element
    summary: Block
    clock: Countdown | None
    trade: Trade


class _TradeList:
    """The rows and their filter. A change of one trade touches one row."""

    def __init__(self, site: Site, request: Request) -> None:
        self._site = site
        self._viewer = viewer_of(request)
        self._statuses = _FILTERS["All"]
        self._page = 0
        self._rows: dict[int, _Row] = {}
        self._clocks: set[Countdown] = set()
        self.load = Latest(self._load)
        self._meanwhile: dict[int, Trade] = {}
        filter_chips(_FILTERS, self._filter)
        with ui.element("div").classes("trade-list"):
            self._open = ui.element("div").classes("rows")
            self._closed = ui.element("div").classes("rows")
            self._empty = Block()
        with ui.element("div").classes("pager"):
            self._newer = Button("Previous", on_click=lambda: self._turn(-1)).props("flat no-caps")
            self._older = Button("Next", on_click=lambda: self._turn(1)).props("flat no-caps")
        client = ui.context.client
        # Subscribe first, then read: nothing falls between.
        client.on_delete(site.trades.watch_mine(self._viewer, self._changed, self._renamed))
        client.on_delete(self._release)
        run_while_visible(self._clocks)

    async def _load(self) -> None:
        """Read and show the page; what changes meanwhile is shown after it."""
        self._meanwhile = {}
        found = await attempt(self._site.trades.mine(self._viewer, self._statuses, self._page))
        if found is None or self.load.outdated:
            return
        trades, has_more = found
        for trade_id in list(self._rows):
            self._remove(trade_id)
        for trade in trades:
            self._add(trade)
        self._newer.visible = self._page > 0
        self._older.visible = has_more
        for trade in list(self._meanwhile.values()):
            self._changed(trade)
        self._show_empty()

    async def _filter(self, statuses: tuple[Status, ...]) -> None:
        self._statuses, self._page = statuses, 0
        await self.load()

    async def _turn(self, step: int) -> None:
        self._page += step
        await self.load()

    def _changed(self, trade: Trade) -> None:
        self._meanwhile[trade.id] = trade
        row = self._rows.get(trade.id)
        belongs = trade.status in self._statuses and trade.role_of(self._viewer.person.id) is not None
        stays = row is not None and row.trade.code == trade.code and (row.clock is None or not trade.status.final)
        if row is not None and belongs and stays:
            row.trade = trade
            row.summary.show(self._summary(trade))
        elif row is not None:
            self._remove(trade.id)
            if belongs:
                self._add(trade, on_top=True)
        elif belongs and self._page == 0:
            self._add(trade, on_top=True)
        self._show_empty()

    def _renamed(self, person: Person) -> None:
        self._meanwhile = {key: trade.renamed(person) for key, trade in self._meanwhile.items()}
        for row in self._rows.values():
            if (trade := row.trade.renamed(person)) is not row.trade:
                row.trade = trade
                row.summary.show(self._summary(trade))

    def _add(self, trade: Trade, *, on_top: bool = False) -> None:
        is_open = not trade.status.final
        role = trade.role_of(self._viewer.person.id)
        with self._open if is_open else self._closed:
            element = ui.element("div").classes("trade").props('data-testid="trade"')
        if on_top:
            element.move(target_index=0)
        clock = None
        with element:
            summary = Block(self._summary(trade)).classes("summary")
            with ui.element("div").classes("trade-end"):
                if is_open:
                    clock = Countdown(self._site.ticker.watch(trade))
                    self._clocks.add(clock)
                if role is Role.SELLER and is_open:
                    copy_button(self._site.invitation_link(trade))
                text = "Enter room" if is_open else "View details"
                Block(f'<a class="button quiet" href="/room/{trade.code}">{text}</a>')
        self._rows[trade.id] = _Row(element, summary, clock, trade)

    def _remove(self, trade_id: int) -> None:
        row = self._rows.pop(trade_id)
        if row.clock is not None:
            self._clocks.discard(row.clock)
            self._site.ticker.unwatch(row.clock.dial)
        row.element.delete()

    def _release(self) -> None:
        for clock in self._clocks:
            self._site.ticker.unwatch(clock.dial)
        self._clocks.clear()

    def _summary(self, trade: Trade) -> Html:
        me = self._viewer.person.id
        role = trade.role_of(me)
        other = trade.counterparty(me)
        if other is not None:
            whom = Html("with <bdi>{}</bdi>").format(other.name)
        elif trade.invited:
            whom = Html("for <bdi>{}</bdi>, not joined yet").format(trade.invited)
        else:
            whom = Html("no buyer yet")
        return Html(
            '<h2 dir="auto">{}</h2><p>{} <span class="role">{}</span> <span>{}</span></p>'
            '<p class="figures">{} × {} = <b>{}</b></p>'
        ).format(
            trade.title,
            wording.status_chip(trade.status),
            role.word if role else "",
            whom,
            wording.money(trade.terms.price, trade.currency),
            wording.number(trade.terms.quantity),
            wording.money(trade.terms.total, trade.currency),
        )

    def _show_empty(self) -> None:
        text = ""
        if not self._rows and self._statuses == _FILTERS["All"]:
            text = (
                '<div class="empty"><h2>No trades yet</h2>'
                "<p>Draft an offer and send its link to the buyer, or open a link that somebody sent you.</p>"
                '<p><a class="button" href="/trades/new">Draft your first offer</a></p></div>'
            )
        elif not self._rows:
            text = '<div class="empty"><p>No trades with this status.</p></div>'
        self._empty.show(text)
