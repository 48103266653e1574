"""Dialogs of a room: whatever happens in it while one is open is said inside it at once.

Built once for all of them. The figures stay frozen; the news is said above them, and what was typed stays. A button
that can work no more goes, the difference is shown, and `Review new terms` opens the act again for what stands now.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from nicegui import ui

from app.domain.countdown import Phase, Reading
from app.domain.kinds import KINDS, Kind, Role
from app.domain.trade import Trade
from app.domain.traits import Side, VersionUse
from app.ui.components.countdown import Countdown
from app.ui.components.dialog import Act, Form, form_dialog
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room import figures
from app.ui.room.news import closer, news
from app.ui.room.room_view import RoomView

Typed = Mapping[str, str]
"""What was typed, by the fields' names."""
NOTHING: Typed = {}
Review = Callable[[RoomView, Typed], None]
"""Opens an act again, for what stands now, with what was typed."""


def possible(kind: Kind, trade: Trade, role: Role) -> bool:
    """Whether this may happen by this side: it is that side's, in this status, and the offer is whose it has to be."""
    rules = KINDS[kind]
    return role in rules.by and trade.status in rules.during and is_on_side(rules.side, trade, role)


def is_on_side(side: Side, trade: Trade, role: Role) -> bool:
    """Whether this is the role's side of the offer that stands."""
    return side is Side.EITHER or (role is trade.offered_by) == (side is Side.MADE)


@contextmanager
def act_dialog(
    view: RoomView,
    kind: Kind,
    heading: str,
    note: str = "",
    *,
    submit: str,
    act: Act,
    undone: str,
    typed: Typed,
    terms: Html | None = None,
    left: Callable[[Trade], Html] | None = None,
    review: tuple[Review, tuple[Kind, ...]] | None = None,
    color: str = "primary",
    start: str = "",
) -> Iterator[Form]:
    """A form that follows the room; its content goes into the block, its fields into `Form.fields`.

    `undone` says what was not done once the button has gone. `typed` replaces what the fields begin with. `terms` stand
    above the fields. `left` is said after the time that is left. `review` opens the act again, where one of its kinds
    is possible. What is typed is kept for the same act, and the same `start` of it.
    """
    kept = f"{view.me}/{view.trade.id}/{kind.value}{start}"
    following = _Following(view, kind, undone, review)
    with form_dialog(heading, note, submit=submit, act=act, color=color, kept=kept) as form:
        block = Block(terms or "")
        yield form
        clock = _TimeLeft(view, form, left or partial(_until, view))
    for name, field in form.fields.items():
        field.on_value_change(clock.say)
        if name in typed:
            field.value = typed[name]
    following.begin(form, block, clock)


class _TimeLeft(Countdown):
    """The time that is left, and what is to be said about it; it tells when the deadline passes."""

    def __init__(self, view: RoomView, form: Form, words: Callable[[Trade], Html]) -> None:
        self._view, self._form, self._words = view, form, words
        self.passed: Callable[[], None] | None = None
        with ui.element("div").classes("note time-left") as self._line:
            super().__init__(view.room.dial)
            self.props(remove="role aria-label")  # the page's own clock has them
            self._said = Block(tag="span")
        self.say()
        view.clocks.append(self)
        form.dialog.on_close(self._leave)

    def say(self) -> None:
        """Say it for the trade as it stands now; nothing after the close, and to whoever has no part in it any more."""
        trade = self._view.trade
        self._line.visible = not trade.status.final and trade.role_of(self._view.me) is not None
        if self._line.visible:
            self._said.show(_until(self._view, trade) if self._form.is_shut else self._words(trade))
        else:
            self.classes(remove="clock")  # the browser expects ticks where one runs, and takes silence for a lost line

    def _leave(self) -> None:
        self.passed = None
        self.pause()
        if self in self._view.clocks:
            self._view.clocks.remove(self)

    def _show(self, reading: Reading) -> None:
        super()._show(reading)
        self.say()
        if reading.phase is Phase.OVER and self.passed is not None:
            self.passed()


class _Following:
    """What an open dialog makes of what happens in its room."""

    def __init__(self, view: RoomView, kind: Kind, undone: str, review: tuple[Review, tuple[Kind, ...]] | None) -> None:
        self._view, self._kind, self._undone, self._review = view, kind, undone, review
        self._shown, self._asked = view.trade, view.binding.asked
        self._said = Html("")

    def begin(self, form: Form, terms: Block, clock: _TimeLeft) -> None:
        """Follow the room until the dialog is gone."""
        self._form, self._terms, self._clock = form, terms, clock
        form.catch_up = self._catch_up
        clock.passed = self._passed
        form.dialog.on_close(self._leave)
        form.dialog.on_close(self._view.binding.on_trade(self._follow))
        form.dialog.on_close(self._view.binding.on_asked(lambda _: self._catch_up()))
        form.dialog.on_close(self._view.binding.on_end(form.dialog.gone))
        if clock.reading.phase is Phase.OVER:
            self._passed()

    def _leave(self) -> None:
        self._form.catch_up = None  # it leads back here

    def _catch_up(self) -> None:
        self._follow(self._view.trade)

    def _passed(self) -> None:
        """The deadline is here, whether or not the expiry is recorded yet."""
        if not (self._view.trade.status.final or self._form.is_busy or self._form.is_shut):
            self._shut(Html("The deadline has passed."))

    def _follow(self, now: Trade) -> None:
        if self._form.is_busy:  # its own answer comes first
            return
        said = news(self._shown, now, self._view, asked=self._asked)
        if not (said or self._said):
            return
        self._said = said
        is_new = now.version != self._shown.version and not now.status.final
        is_stale = is_new and KINDS[self._kind].version is not VersionUse.NONE
        is_party = now.role_of(self._view.me) is not None
        if not is_party:
            self._terms.show("")
        elif is_new:
            self._terms.show(figures.side_by_side(self._shown, now))
        self._clock.say()
        can_go_on = is_party and not is_stale and possible(self._kind, now, self._view.role)
        if can_go_on and not self._form.is_shut:
            self._form.dialog.say(said)
            return
        is_own = now.status.final and closer(now) == self._view.trade.party(self._view.role)
        self._shut(said, self._way_on(now), is_own=is_own)

    def _shut(self, why: Html, way_on: Callable[[], None] | None = None, *, is_own: bool = False) -> None:
        said = why if is_own else Html("<b>{}</b> {}").format(self._undone, why)
        self._form.shut(said, "Review new terms", way_on)
        self._clock.say()  # no more of what the button would do

    def _way_on(self, now: Trade) -> Callable[[], None] | None:
        if self._review is None or now.role_of(self._view.me) is None:
            return None
        again, kinds = self._review
        if not any(possible(kind, now, self._view.role) for kind in kinds):
            return None
        form, view = self._form, self._view

        def review() -> None:
            typed = form.typed
            form.dialog.remove()
            again(view, typed)

        return review


def _until(view: RoomView, trade: Trade) -> Html:
    return Html("left, until {}.").format(view.clock_time(trade.expires_at))
