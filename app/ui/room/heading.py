"""The bar on top of a room: title, status, the clock with its deadline, and who is here."""

from collections.abc import Callable
from functools import lru_cache

from nicegui import ui

from app.domain.actions import Action
from app.domain.trade import Person, Trade
from app.ui.components import wording
from app.ui.components.countdown import Countdown
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.counterparty import Counterparty
from app.ui.room.room_view import RoomView

_HEADING = Html(
    '<div class="title" title="{title}"><h1 dir="auto">{title}</h1></div>{status}'
    '<section class="who" aria-label="Participants">{counterparty}'
    '<div data-testid="participants">{people}</div></section>'
)
_PARTICIPANT = Html('<span class="person {}" data-initials="{}"><span><bdi>{}</bdi>{}</span></span>')
_UNTIL = Html('until <span data-testid="deadline">{}</span>')
_CLOSED = Html("<b>Closed</b> {}")


def bar(view: RoomView) -> Callable[[Action], None]:
    """The bar, whose clock is one of the page's; returns what is to hear of each action."""
    with ui.element("div").classes("bar"):
        heading = Block().classes("as-children")
        counterparty = Counterparty(view)

        def show(_: object) -> None:
            heading.show(_heading(view.binding.trade, view.binding.present, counterparty.html(), view))

        def hear(action: Action) -> None:
            """Whoever acts from where this process does not see them was last seen just now."""
            if action.actor is not None and action.actor not in view.binding.present:
                show(action)

        view.binding.on_trade(show)
        view.binding.on_present(show)
        with ui.element("div").classes("time"):
            _clock(view)
    return hear


def _clock(view: RoomView) -> None:
    """The time that is left, and until when; a closed trade has no clock that stands still, but the time of its end."""
    clock = None if view.trade.status.final else Countdown(view.room.dial)
    if clock is not None:
        clock.props('data-testid="countdown"')
        view.clocks.append(clock)
    until = Block().classes("until")

    def show(trade: Trade) -> None:
        if trade.closed_at is not None and clock in view.clocks:
            view.clocks.remove(clock)
            clock.delete()
        words, at = (_UNTIL, trade.expires_at) if trade.closed_at is None else (_CLOSED, trade.closed_at)
        until.show(words.format(view.clock_time(at)))

    view.binding.on_trade(show)


def _heading(trade: Trade, people: tuple[Person, ...], counterparty: Html, view: RoomView) -> Html:
    # Who is no party any more stays among the people of the room for the grace after their page has gone.
    others = tuple(person for person in people if person.id != view.me and trade.role_of(person.id) is not None)
    return _HEADING.format(
        title=trade.title,
        status=wording.status_chip(trade.status, "status"),
        counterparty=counterparty,
        people=_participants(view.viewer.person, others),
    )


@lru_cache(1_000)
def _participants(me: Person, others: tuple[Person, ...]) -> Html:
    """Everybody who is here, by full name; the initials in the circles are the theme's, for the eye only.

    Whoever reads this is here, from the first moment: only others have to wait until the page is live.
    """
    return Html(" ").join(
        _PARTICIPANT.format(look, wording.initials(person), person.name, marked)
        for person, look, marked in ((me, "self", " (you)"), *((other, "", "") for other in others))
    )
