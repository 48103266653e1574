"""Plain pages: HTML as it is, for people who come by a link in a mail, from any browser. They need no script."""

import hashlib
from pathlib import Path

from fastapi import Request
from fastapi.responses import HTMLResponse

from app.ui.components.html import Html

_THEME = Path(__file__).parents[1] / "theme.css"
_STYLE = Html('<link rel="stylesheet" href="/theme.css?{}">').format(
    hashlib.sha256(_THEME.read_bytes()).hexdigest()[:16]
)
_DOCUMENT = Html(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title} · Traderoom</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">{style}</head>'
    '<body class="plain {theme}"><main class="{look}">{body}</main></body></html>'
)
_FIELD = Html(
    '<div class="field"><label for="{name}">{label}</label><div class="box">'
    '<input id="{name}" name="{name}" value="{value}" autofocus required {more}></div>{wrong}</div>'
)
_WRONG = Html('<p class="help" id="{}-help" role="alert">{}</p>')
_THEMES = {"light": "body--light", "dark": "body--dark"}


def page(request: Request, title: str, body: Html, *, look: str = "narrow", status: int = 200) -> HTMLResponse:
    """A whole page."""
    viewer = request.state.viewer
    theme = _THEMES.get(viewer.theme, "system") if viewer else "system"
    document = _DOCUMENT.format(title=title, style=_STYLE, theme=theme, look=look, body=body)
    return HTMLResponse(document, status)


def form(button: str, *parts: Html, action: str = "", look: str = "button wide") -> Html:
    """A form that posts to its own address unless told."""
    return Html('<form method="post" action="{}" class="stack">{}<button class="{}">{}</button></form>').format(
        action, Html().join(parts), look, button
    )


def field(label: str, name: str, more: str, *, value: str = "", wrong: str = "") -> Html:
    """A field, with what is wrong below it. `more` are attributes."""
    if wrong:
        more += f' aria-invalid="true" aria-describedby="{name}-help"'
    said = _WRONG.format(name, wrong) if wrong else ""
    return _FIELD.format(label=label, name=name, value=value, more=Html(more), wrong=said)
