"""What has happened: the activity timeline and the version history, behind tabs, read when first opened."""

from collections.abc import Awaitable, Callable

from nicegui import ui

from app.domain.actions import Action
from app.ui import entries
from app.ui.attempt import attempt
from app.ui.parts.stream import Stream
from app.ui.seat import Seat

_TIMELINE, _VERSIONS = "Activity timeline", "Version history"


class History:
    """Two tabs. On a phone a panel opens when its tab is pressed, and closes when it is pressed again."""

    def __init__(self, seat: Seat) -> None:
        self._seat = seat
        self._timeline: Stream | None = None
        self._versions: Stream | None = None
        self._live_versions: set[int] = set()
        self._first_seq = seat.room.recent[0].seq
        with ui.element("section").classes("history").props('aria-label="History"') as self._section:
            with ui.tabs(on_change=self._opened).props("dense no-caps align=left") as self._tabs:
                timeline, versions = ui.tab(_TIMELINE), ui.tab(_VERSIONS)
            for tab in (timeline, versions):
                tab.on("click", lambda name=tab.props["name"]: self._pressed(name))
            with ui.tab_panels(self._tabs, value=_TIMELINE).classes("panels"):
                with ui.tab_panel(timeline):
                    self._timeline_rows = ui.element("div").classes("rows").props('data-testid="timeline" role="list"')
                    self._earlier = self._more_button(self._show_earlier)
                with ui.tab_panel(versions):
                    self._version_rows = ui.element("div").classes("rows").props('data-testid="versions" role="list"')
                    self._older = self._more_button(self._show_older)
        self._pressed_name = ""
        self._open_timeline()

    def show(self, action: Action) -> None:
        """Show what has just happened, where it has been opened."""
        if self._timeline is not None:
            self._timeline.add(entries.timeline(action, self._seat))
        made = entries.version_made_by(action)
        if self._versions is not None and made is not None:
            self._live_versions.add(made.number)
            self._versions.add(entries.version(made, self._seat))

    def _opened(self) -> None:
        if self._tabs.value == _VERSIONS and self._versions is None:
            self._versions = Stream(self._version_rows, newest_first=True)
            self._oldest_version: int | None = None
            ui.timer(0, self._show_older, once=True)

    def _pressed(self, name: str) -> None:
        is_open = self._pressed_name == name
        self._pressed_name = "" if is_open else name
        self._section.classes(remove="open") if is_open else self._section.classes("open")

    def _open_timeline(self) -> None:
        self._timeline = Stream(self._timeline_rows, newest_first=True)
        self._timeline.fill([entries.timeline(action, self._seat) for action in self._seat.room.recent])
        self._earlier.visible = self._seat.room.has_earlier

    async def _show_earlier(self) -> None:
        older = await attempt(self._seat.negotiation.earlier(self._seat.viewer, self._seat.room, self._first_seq))
        if older and self._timeline is not None:
            self._first_seq = older[0].seq
            self._timeline.fill([entries.timeline(action, self._seat) for action in older])
            self._earlier.visible = self._first_seq > 1

    async def _show_older(self) -> None:
        seat = self._seat
        found = await attempt(seat.negotiation.versions(seat.viewer, seat.room, self._oldest_version))
        if found and self._versions is not None:
            self._oldest_version = found[-1].number
            read = [made for made in reversed(found) if made.number not in self._live_versions]
            self._versions.fill([entries.version(made, seat) for made in read])
            self._older.visible = self._oldest_version > 1

    @staticmethod
    def _more_button(handler: Callable[[], Awaitable[None]]) -> ui.button:
        button = (
            ui.button("Show earlier", on_click=handler, color=None).props("flat dense no-caps").classes("quiet earlier")
        )
        button.visible = False
        return button
