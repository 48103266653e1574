"""`main.py` with little patience, each limit another: what lasts long is tested in seconds."""

import sys
from importlib import import_module
from pathlib import Path

HEADERS, BODY, UNREAD, IDLE = 1.0, 2.0, 3.0, 4.0
"""Seconds in the place of `app.patches.protocols`' own."""


def serve() -> None:
    """Run it."""
    sys.path[0] = str(Path(__file__).parents[2])
    connections, protocols = import_module("app.patches.connections"), import_module("app.patches.protocols")
    places = [(connections, "UNREAD"), *((protocols, name) for name in ("HEADERS", "BODY", "UNREAD", "IDLE"))]
    for module, name in places:
        assert getattr(module, name) > globals()[name]
        setattr(module, name, globals()[name])
    import_module("app.cli").main()


if __name__ == "__main__":
    serve()
