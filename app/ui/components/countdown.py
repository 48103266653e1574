"""A countdown on a page: one element bound to a trade's clock, stopped while its tab is hidden."""

from collections.abc import Callable, Collection

from nicegui import binding, ui

from app.domain.countdown import Reading
from app.patches.ticks import ticks
from app.rooms.ticker import Dial
from app.ui.components.html_block import Block
from app.ui.live.connection import attend


class Countdown(Block):
    """The time that is left, bound to a dial; `data-phase` tells how short it is. Hidden tabs are not ticked."""

    reading = binding.BindableProperty(on_change=lambda countdown, reading: countdown._show(reading))  # noqa: SLF001

    def __init__(self, dial: Dial) -> None:
        super().__init__(dial.reading.text)
        self.dial = dial
        self.reading = dial.reading
        self.classes("clock").props('role="timer" aria-label="Time left" translate="no"')  # the browser reads it, too
        self.props["data-phase"] = dial.reading.phase.value
        self.run()

    def run(self) -> None:
        """Follow the dial."""
        self.pause()
        binding.bind_from(self, "reading", self.dial, "reading")

    def pause(self) -> None:
        """Stop following; the last reading stays."""
        binding.remove([self])

    def _show(self, reading: Reading) -> None:
        if self.props["data-phase"] != reading.phase.value:
            self.props["data-phase"] = reading.phase.value
        if self.content != reading.text:
            with self.props.suspend_updates():
                self.props["innerHTML"] = reading.text
            ticks.tell(self, (*self.classes, *self.props.items()))


def run_while_visible(countdowns: Collection[Countdown], told: Callable[[bool], None] = lambda _: None) -> None:
    """Stop the page's countdowns while its tab is hidden or its socket is away; `countdowns` may grow and shrink.
    `told(visible)` hears what the browser says of the tab."""

    def run() -> None:
        for countdown in countdowns:
            countdown.run()

    def pause() -> None:
        for countdown in countdowns:
            countdown.pause()

    def follow(visible: bool) -> None:
        run() if visible else pause()
        told(visible)

    ui.on("visibility", lambda event: follow(bool(event.args)))
    attend(ui.context.client, run, pause)
