"""The field for a deadline: in minutes, hours or days, or at a time."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from nicegui import ui

from app.domain.refusals import Refusal
from app.domain.terms import minutes_until, parse_minutes
from app.ui.browser import typed
from app.ui.components.chips import choice_chips
from app.ui.components.feedback import text_of

_AT = 0
_WAYS = {"Minutes": 1, "Hours": 60, "Days": 1_440, "Time": _AT}


class DeadlineField:
    """One field, and a row of chips that say what it is filled with.

    `labels` are the field's, by the ways in which it may be filled, the minutes first. `start` is what they count from;
    `early` says why a time before that is none. `kept` is the key under which the browser keeps what is typed, and
    below it what is chosen.
    """

    def __init__(
        self,
        minutes: int,
        zone: ZoneInfo,
        start: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
        *,
        labels: Mapping[str, str],
        early: str,
        kept: str,
    ) -> None:
        self._zone = zone
        self._labels = labels
        self._early = early
        self._kept = kept
        self._start = start
        self._each = 1
        with ui.element("div").classes("deadline-field"):
            self.input = ui.input(labels["Minutes"], value=str(minutes), on_change=changed)
            self.input.props('outlined inputmode="numeric"')
            choice_chips(
                {way: way for way in labels},
                partial(self._choose, changed),
                label="Deadline in",
                kept=f"{kept}/way",
                brought_back=partial(self._bring_back, changed),
            )

    @property
    def minutes(self) -> int:
        """Whole minutes from the start until the deadline. Raises `Refusal` (INVALID, "minutes")."""
        text = text_of(self.input)
        if self._each:
            return parse_minutes(text, self._each)
        return minutes_until(text, self._zone, self._start(), self._early)

    @property
    def typed(self) -> str:
        """What stands in the field, with the minutes for which each one there counts."""
        return f"{text_of(self.input)} {self._each}"

    def fill(self, minutes: int) -> None:
        """Write so many minutes into the field, as nearly as they can be said in the way that is chosen; 0: nothing."""
        if not minutes:
            self.input.value = ""
        elif self._each:
            self.input.value = str(-(-minutes // self._each))
        else:
            at = (self._start() + timedelta(minutes=minutes)).astimezone(self._zone)
            self.input.value = f"{at:%Y-%m-%dT%H:%M}"
        ui.run_javascript(typed.filled(self._kept, text_of(self.input)))

    async def _choose(self, changed: Callable[[], None], way: str) -> None:
        """Ask in another way, for the same deadline."""
        try:
            minutes = self.minutes
        except Refusal:
            minutes = 0
        self._ask_in(way)
        self.fill(minutes)
        changed()

    def _bring_back(self, changed: Callable[[], None], way: str) -> None:
        """The way that was chosen before the page was loaded again; what stands in the field may have come before."""
        self._ask_in(way)
        changed()

    def _ask_in(self, way: str) -> None:
        self._each = _WAYS[way]
        self.input.error = None
        self.input.props["label"] = self._labels[way]
        self.input.props["type"] = "text" if self._each else "datetime-local"
