"""The outcome of a closed trade: a sentence with its reason, a number to refer to, and the document to keep."""

from nicegui import ui

from app.domain.kinds import Status
from app.domain.names import GONE
from app.domain.trade import Trade
from app.ui import browser
from app.ui.components import wording
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.components.links import linked
from app.ui.room.room_view import RoomView

_OUTCOME = Html(
    '<div class="banner" data-status="{status}">{outcome}{reason}</div>'
    '<div class="receipt" aria-live="off"><span>{document} · trade {number}</span>'
    ' <a class="button" href="/room/{code}/receipt.pdf" download>Download PDF</a>'
    ' <a class="button outline" href="/room/{code}/receipt.json" download>Download JSON</a></div>'
)
_REASON = Html('<q class="said" dir="auto">{}</q>')
_NEXT = Html('<div class="next"><h2>What now</h2><ol>{}</ol></div>')
_STEP = Html("<li><b>{}</b> {}</li>")
_WRITE = "Messages stay open for both of you."


def outcome(view: RoomView) -> None:
    """The outcome, for everybody in the room at once."""
    block = Block().classes("outcome").props('aria-live="assertive"')
    client, was_open = ui.context.client, not view.trade.status.final

    def show(trade: Trade) -> None:
        nonlocal was_open
        if was_open and trade.status.final:
            client.run_javascript(browser.scroll_to_outcome())
            was_open = False
        block.show(_outcome(trade, view))

    view.binding.on_trade(show)


def what_now(trade: Trade) -> Html:
    """What can be done after the close; nothing while the trade is open."""
    if not trade.status.final:
        return Html("")
    if trade.status is Status.ACCEPTED:
        steps = [("Keep the receipt.", "It holds the terms, both names and the time, and proves them.")]
        talk = "Agree on payment and delivery."
    else:
        steps = [("Keep the record", "if you want to show later what was offered.")]
        talk = "Go on talking."
    if trade.buyer is not None and GONE not in {trade.seller.name, trade.buyer.name}:
        steps.append((talk, _WRITE))
    return _NEXT.format(Html().join(_STEP.format(*step) for step in steps))


def _outcome(trade: Trade, view: RoomView) -> Html:
    if not trade.status.final:
        return Html("")
    closing = view.room.closing
    return _OUTCOME.format(
        status=trade.status.value,
        outcome=wording.outcome(trade, view.me),
        reason=_REASON.format(linked(closing.text)) if closing and closing.text else "",
        document=trade.status.document.capitalize(),
        number=trade.id,
        code=trade.code,
    )
