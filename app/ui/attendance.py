"""Attendance: what is true of a page only while its socket is there."""

from collections.abc import Callable

from nicegui import Client


def attend(client: Client, enter: Callable[[], None], leave: Callable[[], None]) -> Callable[[], None]:
    """Call `enter` when the page's socket connects and `leave` when its last one is gone; always in pairs.

    Returns the way to leave for good while the page stays.
    """
    here = False
    is_over = False

    def connected() -> None:
        nonlocal here
        if not here and not is_over:
            here = True
            enter()

    def gone() -> None:
        nonlocal here
        if here and not client.has_socket_connection:
            here = False
            leave()

    client.on_connect(connected)
    client.on_disconnect(gone)
    client.on_delete(gone)
    if client.has_socket_connection:
        connected()

    def end() -> None:
        nonlocal here, is_over
        is_over = True
        if here:
            here = False
            leave()

    return end
