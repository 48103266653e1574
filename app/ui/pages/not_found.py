"""Every other address, and every room that is not the viewer's: one friendly page that tells nothing.

A pasted address with a tail that is not its own is sent to the one that was meant.
"""

from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import ui

from app.ui.components.html_block import Block
from app.ui.http.cookies import is_private, without_tail
from app.ui.pages.layout import PAGE, begin, frame
from app.ui.site import Site


def register(site: Site) -> None:
    """Serve the page on every address that no other page has taken."""

    @ui.page("/{path:path}", **PAGE)
    def anywhere(request: Request) -> Response | None:
        meant = without_tail(request.url.path)
        if meant != request.url.path and is_private(meant):
            return RedirectResponse(quote(meant), 303)
        show(site, request)
        return None


def show(site: Site, request: Request) -> None:
    """Show the page, status 404, in the place of the page that is being built."""
    ui.status_code(404)
    if request.state.viewer is None:
        begin(site, request, "Nothing here")
        with ui.element("div").classes("narrow"):
            message(path="/", text="Go to the start page")
        return
    with frame(site, request, "Nothing here", classes="page"):
        message()


def message(
    heading: str = "Nothing here",
    sentence: str = "The address may be mistyped, or the room belongs to other people.",
    *,
    path: str = "/trades",
    text: str = "Go to my trades",
) -> None:
    """Why there is nothing to see, and where to go from here."""
    Block(
        f'<div class="empty"><h1>{heading}</h1><p>{sentence}</p>'
        f'<p><a class="button" href="{path}">{text}</a></p></div>',
    )
