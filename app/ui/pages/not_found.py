"""Every other address, and every room that is not the viewer's: one friendly page that tells nothing.

A pasted address with a tail that is not its own is sent to the one that was meant.
"""

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.http.cookies import is_private, without_tail
from app.ui.pages.layout import PAGE, frame
from app.ui.pages.static_page import notice, static_page_instead
from app.ui.site import Site

_HEADING, _WHY = "Nothing here", "The address may be mistyped, or the room belongs to other people."
_MESSAGE = Html('<div class="empty"><h1>{}</h1><p>{}</p><p><a class="button" href="{}">{}</a></p></div>')
_ONWARD = "/trades", "Go to my trades"
_SIGNED_OUT = Html('<main class="narrow">{}</main>').format(
    _MESSAGE.format(_HEADING, _WHY, "/", "Go to the start page"),
)


def register(site: Site) -> None:
    """Serve the page on every address that no other page has taken."""

    @ui.page("/{path:path}", **PAGE)
    def anywhere(request: Request) -> Response | None:
        meant = without_tail(request.url.path)
        if meant != request.url.path and is_private(meant):
            return RedirectResponse(quote(meant), 303)
        if request.state.viewer is None:
            return static_page_instead(_HEADING, _SIGNED_OUT, 404)
        show(site, request)
        return None


def show(site: Site, request: Request) -> None:
    """Show the page, status 404, in the place of the page that is being built."""
    ui.status_code(404)
    with frame(site, request, _HEADING, classes="page"):
        message()


def answer(request: Request) -> Response:
    """The page, status 404, in the place of a document, which needs no script."""
    return notice(request, _HEADING, _MESSAGE.format(_HEADING, _WHY, *_ONWARD), status=404)


def message(heading: str = _HEADING, sentence: str = _WHY) -> None:
    """Why there is nothing to see, and where to go from here."""
    Block(_MESSAGE.format(heading, sentence, *_ONWARD))
