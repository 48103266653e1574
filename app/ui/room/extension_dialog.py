"""The dialog that moves the deadline to a later time: by minutes, or until a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from app.domain.kinds import Kind
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.ui.components.deadline_field import DeadlineField
from app.ui.components.dialog import promise
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.act_dialog import act_dialog
from app.ui.room.room_view import RoomView

_PRESETS = {"15 min": 15, "1 h": 60, "1 day": 1_440}
_MOVED = "The deadline has moved in the meantime. Please look at the new one, and press again."
_LABELS = {"Minutes": "Extend by (minutes)", "Time": "Extend until"}


def extend(view: RoomView) -> None:
    """Minutes count from the deadline that is shown; when that is, is said while one types."""
    asked: dict[str, datetime] = {}
    """What was last asked for, by what was typed, while nobody knows whether it was done: the deadline that is shown
    may have moved by it, and pressed again the same is meant."""

    def until(typed: str) -> datetime:
        return asked.get(typed) or view.trade.expires_at + timedelta(minutes=deadline.minutes)

    async def act(typed: Mapping[str, str], request: UUID) -> Trade:
        if typed["minutes"] not in asked and form.deadline not in {None, view.trade.expires_at}:
            raise Refusal(Reason.STALE, _MOVED)
        later = until(typed["minutes"])
        asked.clear()
        asked[typed["minutes"]] = later
        try:
            return await view.negotiation.extend(view.viewer, view.trade.id, later, request=request)
        except Refusal:
            asked.clear()
            raise

    def words(trade: Trade) -> Html:
        now = view.clock_time(trade.expires_at)
        try:
            later = until(form.typed["minutes"])
        except Refusal:
            return Html("left, until {}.").format(now)
        return Html("left, until {}. Extended, it ends at <b>{}</b>.").format(now, view.clock_time(later))

    with act_dialog(
        view,
        Kind.EXTENDED,
        "Extend the deadline",
        promise("It can be moved to a later time only, as often as you like."),
        submit="Extend deadline",
        act=act,
        undone="Nothing was extended.",
        typed={},
        left=words,
    ) as form:
        presets = Block(Html().join(Block.button(text, "outline") for text in _PRESETS)).classes("chips")
        deadline = DeadlineField(
            15,
            view.zone,
            lambda: view.trade.expires_at,
            labels=_LABELS,
            early="The deadline is not before that time.",
            kept=f"{form.kept}/minutes",
        )
        form.fields["minutes"] = deadline.input.props("autofocus")
        presets.on_press({text: partial(deadline.fill, minutes) for text, minutes in _PRESETS.items()})
