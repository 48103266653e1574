"""``/trades``: one's own trades, live, by whose turn it is: open ones by deadline, closed ones latest first."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import Request
from nicegui import background_tasks, ui
from nicegui.element import Element

from app.domain.actions import Action
from app.domain.kinds import FINAL, Role, Status
from app.domain.read_marks import News, news_after
from app.domain.text import looked_for
from app.domain.trade import Person, Trade
from app.rooms.lists import Watcher
from app.service.trades import PAGE as ROWS
from app.ui.components.button import Button
from app.ui.components.chips import choice_chips, status_filters
from app.ui.components.copy_button import copy_button
from app.ui.components.countdown import Countdown, run_while_visible
from app.ui.components.feedback import AT_A_PAUSE, attempt, text_of
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.latest import Latest
from app.ui.components.trade_summary import latest, summary
from app.ui.http.requests import viewer_of, zone_of
from app.ui.pages.layout import PAGE, frame
from app.ui.site import Site

_FILTERS = status_filters(FINAL)
_GROUPS = ("Your turn", "Waiting", "Closed")
_GROUP_HEAD = Html('<h2>{}</h2> <span class="note">{}</span>')
_YOUR_TURN, _WAITING, _CLOSED = range(len(_GROUPS))


def register(site: Site) -> None:
    """Serve the page."""

    @ui.page("/trades", **PAGE)
    async def my_trades(request: Request) -> None:
        with frame(site, request, "My trades", classes="page trades-page"):
            with ui.element("div").classes("page-head"):
                Block("<h1>My trades</h1>")
                Block('<a class="button" href="/trades/new">New trade</a>')
            await _TradeList(site, request).show()


class _Group:
    """The rows under one heading, which is there while they are."""

    def __init__(self, name: str) -> None:
        self._name = name
        with ui.element("section").classes("group") as self._section:
            self._head = Block().classes("group-head")
            self.rows = ui.element("div").classes("rows")
        self.show("")

    def __len__(self) -> int:
        return len(self.rows.default_slot.children)

    def show(self, count: str) -> None:
        self._section.visible = bool(len(self))
        self._head.show(_GROUP_HEAD.format(self._name, count))


@dataclass(slots=True)
class _Row:
    element: Element
    summary: Block
    latest: Block
    clock: Countdown | None
    trade: Trade
    news: News | None
    place: tuple[int, float, int]


class _TradeList:
    """The rows and their filter. A change of one trade touches one row."""

    def __init__(self, site: Site, request: Request) -> None:
        self._site = site
        self._viewer = viewer_of(request)
        self._me = self._viewer.person.id
        self._zone = zone_of(self._viewer)
        self._statuses = _FILTERS["All"]
        self._page = 0
        self._part = ""
        self._rows: dict[int, _Row] = {}
        self._clocks: set[Countdown] = set()
        self._load = Latest(self.show, partial(site.questions.place, self._viewer.person.id))
        self._meanwhile: list[Callable[[], None]] | None = None
        self._closed = False
        with ui.element("div").classes("filter-row"):
            choice_chips(_FILTERS, self._filter)
            search = ui.input("Search by title or name").props(f'outlined dense clearable {AT_A_PAUSE} dir="auto"')
            search.on_value_change(lambda: self._search(looked_for(text_of(search))))
        self._groups = [_Group(name) for name in _GROUPS]
        self._empty = Block()
        with ui.element("div").classes("pager"):
            self._newer = Button("Previous", on_click=lambda: self._turn_page(-1)).props("flat no-caps")
            self._older = Button("Next", on_click=lambda: self._turn_page(1)).props("flat no-caps")
        client = ui.context.client
        # Subscribe first, then read: nothing falls between.
        watcher = Watcher(self._changed, self._renamed, self._seen, self._resumed, self._people)
        client.on_delete(site.trades.watch_mine(self._viewer, watcher))
        client.on_delete(self._release)
        run_while_visible(self._clocks)

    async def show(self) -> None:
        """Read and show the page; what changes meanwhile is shown after it."""
        meanwhile = self._meanwhile = []
        found = await attempt(self._read())
        self._meanwhile = None
        if found is None or self._load.outdated or self._closed:
            return
        trades, has_more, news = found
        same = {trade.id for trade in trades if self._shows(trade, news.get(trade.id))}
        for trade_id in self._rows.keys() - same:
            self._remove(trade_id)
        self._newer.visible = self._page > 0
        self._older.visible = has_more
        for trade in trades:
            if trade.id not in same:
                self._add(trade, news.get(trade.id))
        for tell_again in meanwhile:
            tell_again()
        self._show_ends()

    def _shows(self, trade: Trade, news: News | None) -> bool:
        row = self._rows.get(trade.id)
        return row is not None and (row.trade, row.news) == (trade, news)

    def _resumed(self) -> None:
        """Some of it may have been missed: read all of it again."""
        background_tasks.create(self._load_again(), name="read a list of trades again")

    async def _load_again(self) -> None:
        if not self._closed:
            with self._empty.client:
                await self._load()

    async def _read(self) -> tuple[list[Trade], bool, dict[int, News]]:
        trades, has_more = await self._site.trades.mine(self._viewer, self._statuses, self._page, self._part)
        return trades, has_more, await self._site.read_marks.news(self._viewer, [trade.id for trade in trades])

    async def _filter(self, statuses: tuple[Status, ...]) -> None:
        self._statuses, self._page = statuses, 0
        await self._load()

    async def _search(self, part: str) -> None:
        if part != self._part:
            self._part, self._page = part, 0
            await self._load()

    async def _turn_page(self, step: int) -> None:
        self._page += step
        await self._load()

    def _changed(self, trade: Trade, actions: Sequence[Action]) -> None:
        if self._meanwhile is not None:
            self._meanwhile.append(partial(self._changed, trade, actions))
        row = self._rows.get(trade.id)
        belongs = self._belongs(trade)
        stays = row is not None and row.trade.code == trade.code and (row.clock is None or not trade.status.final)
        news = news_after(row.news if row else None, actions, self._me)
        if row is not None and belongs and stays:
            row.trade = trade
            self._show_news(row, news)
            row.summary.show(self._summary(trade))
            self._put(row, self._place(trade))
        elif row is not None:
            self._remove(trade.id)
            if belongs:
                self._add(trade, news)
        elif belongs and self._page == 0 and self._reaches(self._place(trade)):
            self._add(trade, news)
        self._show_ends()

    def _seen(self, trade_id: int, seq: int) -> None:
        """The viewer has seen the trade up to there, on another page."""
        row = self._rows.get(trade_id)
        if row is not None and row.news is not None:
            self._show_news(row, row.news.seen(seq))

    def _show_news(self, row: _Row, news: News | None) -> None:
        row.news = news
        row.latest.show(latest(news, self._me))

    def _belongs(self, trade: Trade) -> bool:
        me = self._me
        return trade.status in self._statuses and trade.role_of(me) is not None and trade.has(self._part, me)

    def _renamed(self, person: Person) -> None:
        if self._meanwhile is not None:
            self._meanwhile.append(partial(self._renamed, person))
        for row in self._rows.values():
            trade, news = row.trade.renamed(person), row.news and row.news.renamed(person)
            if trade != row.trade:
                row.trade = trade
                row.summary.show(self._summary(trade))
            if news != row.news:
                self._show_news(row, news)

    def _people(self) -> Iterator[Person]:
        """Everybody whose name is shown."""
        for row in self._rows.values():
            yield from row.trade.parties
            if row.news is not None and row.news.newest.actor is not None:
                yield row.news.newest.actor

    def _place(self, trade: Trade) -> tuple[int, float, int]:
        """The trade's group, and what the rows in it are sorted by, as the database sorts them."""
        if trade.closed_at is not None:
            return _CLOSED, -trade.closed_at.timestamp(), -trade.id
        is_mine = trade.turn is not None and trade.turn is trade.role_of(self._me)
        return _YOUR_TURN if is_mine else _WAITING, trade.expires_at.timestamp(), -trade.id

    def _reaches(self, place: tuple[int, float, int]) -> bool:
        """Whether a row would stand on the first page, and not on a later one."""
        return not self._older.visible or any(place < row.place for row in self._rows.values())

    def _put(self, row: _Row, place: tuple[int, float, int]) -> None:
        """Let the row stand where it belongs; one that stands there is not touched."""
        row.place = place
        rows = self._groups[place[0]].rows
        index = sum(other.place < place for other in self._rows.values() if other.place[0] == place[0])
        if rows.default_slot.children[index : index + 1] != [row.element]:
            row.element.move(rows, target_index=index)

    def _add(self, trade: Trade, news: News | None) -> None:
        is_open = not trade.status.final
        place = self._place(trade)
        with self._groups[place[0]].rows:
            element = ui.element("div").classes("trade").props('data-testid="trade"')
        clock = None
        with element:
            line = Block(self._summary(trade)).classes("as-children")
            last = Block(latest(news, self._me)).classes("as-children")
            if is_open:
                clock = Countdown(self._site.ticker.watch(trade))
                self._clocks.add(clock)
            text = "Enter room" if is_open else "View details"
            Block(f'<a class="enter" tabindex="-1" href="/room/{trade.code}">{text}</a>').classes("as-children")
            if is_open and trade.role_of(self._me) is Role.SELLER:
                copy_button(self._site.invitation_link(trade)).props("dense").classes("copy")
        row = self._rows[trade.id] = _Row(element, line, last, clock, trade, news, place)
        self._put(row, place)

    def _remove(self, trade_id: int) -> None:
        row = self._rows.pop(trade_id)
        if row.clock is not None:
            self._clocks.discard(row.clock)
            self._site.ticker.unwatch(row.clock.dial)
        row.element.delete()

    def _release(self) -> None:
        self._closed = True
        for clock in self._clocks:
            self._site.ticker.unwatch(clock.dial)
        self._clocks.clear()

    def _summary(self, trade: Trade) -> Html:
        today = self._site.now().astimezone(self._zone).date()
        return summary(trade, self._me, self._zone, today)

    def _counts(self) -> list[str]:
        """How many trades each group has, as far as the page tells: its first group may have begun on the page before,
        and its last one may go on after it."""
        sizes = [len(group) for group in self._groups]
        counts = [str(size) for size in sizes]
        filled = [place for place, size in enumerate(sizes) if size]
        if filled and self._older.visible:
            counts[filled[-1]] += "+"
        if filled and self._page:
            counts[filled[0]] = ""
        return counts

    def _show_ends(self) -> None:
        """What does not fit on the first page stands on the next one; headings and sentences follow the rows."""
        if self._page == 0 and len(self._rows) > ROWS:
            self._remove(max(self._rows, key=lambda key: self._rows[key].place))
            self._older.visible = True
        for group, count in zip(self._groups, self._counts(), strict=True):
            group.show(count)
        text = ""
        if not self._rows and self._statuses == _FILTERS["All"] and not self._part:
            text = (
                '<div class="empty"><h2>No trades yet</h2>'
                "<p>Draft an offer and send its link to the buyer, or open a link that somebody sent you.</p>"
                '<p><a class="button" href="/trades/new">Draft your first offer</a></p></div>'
            )
        elif not self._rows and self._part:
            text = Html(
                '<div class="empty"><h2>Nothing found</h2><p>No trade here has “<bdi>{}</bdi>” in its title or in the'
                " other party's name. Try fewer letters, or another status.</p></div>"
            ).format(self._part)
        elif not self._rows:
            text = '<div class="empty"><h2>No trades with this status</h2><p>All others are a press away.</p></div>'
        self._empty.show(text)
