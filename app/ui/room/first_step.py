"""How a room works, for who has never been in one: three sentences above the messages, until they are put away."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from app.domain.kinds import Role, Status
from app.domain.trade import Trade
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView

_DONE = "Got it"
_NOTE = Html('<div class="first-step"><b>New here?</b><ol><li>{}</li><li>{}</li><li>{}</li></ol>{}</div>')
_SELLER = (
    "Only you are here yet: send the buyer the link.",
    "Until they come you can still change everything but the title, the currency and the unit.",
    "Then each of you can put another offer on the table. It is a deal once the other one accepts it.",
)
_BUYER = (
    "The offer can be changed or taken back until you accept it; the deadline ends it.",
    "Write here, ask for other terms, or make an offer of your own. Both of you see it at once.",
    "It is a deal once one of you accepts the other's offer; until then either can walk away.",
)


def first_step(view: RoomView, place: Element, put_away: Callable[[], Awaitable[None]]) -> None:
    """Show it at the end of `place` as soon as the page is live: to a seller while it is a draft, to a buyer until the
    close."""
    if view.viewer.introduced or not _applies(view.trade, view.role):
        return
    client = ui.context.client
    shown: Block | None = None

    def show() -> None:
        nonlocal shown
        if shown is None and _applies(view.trade, view.role):
            with place:
                sentences = _SELLER if view.role is Role.SELLER else _BUYER
                shown = Block(_NOTE.format(*sentences, Block.button(_DONE, "quiet")))
            shown.on_press({_DONE: done})

    def remove() -> None:
        if shown is not None and not shown.is_deleted:
            shown.delete()

    async def done() -> None:
        await attempt(put_away())
        remove()

    view.binding.on_trade(lambda trade: None if _applies(trade, view.role) else remove())

    if client.has_socket_connection:
        show()
    else:
        client.on_connect(show)


def _applies(trade: Trade, role: Role) -> bool:
    """Whether what it says is still so."""
    return trade.status is Status.DRAFT if role is Role.SELLER else not trade.status.final
