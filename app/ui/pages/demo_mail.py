"""``/demo/mail``: the mails that the demo would have sent, the newest first."""

import re
from email.message import EmailMessage

from fastapi import Request
from fastapi.responses import Response
from nicegui import app

from app.ui.components.html import Html
from app.ui.pages.static_page import notice
from app.ui.site import Post

_LINK = re.compile(r"(https?://\S+)")
_HEAD = Html(
    "<h1>Mails of the demo</h1><p class=note>Nothing is sent from here: these are the mails that would have been, since"
    " the server was started. Load the page again for newer ones.</p>"
)
_NONE = Html("<p>None yet. An absence of two minutes brings one, to who has confirmed an e-mail address.</p>")
_MAIL = Html(
    '<article class="card stack" data-testid="mail"><h2 dir="auto">{}</h2><p class=note>To {} · {}</p>'
    '<p class="plain-text" dir="auto">{}</p></article>'
)
_BACK = Html('<a class="button" href="/">Go to the start page</a>')
_ANCHOR = Html('<a href="{0}">{0}</a>')


def register(post: Post) -> None:
    """Serve the page."""

    @app.get("/demo/mail")
    def mails(request: Request) -> Response:
        shown = Html().join(map(_shown, post.kept)) or _NONE
        return notice(request, "Mails of the demo", _HEAD + shown + _BACK, look="content page form-page")


def _shown(mail: EmailMessage) -> Html:
    body = mail.get_body(("plain",))
    pieces = _LINK.split(body.get_content().strip() if body else "")
    text = Html().join(_ANCHOR.format(piece) if number % 2 else piece for number, piece in enumerate(pieces))
    return _MAIL.format(mail["Subject"], mail["To"], mail["Date"], text)
