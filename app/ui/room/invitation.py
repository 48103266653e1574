"""The invitation: the link that lets the buyer in, and the seat it leads to."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

import segno
from nicegui import ui

from app.domain.kinds import Status
from app.domain.trade import Trade
from app.ui.components.button import Button
from app.ui.components.copy_button import copies, copy_button_html, share_button_html
from app.ui.components.dialog import Dialog, buttons, dialog
from app.ui.components.feedback import attempt, busy
from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.room.news import news
from app.ui.room.room_view import RoomView


def invitation(view: RoomView) -> None:
    """The link that lets the buyer in; prominent while nobody has joined, gone after the close."""
    block = copies(Block().classes("invitation"))
    view.binding.on_trade(lambda trade: block.show(_invitation(trade, view)))


def manage_invitation(view: RoomView) -> None:
    """Who holds the buyer's seat, the link again, and the ways to change either; all of it follows the room."""
    shown, asked = view.trade, view.binding.asked
    with dialog("Invitation") as opened:
        seat = Block().classes("note")
        link = copies(Block().classes("share"))
        with ui.element("div").classes("stack") as renewing:
            ui.label("Renewing makes another link. The old one stops working at once.").classes("note")
            _act("Renew link", lambda: view.negotiation.renew_link(view.viewer, shown.id), opened)
        with ui.element("div").classes("stack") as releasing:
            effect = Block().classes("note")
            release = _act("Release seat", lambda: view.negotiation.release_seat(view.viewer, shown.id), opened)
            release.classes("danger")
        with buttons():
            Button("Close", on_click=opened.close).props("flat no-caps").classes("quiet")

    def follow(now: Trade) -> None:
        is_open = not now.status.final
        seat.show(_who_sits(now))
        link.show(share(view.link(now), now.title) if is_open else "")
        link.visible = renewing.visible = is_open
        effect.show(_effect_of_release(now))
        releasing.visible = now.seat_can_be_released
        said = news(shown, now, view, asked=asked)
        if is_open and now.code != shown.code:
            said += " The link is another one now; the old one has stopped working."
        if shown.seat_can_be_released and now.answered:
            said += " The seat cannot be released any more."
        opened.say(said)

    opened.on_close(view.binding.on_trade(follow))
    opened.on_close(view.binding.on_asked(lambda _: follow(view.trade)))
    opened.on_close(view.binding.on_end(opened.gone))


def share(link: str, title: str) -> Html:
    """The ways to bring the link to the buyer, for a block that `copies`."""
    return Html(
        '<div class="link">{}</div><div class="ways">{}{}<a class="button outline" href="{}">Mail</a></div>'
        '<div class="qr" role="img" aria-label="QR code of the invitation link">{}</div>'
    ).format(link, copy_button_html(link, ""), share_button_html("outline"), mail_draft(link, title), _qr_code(link))


def mail_draft(link: str, title: str) -> str:
    """The address that opens a draft in the reader's mail program (RFC 6068: percent-encoded, lines end in CRLF)."""
    subject, body = f"Invitation to negotiate: {title}", f"Please join me in this room to negotiate:\r\n\r\n{link}\r\n"
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(body, safe='')}"


def _qr_code(link: str) -> Html:
    """Dark on light in every theme, with the quiet zone of four modules around it that readers need (ISO 18004)."""
    return Html(segno.make(link, error="m", micro=False).svg_inline(omitsize=True, border=4, dark="#000", light="#fff"))


def _act(text: str, do: Callable[[], Awaitable[Trade]], opened: Dialog) -> Button:
    is_done = False

    async def press() -> None:
        nonlocal is_done
        if is_done or not button.enabled:  # the second press of two comes while the dialog closes
            return
        with busy(button):
            done = await attempt(do(), lambda refusal: opened.say(str(refusal)))
        if done is not None:
            is_done = True
            opened.close()

    button = Button(text, on_click=press).props("outline no-caps").classes("quiet")
    return button


def _invitation(trade: Trade, view: RoomView) -> Html:
    if trade.status.final:
        return Html("")
    link = view.link(trade) if trade.role_of(view.me) else ""
    return Html('<div class="note">{}</div><div class="link" data-testid="invitation-link">{}</div>{}{}').format(
        _hint(trade.invited) if trade.status is Status.DRAFT else "Invitation link",
        link,
        copy_button_html(link, "" if trade.status is Status.DRAFT else "quiet"),
        share_button_html("quiet"),
    )


def _who_sits(trade: Trade) -> Html:
    if trade.buyer is None:
        return Html("Nobody has taken the buyer's seat yet.")
    return Html("<bdi>{}</bdi> has the buyer's seat.").format(trade.buyer.name)


def _effect_of_release(trade: Trade) -> Html:
    if trade.buyer is None:
        return Html("")
    return Html(
        "Until <bdi>{}</bdi> has answered your offer, you can take the seat back. They leave the room, and the link is"
        " renewed. What was written so far stays in the room, and the next buyer will read it."
    ).format(trade.buyer.name)


def _hint(invited: str) -> Html:
    whom = Html("<bdi>{}</bdi>").format(invited) if invited else "the buyer"
    return Html("Send this link to {}. The negotiation begins when they open it.").format(whom)
