"""`main.py` with little patience, each limit another: what lasts long is tested in seconds."""

import sys
from importlib import import_module
from pathlib import Path

HEADERS, BODY, UNREAD, IDLE = 1.0, 2.0, 3.0, 4.0
"""Seconds in the place of those in `app.patches`."""


def serve() -> None:
    """Run it."""
    sys.path[0] = str(Path(__file__).parents[2])
    of_all, of_each, protocols = (
        import_module(f"app.patches.{name}") for name in ("connections", "watched", "protocols")
    )
    places = [(of_all, "UNREAD"), (of_each, "UNREAD"), *((protocols, name) for name in ("HEADERS", "BODY", "IDLE"))]
    for module, name in places:
        assert getattr(module, name) > globals()[name]
        setattr(module, name, globals()[name])
    import_module("app.cli").main()


if __name__ == "__main__":
    serve()
