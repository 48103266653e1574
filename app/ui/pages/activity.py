"""``/activity``: all rooms, live. It never shows an invitation code to anybody but the two parties."""

from collections.abc import Callable
from functools import partial

from fastapi import Request
from nicegui import ui

from app.domain.kinds import Status
from app.domain.text import looked_for
from app.rooms.dashboard import Figures
from app.rooms.listing import Line, Listing, Query
from app.ui.components import wording
from app.ui.components.button import Button
from app.ui.components.chips import choice_chips, status_filters
from app.ui.components.feedback import AT_A_PAUSE, attempt, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.latest import Latest
from app.ui.http.requests import viewer_of, zone_of
from app.ui.pages.layout import PAGE, frame
from app.ui.site import Site

_FILTERS = status_filters(Status)
_HEAD = "".join(
    f"<th{css}>{text}</th>"
    for text, css in (
        ("Trade", ""),
        ("Status", ""),
        ("Price", ' class="num"'),
        ("Quantity", ' class="num"'),
        ("In the room", ""),
        ("Last activity", ' class="num"'),
    )
)
_CROSS = "M6.4 5L5 6.4 10.6 12 5 17.6 6.4 19 12 13.4 17.6 19 19 17.6 13.4 12 19 6.4 17.6 5 12 10.6z"
_PRIVATE = Html('<td class="cell-title private">Private trade</td><td>{}</td><td colspan="4"></td>')


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/activity", **PAGE)
    async def activity(request: Request) -> None:
        with frame(site, request, "Activity", classes="page wide-page"), ui.element("div") as board:
            board.props('data-testid="dashboard"')
            Block("<h1>Activity</h1>")
            with ui.element("div").classes("figures-row"):
                if site.settings.dashboard != "off":  # else everybody would learn of all trades together
                    _figure(site, "Total trades", "total-trades", lambda figures: figures.total_trades)
                _figure(site, "Users online", "users-online", lambda figures: figures.users_online)
                if site.settings.dashboard != "off":
                    _figure(site, "Active rooms", "active-rooms", lambda figures: figures.active_rooms)
            await _Board(site, request).show()


class _Board:
    """The filter row and the table. A change of one trade touches one row."""

    def __init__(self, site: Site, request: Request) -> None:
        self._site = site
        self._viewer = viewer_of(request)
        self._zone = zone_of(self._viewer)
        self._query = Query()
        self._listing: Listing | None = None
        self._closed = False
        self._rows: dict[int, Block] = {}
        self._load = Latest(self.show, partial(site.questions.place, self._viewer.person.id))
        with ui.element("div").classes("filter-row"):
            choice_chips(_FILTERS, lambda statuses: self._change(statuses=statuses))
            search = ui.input("Search by title").props(f'outlined dense clearable {AT_A_PAUSE} dir="auto"')
            search.props["clear-icon"] = _CROSS
            search.on_value_change(lambda: self._change(title=text_of(search)))
        with ui.element("table").classes("board"):
            with ui.element("thead"):
                Block(_HEAD, tag="tr")
            self._body = ui.element("tbody")
        self._empty = Block()
        with ui.element("div").classes("pager"):
            self._newer = Button("Newer", on_click=lambda: self._change(step=-1)).props("flat no-caps")
            self._older = Button("Older", on_click=lambda: self._change(step=1)).props("flat no-caps")
        ui.context.client.on_delete(self._close)

    async def show(self) -> None:
        """Show what the query asks for, live from now on."""
        listing = await attempt(self._site.trades.activity(self._viewer, self._query))
        if listing is None:
            return
        if self._load.outdated or self._closed:
            self._site.trades.close_activity(listing)
            return
        self._leave()
        self._listing = listing
        listing.changed.subscribe(self._changed, unsubscribe_on_delete=False)
        self._body.clear()
        self._rows.clear()
        for line in listing.lines.values():
            self._add(line)
        self._show_ends()

    async def _change(
        self, *, statuses: tuple[Status, ...] | None = None, title: str | None = None, step: int = 0
    ) -> None:
        old = self._query
        self._query = Query(
            old.statuses if statuses is None else statuses,
            old.title if title is None else looked_for(title),
            max(0, old.page + step) if step else 0,
        )
        if self._query != old:
            await self._load()

    def _close(self) -> None:
        self._closed = True
        self._leave()

    def _leave(self) -> None:
        if self._listing is not None:
            self._listing.changed.unsubscribe(self._changed)
            self._site.trades.close_activity(self._listing)
            self._listing = None

    def _changed(self, on_top: list[Line], in_place: list[Line], gone: list[int]) -> None:
        for trade_id in gone:
            if row := self._rows.pop(trade_id, None):
                row.delete()
        for line in in_place:
            if row := self._rows.get(line.trade.id):
                row.show(self._cells(line, fresh=True))
        for line in on_top:
            if row := self._rows.get(line.trade.id):
                row.show(self._cells(line, fresh=True))
                row.move(target_index=0)
            else:
                self._add(line, fresh=True)
                self._rows[line.trade.id].move(target_index=0)
        self._show_ends()

    def _add(self, line: Line, *, fresh: bool = False) -> None:
        with self._body:
            row = Block(self._cells(line, fresh=fresh), tag="tr").props('data-testid="trade"')
        self._rows[line.trade.id] = row

    def _show_ends(self) -> None:
        listing = self._listing
        self._newer.visible = self._query.page > 0
        self._older.visible = listing is not None and listing.has_more
        if self._rows:
            text = ""
        elif self._query == Query():
            text = (
                '<div class="empty"><h2>No trades yet</h2><p>Every room shows up here as soon as it is open.</p></div>'
            )
        else:
            text = '<div class="empty"><p>No trade matches. Try another status or title.</p></div>'
        self._empty.show(text)

    def _cells(self, line: Line, *, fresh: bool) -> Html:
        trade = line.trade
        if not line.is_whole_to(self._viewer.person.id):
            return _PRIVATE.format(wording.status_chip(trade.status))
        title = Html('<bdi dir="auto">{}</bdi>').format(trade.title)
        if trade.role_of(self._viewer.person.id) is not None:
            title = Html('<a href="/room/{}">{}</a>').format(trade.code, title)
        people = Html("").join(
            Html('<span class="person small" data-initials="{}" title="{}"><bdi>{}</bdi></span>').format(
                wording.initials(person), person.name, person.name
            )
            for person in line.present
        )
        return Html(
            '<td class="cell-title{}">{}</td><td>{}</td><td class="num">{}</td><td class="num">{}</td>'
            '<td class="cell-people">{}</td><td class="num">{}</td>'
        ).format(
            " fresh" if fresh else "",
            title,
            wording.status_chip(trade.status),
            wording.price(trade.terms.price, trade.currency, trade.unit),
            wording.number(trade.terms.quantity),
            people or Html('<span class="nobody">Nobody</span>'),
            wording.clock_time(line.active_at, self._zone, self._site.now().astimezone(self._zone).date()),
        )


def _figure(site: Site, label: str, testid: str, value: Callable[[Figures], int]) -> None:
    with ui.element("div").classes("figure"):
        ui.label(label).classes("figure-label")
        number = ui.label().classes("figure-value")
        number.props["data-testid"] = testid
        number.bind_text_from(site.dashboard, "figures", lambda figures: wording.number(value(figures)))
