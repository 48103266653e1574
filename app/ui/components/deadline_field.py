"""The field for a deadline: in minutes, hours or days, or at a time."""

from collections.abc import Callable
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
_LABELS = {each: f"Expires in ({way.lower()})" for way, each in _WAYS.items()} | {_AT: "Expires at"}


class DeadlineField:
    """One field, and a row of chips that say what it is filled with. `now` is the database's clock; `kept` is
    the key under which the browser keeps what is typed, and below it what is chosen."""

    def __init__(
        self, minutes: int, zone: ZoneInfo, now: Callable[[], datetime], changed: Callable[[], None], *, kept: str
    ) -> None:
        self._zone = zone
        self._kept = kept
        self._now = now
        self._each = 1
        with ui.element("div").classes("deadline-field"):
            self.input = ui.input(_LABELS[1], value=str(minutes), on_change=changed)
            self.input.props('outlined debounce="300" inputmode="numeric"')
            choice_chips(
                _WAYS,
                partial(self._choose, changed),
                label="Expiry in",
                kept=f"{kept}/way",
                brought_back=self._ask_in,
            )

    @property
    def minutes(self) -> int:
        """Whole minutes from now until the deadline. Raises `Refusal` (INVALID, "minutes")."""
        text = text_of(self.input)
        return parse_minutes(text, self._each) if self._each else minutes_until(text, self._zone, self._now())

    async def _choose(self, changed: Callable[[], None], each: int) -> None:
        """Ask in another way, for the same deadline as nearly as it can be said so."""
        try:
            minutes = self.minutes
        except Refusal:
            minutes = 0
        self._ask_in(each)
        if not minutes:
            self.input.value = ""
        elif each:
            self.input.value = str(-(-minutes // each))
        else:
            at = (self._now() + timedelta(minutes=minutes)).astimezone(self._zone)
            self.input.value = f"{at:%Y-%m-%dT%H:%M}"
        ui.run_javascript(typed.keep(self._kept, text_of(self.input)))
        changed()

    def _ask_in(self, each: int) -> None:
        self._each = each
        self.input.error = None
        self.input.props["label"] = _LABELS[each]
        self.input.props["type"] = "text" if each else "datetime-local"
