"""What has happened: the activity timeline and the version history, behind tabs; versions are read when opened."""

from functools import partial

from nicegui import ui
from nicegui.events import GenericEventArguments

from app.domain.actions import Action, Version
from app.domain.kinds import Kind
from app.ui import browser
from app.ui.components import dialog
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.stream import ChangingRow, Row, Stream
from app.ui.room import entries
from app.ui.room.act_dialog import possible
from app.ui.room.offer_dialog import offer_version_again
from app.ui.room.room_view import RoomView

_TIMELINE, _VERSIONS = "Activity timeline", "Version history"
_TAB = Html(
    '<button type="button" role="tab" class="tab" id="{id}-tab" aria-controls="{id}-panel" aria-selected="{chosen}"'
    ' tabindex="{tabindex}" value="{name}">{name}</button>'
)
_TABS = _TAB.format(id="timeline", chosen="true", tabindex=0, name=_TIMELINE) + _TAB.format(
    id="versions", chosen="false", tabindex=-1, name=_VERSIONS
)
_SHOW_MESSAGES = '<input type="checkbox" checked>Show messages'
_PAGES = 10
"""So many pages of messages that are left out are read at a press for one row that is shown."""


class Timeline:
    """Two tabs; on a phone they stand in the sheet that the strip opens."""

    def __init__(self, view: RoomView) -> None:
        self._view = view
        self._live_versions: set[int] = set()
        self._read: dict[int, Version] = {}
        self._newest: ChangingRow | None = None
        self._oldest_version: int | None = None
        self._versions: Stream | None = None
        self._with_messages = True
        self._first_seq = view.room.recent[0].seq
        with ui.element("section").classes("history").props('aria-label="History"'):
            tabs = Block(_TABS).classes("tabs").props('role="tablist" aria-label="History"')
            tabs.on("click", self._chosen, js_handler=browser.choose_tab())
            with (
                ui.element("div").classes("panels").props('tabindex="0"') as self._panels,
                _panel("timeline") as self._timeline_panel,
            ):
                box = Block(_SHOW_MESSAGES, tag="label").classes("check show-messages")
                box.on("change", self._choose_messages, js_handler=browser.tell_choice())
                self._timeline = Stream(self._rows("timeline"), newest_first=True)
        self._timeline.begin([entries.timeline(action, view) for action in view.room.recent if entries.has_row(action)])
        if view.room.has_earlier:
            self._timeline.offer_earlier("Show earlier", self._show_earlier)

    def show(self, action: Action) -> None:
        """Show what has just happened, where it has been opened."""
        if not entries.has_row(action):
            return
        self._timeline.add_to_lump(
            partial(entries.timeline, action, self._view), at_once=action.kind is not Kind.MESSAGE_SENT
        )
        made = entries.version_made_by(action)
        if self._versions is not None and made is not None:
            self._live_versions.add(made.number)
            if self._newest is not None:  # it is an earlier one now
                self._newest.show(entries.version(self._read[made.number - 1], self._view))
            self._versions.add(self._newest_row(made))

    async def _chosen(self, event: GenericEventArguments) -> None:
        name = event.args
        if name not in (_TIMELINE, _VERSIONS):  # whatever was sent, a list included
            return
        if name == _VERSIONS and self._versions is None:
            with self._panels, _panel("versions") as self._versions_panel:
                rows = self._rows("versions").on("click", self._pressed, js_handler=browser.tell_pressed_button())
                self._versions = Stream(rows, newest_first=True)
            await self._show_older()
        self._timeline_panel.visible = name == _TIMELINE
        if self._versions is not None:
            self._versions_panel.visible = name == _VERSIONS

    def _choose_messages(self, event: GenericEventArguments) -> None:
        """The theme leaves messages out; here it is known for what is read next."""
        self._with_messages = event.args is True

    async def _show_earlier(self) -> bool:
        view = self._view
        for _ in range(1 if self._with_messages else _PAGES):
            async with view.place():
                older = await attempt(view.negotiation.earlier(view.viewer, view.room, self._first_seq))
            if not older:
                break
            self._first_seq = older[0].seq
            self._timeline.fill([entries.timeline(action, view) for action in older if entries.has_row(action)])
            if any(action.kind is not Kind.MESSAGE_SENT for action in older):
                break
        return self._first_seq > 1

    async def _show_older(self) -> bool:
        view, versions = self._view, self._versions
        async with view.place():
            found = await attempt(view.negotiation.versions(view.viewer, view.room, self._oldest_version))
        if found and versions is not None:
            self._oldest_version = found[-1].number
            missing = [made for made in reversed(found) if made.number not in self._live_versions]
            self._read.update((made.number, made) for made in missing)
            is_first = self._newest is None and bool(missing)
            rows: list[Row] = [entries.version(made, view) for made in missing[: len(missing) - is_first]]
            versions.fill([*rows, self._newest_row(missing[-1])] if is_first else rows)
            if self._oldest_version > 1:
                versions.offer_earlier("Show earlier", self._show_older)
        return self._oldest_version is None or self._oldest_version > 1

    def _newest_row(self, made: Version) -> ChangingRow:
        self._read[made.number] = made
        self._newest = ChangingRow(entries.version(made, self._view))
        return self._newest

    def _pressed(self, event: GenericEventArguments) -> None:
        view = self._view
        if dialog.is_open():
            return
        for number, made in self._read.items():
            if event.args == f"Offer version {number} again" and possible(Kind.AMENDED, view.trade, view.role):
                offer_version_again(view, number, made.terms)

    @staticmethod
    def _rows(testid: str) -> ui.element:
        return ui.element("div").classes("rows").props(f'data-testid="{testid}" role="list"')


def _panel(name: str) -> ui.element:
    return ui.element("div").props(f'role="tabpanel" id="{name}-panel" aria-labelledby="{name}-tab"')
