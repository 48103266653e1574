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

    def go() -> None:
        nonlocal here
        if here:
            here = False
            leave()

    def gone() -> None:
        if not client.has_socket_connection:
            go()

    client.on_connect(connected)
    client.on_disconnect(gone)
    client.on_delete(gone)
    if client.has_socket_connection:
        connected()

    def end() -> None:
        nonlocal is_over
        is_over = True
        go()

    return end
