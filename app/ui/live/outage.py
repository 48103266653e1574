"""The banner that tells every open page when the database is lost. It costs nothing while all is well."""

from weakref import WeakKeyDictionary

from nicegui import Client, ui
from nicegui.element import Element

_SENTENCE = (
    "The connection to the database is lost. What you typed is kept; everything comes back by itself in a moment."
)


class Outage:
    """Whether the database is lost, and the banners that say so now."""

    def __init__(self) -> None:
        self._is_lost = False
        self._banners: WeakKeyDictionary[Client, Element] = WeakKeyDictionary()

    def show(self, listening: bool) -> None:
        """Show the banner on every signed-in page when the database goes, and take it away when it is back."""
        self._is_lost = not listening
        if self._is_lost:
            for client in list(Client.instances.values()):
                self.show_on(client)
            return
        while self._banners:
            _, banner = self._banners.popitem()
            if not banner.is_deleted:
                banner.delete()

    def show_on(self, client: Client) -> None:
        """Show the banner on a signed-in page, once, if the database is lost: one may be opened meanwhile."""
        is_signed_in = getattr(client.request.state, "viewer", None) is not None
        if self._is_lost and is_signed_in and client not in self._banners:
            with client.content:
                banner = ui.label(_SENTENCE).classes("connection outage").props('role="alert" data-testid="outage"')
            banner.move(target_index=0)  # where it covers nothing
            self._banners[client] = banner
