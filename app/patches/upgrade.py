"""uvicorn's connection and its parser hold each other, and only the garbage collector would free them; here the
connection lets go of its parser when it becomes a socket, as it does when it is closed.

Brings: 6 kB of memory for each person. Without it: the collector frees it, later.
"""

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TOUCHES = (
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.handle_websocket_upgrade(self)",
    "uvicorn.protocols.http.httptools_impl:HttpToolsProtocol.connection_lost -> parser",
)
_upgrade = HttpToolsProtocol.handle_websocket_upgrade


def apply() -> None:
    """Put it in the place of uvicorn's."""
    HttpToolsProtocol.handle_websocket_upgrade = handle_websocket_upgrade  # type: ignore[assignment, method-assign]


def handle_websocket_upgrade(connection: HttpToolsProtocol) -> None:
    """uvicorn's, and no parser afterwards."""
    _upgrade(connection)
    connection.parser = None  # type: ignore[assignment]  # as uvicorn itself lets go of it
