"""A page that needs no script: HTML as it stands, which is used as soon as it is read. Nothing on it is live."""

from fastapi import Request
from fastapi.responses import HTMLResponse
from nicegui import ui

from app.domain.refusals import Refusal
from app.ui import assets
from app.ui.components.html import Html
from app.ui.http.installing import THEME_COLOURS

_PAGE = Html(
    '<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>{} · Traderoom</title>'
    f'<meta name="viewport" content="width=device-width, initial-scale=1">{assets.HEAD}{{}}</head>'
    '<body class="static {}">{}</body></html>'
)
_COLOURS = {theme: Html(tags) for theme, tags in THEME_COLOURS.items()}
_LATER = Html('<h1>Not right now</h1><p role="alert">{}</p>')
_MAIN = Html('<main class="{}">{}</main>')


def static_page(title: str, content: Html, status: int = 200, *, theme: str = "system") -> HTMLResponse:
    """The answer that is this page."""
    return HTMLResponse(_PAGE.format(title, _COLOURS[theme], assets.THEMES.get(theme, ""), content), status)


def static_page_instead(title: str, content: Html, status: int = 200) -> HTMLResponse:
    """This page in the place of the live one that is being built, which goes."""
    ui.context.client.delete()
    return static_page(title, content, status)


def too_often(request: Request, refusal: Refusal) -> HTMLResponse:
    """Somebody has asked very often: nothing was looked at, and waiting helps."""
    return notice(request, "Not right now", _LATER.format(refusal), status=429)


def notice(request: Request, title: str, body: Html, *, look: str = "narrow", status: int = 200) -> HTMLResponse:
    """A few words and perhaps a form, for whoever asks: signed in or not."""
    viewer = request.state.viewer
    return static_page(title, _MAIN.format(look, body), status, theme=viewer.theme if viewer else "system")
