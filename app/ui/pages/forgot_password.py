"""``/forgot-password``: the way back to one's account, by a link to its e-mail address. It needs no script."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app

from app.domain.refusals import Reason, Refusal
from app.service.mailing import RECOVER
from app.ui.components import plain_form
from app.ui.components.html import Html
from app.ui.components.password_field import REVEAL
from app.ui.http.auth import FORGOT
from app.ui.http.calm import calmly
from app.ui.http.requests import address_of
from app.ui.pages.static_page import notice, too_often
from app.ui.site import Post, Site

_ASK = Html(
    "<h1>Forgot your password?</h1><p class=note>Type your name. If that account has a confirmed e-mail address, a mail"
    " with a link goes there.</p>"
)
_ASKED = Html(
    "<h1>Look into your mailbox</h1><p role=status>If there is an account of this name with a confirmed e-mail address,"
    " a mail is on its way there. Its link works for 30 minutes.</p><p class=note>Nothing came? Perhaps the account has"
    " no e-mail address, or the name is another one. Whoever runs this server can set a new password too.</p>"
)
_SHOWN = Html('<p>This is a demo: <a href="/demo/mail">the mails are shown here</a>.</p>')
_BACK = Html('<a href="/">Back to signing in</a>')
_CHOOSE = Html(
    "<h1>Choose a new password</h1><p class=note>For the account of <bdi>{}</bdi>. Afterwards you are signed out"
    " everywhere.</p>"
)
_CHOSEN = Html(
    "<h1>Your password is changed</h1><p role=status>You are signed out everywhere.</p>"
    '<a class="button wide" href="/">Sign in</a>'
)
_OVER = Html('<h1>This link is over</h1><p>{}</p><a class="button wide" href="{}">Ask for a new one</a>')


def register(site: Site, post: Post) -> None:
    """Serve the pages."""
    token_field = Html('<input type="hidden" name="csrf" value="{}">')

    @app.get(FORGOT)
    def forgot(request: Request, asked: str | None = None) -> Response:
        if asked is not None:
            return notice(request, "Forgot password", _ASKED + (_SHOWN if post.shown else "") + _BACK)
        flash = site.cookies.flash(request)
        more = 'autocomplete="username" dir="auto"'
        name = plain_form.field("Name", "name", more, value=flash.get("name", ""), wrong=flash.get("sentence", ""))
        entry = plain_form.form("Send link", token_field.format(site.cookies.csrf_token(request)), name, action=FORGOT)
        return notice(request, "Forgot password", _ASK + entry + _BACK)

    @app.post(FORGOT)
    async def send(request: Request, name: Annotated[str, Form()] = "", csrf: Annotated[str, Form()] = "") -> Response:
        try:
            with calmly("asking for a new password"):
                site.cookies.check_csrf(request, csrf)
                await post.recovery.ask(name, address=address_of(request))
        except Refusal as refusal:
            return site.cookies.back_to(request, FORGOT, name=name[:200], sentence=str(refusal))
        return RedirectResponse(f"{FORGOT}?asked", 303)

    @app.get(f"{RECOVER}/{{token}}")
    async def choose(request: Request, token: str) -> Response:
        return await _choose(request, post, token)

    @app.post(f"{RECOVER}/{{token}}")
    async def chosen(request: Request, token: str, password: Annotated[str, Form()] = "") -> Response:
        try:
            await post.recovery.finish(token, password, address=address_of(request))
        except Refusal as refusal:
            if refusal.reason is Reason.TOO_OFTEN:
                return too_often(request, refusal)
            return await _choose(request, post, token, refusal)
        return notice(request, "Your password is changed", _CHOSEN)


async def _choose(request: Request, post: Post, token: str, refusal: Refusal | None = None) -> Response:
    """The form for the new password, or that its link is over."""
    try:
        name = await post.recovery.whose(token)
    except Refusal as over:
        return notice(request, "This link is over", _OVER.format(over, FORGOT), status=404)
    more = 'type="password" autocomplete="new-password" minlength="8"'
    password = plain_form.field("New password", "password", more, wrong=str(refusal or ""), beside=REVEAL)
    entry = plain_form.form("Change password", password)
    return notice(request, "Choose a new password", _CHOOSE.format(name) + entry, status=422 if refusal else 200)
