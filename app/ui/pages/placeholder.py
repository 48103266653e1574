"""What a live page shows until its scripts have come: the frame, the heading, and that it loads; nothing that changes.

It lies over the page, whose parts stand at the same places, and goes when they are there (`browser.on_every_page`).
"""

from nicegui import ui

from app.ui.assets import THEMES
from app.ui.components.html import Html

_PLACEHOLDER = Html(
    '<div id="placeholder" class="{}"><div class="bar-top">{}</div>'
    '<div class="content {}">{}<p class="empty" role="status">{}</p></div></div>'
)
_HEADING = Html('<h1 dir="auto">{}</h1>')
_ROOM_HEADING = Html(
    '<div class="bar"><div class="title"><h1 dir="auto">{}</h1></div>'
    '<div class="time"><div class="clock">&nbsp;</div><div class="until">&nbsp;</div></div></div>'
)
"""With the room that the clock takes, and no time in it: it would stand still."""


def placeholder(header: Html, heading: str, *, classes: str, theme: str) -> None:
    """Put it on the page that is being built."""
    is_room = classes == "room"
    told = (_ROOM_HEADING if is_room else _HEADING).format(heading)
    words = "Loading the room…" if is_room else "Loading…"
    # As a plain `str`: NiceGUI puts it together with other text, which `Html` would escape.
    ui.add_body_html(str(_PLACEHOLDER.format(THEMES.get(theme, ""), header, classes, told, words)))
