"""A page's connection: what is true of a page only while its socket is there."""

import logging
from collections.abc import Callable
from weakref import ref

from nicegui import Client

log = logging.getLogger(__name__)
Step = Callable[[], None]


class _Connection:
    """What all parts of a page do when its socket comes and goes. NiceGUI calls each handler in a context of its own,
    which costs more than what most of ours do: a page has one."""

    def __init__(self, client: Client) -> None:
        self._client = ref(client)  # its request leads here
        self._parts: dict[object, tuple[Step, Step]] = {}
        self._here = client.has_socket_connection
        client.on_connect(self.connected)
        client.on_disconnect(self.socket_lost)
        client.on_delete(self.deleted)

    def add(self, enter: Step, leave: Step) -> Step:
        """One more part; returns the way to take it out."""
        part = object()
        self._parts[part] = enter, leave
        if self._here:
            enter()

        def end() -> None:
            if self._parts.pop(part, None) and self._here:
                leave()

        return end

    def connected(self) -> None:
        """The socket is there, perhaps another one beside it."""
        if not self._here:
            self._here = True
            for enter, _ in list(self._parts.values()):
                _do(enter)

    def socket_lost(self) -> None:
        """A socket has gone, perhaps not the last one."""
        client = self._client()
        if client is None or not client.has_socket_connection:
            self.disconnected()

    def disconnected(self) -> None:
        """No socket is there any more, or soon none will be."""
        if self._here:
            self._here = False
            for _, leave in list(self._parts.values()):
                _do(leave)

    def deleted(self) -> None:
        """The page is deleted: its parts leave, and nothing leads back to them any more."""
        self.disconnected()
        self._parts.clear()


def attend(client: Client, enter: Step, leave: Step) -> Step:
    """Call `enter` when the page's socket connects and `leave` when its last one is gone; always in pairs.

    Returns the way to leave for good while the page stays.
    """
    state = client.request.state
    connection: _Connection | None = getattr(state, "connection", None)
    if connection is None:
        connection = state.connection = _Connection(client)
    return connection.add(enter, leave)


def _do(step: Step) -> None:
    """One part's error is no other part's."""
    try:
        step()
    except Exception:
        log.exception("a part of a page could not follow its socket")
