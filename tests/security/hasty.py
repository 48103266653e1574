"""`main.py` with little patience, each limit another: what lasts long is tested in seconds."""

import sys
from importlib import import_module
from pathlib import Path

HEADERS, BODY, UNREAD, IDLE = 1.0, 2.0, 3.0, 4.0
"""Seconds in the place of `app.patches.connections`' own."""


def serve() -> None:
    """Run it."""
    sys.path[0] = str(Path(__file__).parents[2])
    connections = import_module("app.patches.connections")
    for name in ("HEADERS", "BODY", "UNREAD", "IDLE"):
        assert getattr(connections, name) > globals()[name]
        setattr(connections, name, globals()[name])
    import_module("app.cli").main()


if __name__ == "__main__":
    serve()
