"""Where the links in mails lead: confirming an address, and ending the mails about trades.

A link that is only opened changes nothing, since mailboxes open links by themselves. A mail program may post to the
second address without a person (RFC 8058), from anywhere: the token in it is all that it takes.
"""

from fastapi import Request
from fastapi.responses import Response
from nicegui import app

from app.domain.refusals import Reason, Refusal
from app.service.mailing import CONFIRM, UNSUBSCRIBE
from app.ui.components import plain_form
from app.ui.components.html import Html
from app.ui.http.requests import address_of
from app.ui.pages.static_page import notice, too_often
from app.ui.site import Post

_CONFIRM = Html(
    "<h1>Confirm your e-mail address</h1><p>Mails about the trades of <bdi>{}</bdi> will go to <b>{}</b>.</p>"
)
_CONFIRMED = Html(
    "<h1>Your address is confirmed</h1><p role=status>We write when something matters while you are away.</p>"
    '<a class="button wide" href="/account">Go to your account</a>'
)
_OVER = Html(
    "<h1>This link is over</h1><p>{}</p><p class=note>Your account page sends a new one.</p>"
    '<a class="button wide" href="/account">Go to your account</a>'
)
_STOP = Html("<h1>No more mails about trades?</h1><p>You can switch them on again on your account page.</p>")
_STOPPED = Html(
    "<h1>You are unsubscribed</h1><p role=status>No more mails about trades will come. You can switch them on again on"
    ' your account page.</p><a class="button wide" href="/account">Go to your account</a>'
)
_NOTHING = Html("<h1>Nothing here</h1><p>The address may be mistyped.</p>")


def register(post: Post) -> None:
    """Serve the pages."""

    @app.get(f"{CONFIRM}/{{token}}")
    async def confirm(request: Request, token: str) -> Response:
        try:
            found = await post.addresses.to_confirm(token)
        except Refusal as over:
            return notice(request, "This link is over", _OVER.format(over), status=404)
        body = _CONFIRM.format(found.name, found.address) + plain_form.form("Confirm")
        return notice(request, "Confirm your e-mail address", body)

    @app.post(f"{CONFIRM}/{{token}}")
    async def confirmed(request: Request, token: str) -> Response:
        try:
            await post.addresses.confirm(token, address=address_of(request))
        except Refusal as over:
            if over.reason is Reason.TOO_OFTEN:
                return too_often(request, over)
            return notice(request, "This link is over", _OVER.format(over), status=404)
        return notice(request, "Your address is confirmed", _CONFIRMED)

    @app.get(f"{UNSUBSCRIBE}/{{token}}")
    def unsubscribe(request: Request, token: str) -> Response:
        if not post.addresses.holds(token):
            return notice(request, "Nothing here", _NOTHING, status=404)
        return notice(request, "Unsubscribe", _STOP + plain_form.form("Unsubscribe"))

    @app.post(f"{UNSUBSCRIBE}/{{token}}")
    async def unsubscribed(request: Request, token: str) -> Response:
        if not await post.addresses.unsubscribe(token):
            return notice(request, "Nothing here", _NOTHING, status=404)
        return notice(request, "You are unsubscribed", _STOPPED)
