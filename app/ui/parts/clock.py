"""The clock on a page: one label bound to a dial, stopped while its tab is hidden."""

from collections.abc import Collection

from nicegui import binding, ui

from app.domain.countdown import Reading
from app.rooms.ticker import Dial
from app.ui.attendance import attend

VISIBILITY_SCRIPT = (
    "<script>document.addEventListener('visibilitychange',"
    " () => window.socket && emitEvent('visibility', !document.hidden))</script>"
)


class Clock(ui.label):
    """A countdown that is bound to a dial; `data-phase` tells calm, urgent or over. Hidden tabs are not ticked."""

    reading = binding.BindableProperty(on_change=lambda clock, reading: clock._show(reading))  # noqa: SLF001

    def __init__(self, dial: Dial) -> None:
        super().__init__()
        self.dial = dial
        self.reading = dial.reading
        self.classes("clock").props('role="timer" aria-label="Time left"')
        self._show(dial.reading)
        self.run()

    def run(self) -> None:
        """Follow the dial."""
        self.pause()
        binding.bind_from(self, "reading", self.dial, "reading")

    def pause(self) -> None:
        """Stop following; the last reading stays."""
        binding.remove([self])

    def _show(self, reading: Reading) -> None:
        if self.props.get("data-phase") != reading.phase.value:
            self.props["data-phase"] = reading.phase.value
        self.text = reading.text


def run_while_visible(clocks: Collection[Clock]) -> None:
    """Stop the page's clocks while its tab is hidden or its socket is away; `clocks` may grow and shrink."""

    def run() -> None:
        for clock in clocks:
            clock.run()

    def pause() -> None:
        for clock in clocks:
            clock.pause()

    ui.on("visibility", lambda event: run() if event.args else pause())
    attend(ui.context.client, run, pause)
