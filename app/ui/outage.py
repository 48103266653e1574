"""The banner that tells every open page when the database is lost. It costs nothing while all is well."""

from nicegui import Client, ui
from nicegui.element import Element

_SENTENCE = (
    "The connection to the database is lost. What you typed is kept; everything comes back by itself in a moment."
)
_banners: list[Element] = []


def show_outage(listening: bool) -> None:
    """Show the banner on every signed-in page when the database goes, and take it away when it is back."""
    while _banners:
        banner = _banners.pop()
        if not banner.is_deleted:
            banner.delete()
    if listening:
        return
    for client in list(Client.instances.values()):
        if getattr(client.request.state, "viewer", None) is not None:
            with client.layout:
                _banners.append(ui.label(_SENTENCE).classes("outage").props('role="alert" data-testid="outage"'))
