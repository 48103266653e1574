"""The deal: the bar with title, status, clock and people, the outcome, and the terms as they stand.

Each is one block of HTML that is made anew when what it shows has changed: elements are what a page costs.
"""

from functools import lru_cache

from nicegui import ui

from app.domain.trade import Person, Trade
from app.ui.components import wording
from app.ui.components.countdown import Countdown
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView

_HEADING = Html(
    '<div class="title"><h1 dir="auto">{}</h1></div>{}'
    '<section class="who" aria-label="Participants"><div data-testid="participants">{}</div></section>'
)
_PARTICIPANT = Html('<span class="person" data-initials="{}"><span><bdi>{}</bdi>{}</span></span>')
_OUTCOME = Html(
    '<div class="banner" data-status="{status}">{outcome}</div>'
    '<div class="receipt"><span>Receipt</span>'
    ' <a class="button quiet" href="/room/{code}/receipt.pdf" download>Download PDF</a>'
    ' <a class="button quiet" href="/room/{code}/receipt.json" download>Download JSON</a></div>'
)
_FIGURE = Html(
    '<div class="figure {testid}"><div class="figure-label">{label}</div>'
    '<div class="figure-value" data-testid="{testid}">{value}</div></div>'
)
_DEAL = Html(
    '<h2>Current deal</h2><div class="terms">{figures}</div>'
    '<div class="terms-text" data-testid="description" dir="auto">{description}</div>'
    '<div class="note" data-testid="version">{version}</div>'
)


def bar(view: RoomView) -> Countdown:
    """Title, status, clock, who is here. Returns the clock, which the page pauses while it is hidden."""
    with ui.element("div").classes("bar"):
        heading = Block().classes("as-children")

        def show(_: object) -> None:
            heading.show(_heading(view.binding.trade, view.binding.present, view))

        view.binding.on_trade(show)
        view.binding.on_present(show)
        clock = Countdown(view.room.dial)
        clock.props('data-testid="countdown"')
    return clock


def outcome(view: RoomView) -> None:
    """The outcome, for everybody in the room at once, and the receipt."""
    block = Block().classes("outcome").props('role="status"')
    view.binding.on_trade(lambda trade: block.show(_outcome(trade, view)))


def deal(view: RoomView) -> None:
    """The terms as they stand."""
    block = Block(tag="section").classes("card deal").props('aria-label="Current deal"')
    view.binding.on_trade(lambda trade: block.show(_deal(trade, view)))


def _heading(trade: Trade, people: tuple[Person, ...], view: RoomView) -> Html:
    others = tuple(person for person in people if person.id != view.me)
    chip = wording.status_chip(trade.status, "status")
    return _HEADING.format(trade.title, chip, _participants(view.viewer.person, others))


def _outcome(trade: Trade, view: RoomView) -> Html:
    if not trade.status.final:
        return Html("")
    return _OUTCOME.format(status=trade.status.value, outcome=wording.outcome(trade, view.me), code=trade.code)


def _deal(trade: Trade, view: RoomView) -> Html:
    figures = (
        ("price", "Price per unit", wording.money(trade.terms.price, trade.currency)),
        ("quantity", "Quantity", wording.number(trade.terms.quantity)),
        ("total", "Total", wording.money(trade.terms.total, trade.currency)),
    )
    return _DEAL.format(
        figures=Html().join(
            _FIGURE.format(testid=testid, label=label, value=value) for testid, label, value in figures
        ),
        description=trade.terms.description or "No description.",
        version=_version_line(trade, view),
    )


def _version_line(trade: Trade, view: RoomView) -> Html:
    return Html("Version {} · {} {}, {}").format(
        trade.version,
        "offered by" if trade.version == 1 else "last changed by",
        wording.name(trade.party(trade.offered_by), view.me, capital=False),
        wording.clock_time(trade.amended_at, view.zone, view.today),
    )


@lru_cache(1_000)
def _participants(me: Person, others: tuple[Person, ...]) -> Html:
    """Everybody who is here, by full name; the initials in the circles are the theme's, for the eye only.

    Whoever reads this is here, from the first moment: only others have to wait until the page is live.
    """
    return Html(" ").join(
        _PARTICIPANT.format(wording.initials(person), person.name, " (you)" if person is me else "")
        for person in (me, *others)
    )
