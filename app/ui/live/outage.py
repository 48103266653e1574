"""The banner that tells every open page when the database is lost. It costs nothing while all is well."""

from nicegui import Client, ui
from nicegui.element import Element

_SENTENCE = (
    "The connection to the database is lost. What you typed is kept; everything comes back by itself in a moment."
)


class Outage:
    """The banners that are shown now."""

    def __init__(self) -> None:
        self._banners: list[Element] = []

    def show(self, listening: bool) -> None:
        """Show the banner on every signed-in page when the database goes, and take it away when it is back."""
        while self._banners:
            banner = self._banners.pop()
            if not banner.is_deleted:
                banner.delete()
        if listening:
            return
        for client in list(Client.instances.values()):
            if getattr(client.request.state, "viewer", None) is not None:
                with client.content:
                    banner = ui.label(_SENTENCE).classes("connection outage").props('role="alert" data-testid="outage"')
                banner.move(target_index=0)  # where it covers nothing
                self._banners.append(banner)
