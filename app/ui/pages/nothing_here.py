"""Every other address, and every room that is not the viewer's: one friendly page that tells nothing."""

from fastapi import Request
from nicegui import ui

from app.ui.frame import frame
from app.ui.site import Site


def register(site: Site) -> None:
    """Serve the page on every address that no other page has taken."""

    @ui.page("/{path:path}", dark=None, language="en-US")
    def anywhere(request: Request) -> None:
        show(site, request)


def show(site: Site, request: Request) -> None:
    """Show the page, status 404, in the place of the page that is being built."""
    ui.status_code(404)
    if request.state.viewer is None:
        ui.page_title("Nothing here · Traderoom")
        with ui.element("div").classes("narrow"):
            _message("/", "Go to the start page")
        return
    with frame(site, request, "Nothing here", classes="page"):
        _message("/trades", "Go to my trades")


def _message(path: str, text: str) -> None:
    ui.html(
        '<div class="empty"><h1>Nothing here</h1>'
        "<p>The address may be mistyped, or the room belongs to other people.</p>"
        f'<p><a class="button" href="{path}">{text}</a></p></div>',
        sanitize=False,
    )
