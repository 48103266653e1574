"""Every other address, and every room that is not the viewer's: one friendly page that tells nothing."""

from fastapi import Request
from nicegui import ui

from app.ui.components.html_block import Block
from app.ui.pages.layout import PAGE, begin, frame
from app.ui.site import Site


def register(site: Site) -> None:
    """Serve the page on every address that no other page has taken."""

    @ui.page("/{path:path}", **PAGE)
    def anywhere(request: Request) -> None:
        show(site, request)


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
