"""The clock on a page: one label bound to a dial, stopped while its tab is hidden."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Hashable

from nicegui import background_tasks, binding, core, ui

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

    def _handle_text_change(self, text: str) -> None:
        self._text_to_model_text(text)
        _ticks.add(self)

    def face(self) -> tuple[int, Hashable]:
        """What a browser has to know to show the clock: clocks of one face can be told in one message."""
        return self.id, (self.text, *self.classes, *self.props.items())


class _Ticks:
    """What has ticked just now, told to all pages that show the same in one message.

    It goes past the pages' outboxes, which keep each message until the browser has confirmed it: a second lost in a cut
    is made good by the next. What lasts, a change of phase, is told as everything else is.
    """

    def __init__(self) -> None:
        self._ticked: list[Clock] = []

    def add(self, clock: Clock) -> None:
        """Tell of a clock with all others that tick in this moment."""
        if not self._ticked:
            asyncio.get_running_loop().call_soon(self._send)
        self._ticked.append(clock)

    def _send(self) -> None:
        ticked, self._ticked = self._ticked, []
        alike: defaultdict[tuple[int, Hashable], list[Clock]] = defaultdict(list)
        for clock in ticked:
            if not clock.is_deleted:
                alike[clock.face()].append(clock)
        background_tasks.create(self._tell(list(alike.values())), name="tick")

    async def _tell(self, groups: list[list[Clock]]) -> None:
        for clocks in groups:
            update = {clocks[0].id: clocks[0]._to_dict()}  # noqa: SLF001 - what NiceGUI's outbox sends
            await core.sio.emit("update", update, room=[clock.client.id for clock in clocks])


_ticks = _Ticks()


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
