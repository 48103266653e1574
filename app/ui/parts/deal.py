"""The deal: the bar with title, status, clock and people, and the terms as they stand."""

from collections.abc import Callable

from markupsafe import Markup
from nicegui import binding, ui

from app.domain.trade import WORD, Person, Trade
from app.ui import wording
from app.ui.parts.clock import Clock
from app.ui.seat import Seat

_RECEIPT = Markup(
    '<span>Receipt</span> <a class="button quiet" href="/room/{0}/receipt.pdf" download>Download PDF</a>'
    ' <a class="button quiet" href="/room/{0}/receipt.json" download>Download JSON</a>'
)


class StatusWord(ui.label):
    """The status as a word; the theme adds icon and colour by `data-status`."""

    trade = binding.BindableProperty(on_change=lambda word, trade: word._show(trade))  # noqa: SLF001

    def __init__(self, seat: Seat) -> None:
        super().__init__()
        self.classes("status").props('data-testid="status"')
        self.trade = seat.trade
        self._show(seat.trade)
        binding.bind_from(self, "trade", seat.room, "trade")

    def _show(self, trade: Trade) -> None:
        if self.props.get("data-status") != trade.status.value:
            self.props["data-status"] = trade.status.value
            self.text = WORD[trade.status]


def bar(seat: Seat) -> Clock:
    """Title, status, clock, who is here. Returns the clock, which the page pauses while it is hidden."""
    with ui.element("div").classes("bar"):
        ui.html(Markup('<h1 dir="auto">{}</h1>').format(seat.trade.title), sanitize=False).classes("title")
        StatusWord(seat)
        clock = Clock(seat.room.dial)
        clock.props('data-testid="countdown"')
        with ui.element("section").classes("who").props('aria-label="Participants"'):
            here = ui.html(sanitize=False).props('data-testid="participants"')
            here.bind_content_from(seat.room, "present", lambda people: _participants(people, seat))
    return clock


def outcome_banner(seat: Seat) -> None:
    """The outcome, for everybody in the room at once."""
    banner = ui.html(sanitize=False).classes("banner").props('role="status"')
    banner.props["data-status"] = seat.trade.status.value

    def show(trade: Trade) -> Markup:
        banner.props["data-status"] = trade.status.value
        return wording.outcome(trade, seat.me)

    banner.bind_content_from(seat.room, "trade", show)
    receipt = ui.html(sanitize=False).classes("receipt")
    receipt.bind_content_from(seat.room, "trade", lambda trade: _RECEIPT.format(trade.code) if trade.closed_at else "")


def deal(seat: Seat) -> None:
    """The terms as they stand; numbers change in place."""
    room = seat.room
    with ui.element("section").classes("card deal").props('aria-label="Current deal"'):
        ui.html("<h2>Current deal</h2>", sanitize=False)
        with ui.element("div").classes("terms"):
            _figure("Price per unit", "price", seat, lambda trade: wording.money(trade.terms.price))
            _figure("Quantity", "quantity", seat, lambda trade: wording.number(trade.terms.quantity))
            _figure("Total", "total", seat, lambda trade: wording.money(trade.terms.total))
        description = ui.label().classes("terms-text").props('data-testid="description" dir="auto"')
        description.bind_text_from(room, "trade", lambda trade: trade.terms.description or "No description.")
        version = ui.html(sanitize=False).classes("note").props('data-testid="version"')
        version.bind_content_from(room, "trade", lambda trade: _version_line(trade, seat))


def _figure(label: str, testid: str, seat: Seat, text: Callable[[Trade], str]) -> None:
    with ui.element("div").classes(f"figure {testid}"):
        ui.label(label).classes("figure-label")
        value = ui.label().classes("figure-value")
        value.props["data-testid"] = testid
        value.bind_text_from(seat.room, "trade", text)


def _version_line(trade: Trade, seat: Seat) -> Markup:
    return Markup("Version {} · {} {}, {}").format(
        trade.version,
        "offered by" if trade.version == 1 else "last changed by",
        wording.name(trade.seller, seat.me, capital=False),
        wording.clock_time(trade.amended_at, seat.zone, seat.now()),
    )


def _participants(people: tuple[Person, ...], seat: Seat) -> Markup:
    """Everybody who is here, by full name; the initials in the circles are the theme's, for the eye only."""
    everybody = sorted(people, key=lambda person: person.id != seat.me)
    one = Markup('<span class="person" data-initials="{}"><span><bdi>{}</bdi>{}</span></span>')
    return Markup(" ").join(
        one.format(wording.initials(person), person.name, " (you)" if person.id == seat.me else "")
        for person in everybody
    )
