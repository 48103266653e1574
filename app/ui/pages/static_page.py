"""A page that needs no script: HTML as it stands, which is used as soon as it is read. Nothing on it is live."""

from fastapi.responses import HTMLResponse
from nicegui import ui

from app.ui import assets
from app.ui.components.html import Html

_PAGE = Html(
    '<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>{} · Traderoom</title>'
    f'<meta name="viewport" content="width=device-width, initial-scale=1">{assets.HEAD}</head>'
    '<body class="static">{}</body></html>'
)


def static_page(title: str, content: Html, status: int = 200) -> HTMLResponse:
    """The answer that is this page."""
    return HTMLResponse(_PAGE.format(title, content), status)


def static_page_instead(title: str, content: Html, status: int = 200) -> HTMLResponse:
    """The same, in the place of the live page that is being built, which goes."""
    ui.context.client.delete()
    return static_page(title, content, status)
