"""How a room works, for who has never been in one: three sentences above the messages, until they are put away."""

from collections.abc import Awaitable, Callable

from nicegui import ui
from nicegui.element import Element

from app.domain.kinds import Role, Status
from app.ui.components.feedback import attempt
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.room_view import RoomView

_DONE = "Got it"
_NOTE = Html('<div class="first-step"><b>New here?</b><ol><li>{}</li><li>{}</li><li>{}</li></ol>{}</div>')
_SELLER = (
    "Only you are here yet: send the buyer the link.",
    "Until they come you can still change everything but the title, the currency and the unit.",
    "Then each of you can put another offer on the table. It is a deal once one of you says yes.",
)
_BUYER = (
    "The offer stands until the clock runs out.",
    "Write here, ask for other terms, or make an offer of your own. Both of you see it at once.",
    "It is a deal once one of you says yes; until then either can walk away.",
)


def first_step(view: RoomView, place: Element, put_away: Callable[[], Awaitable[None]]) -> None:
    """Show it at the end of `place` as soon as the page is live, to a seller in a draft and to a buyer."""
    status, is_seller = view.trade.status, view.role is Role.SELLER
    if view.viewer.introduced or status.final or (is_seller and status is not Status.DRAFT):
        return
    client = ui.context.client
    shown: Block | None = None

    def show() -> None:
        nonlocal shown
        if shown is None:
            with place:
                sentences = _SELLER if is_seller else _BUYER
                shown = Block(_NOTE.format(*sentences, Block.button(_DONE, "quiet")))
            shown.on_press({_DONE: done})

    async def done() -> None:
        await attempt(put_away())
        if shown is not None and not shown.is_deleted:
            shown.delete()

    if client.has_socket_connection:
        show()
    else:
        client.on_connect(show)
