"""Pages that were asked for and that no socket has opened yet.

Each holds memory for a minute, so their number is bounded: for one browser, and in all. Beyond it the oldest makes
place, first one of the same browser's; nobody is refused, so nobody can keep others out by asking for pages.
"""

from collections import defaultdict

from nicegui import Client, app


class PendingPages:
    """Counts pages from their request to their first socket. A browser is a session, or an address where nobody is
    signed in."""

    def __init__(self, most_of_one: int = 200, most: int = 3_000) -> None:
        self._most_of_one = most_of_one
        self._most = most
        self._pages_of: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._browsers: dict[str, str] = {}
        app.on_connect(self._done)
        app.on_delete(self._done)

    def __len__(self) -> int:
        return len(self._browsers)

    def add(self, client: Client, browser: str) -> None:
        """A page is being made for a browser."""
        pages = self._pages_of[browser]
        if len(pages) >= self._most_of_one:
            _drop(next(iter(pages)))
        elif len(self._browsers) >= self._most:
            _drop(next(iter(self._browsers)))
        self._pages_of[browser][client.id] = None
        self._browsers[client.id] = browser

    def _done(self, client: Client) -> None:
        browser = self._browsers.pop(client.id, None)
        if browser is not None:
            del self._pages_of[browser][client.id]
            if not self._pages_of[browser]:
                del self._pages_of[browser]


def _drop(client_id: str) -> None:
    """Delete a page; should its browser come after all, it loads the page again."""
    Client.instances[client_id].delete()
