"""`main.py` on a system that grants a process few open files, and which tells of refused connections soon."""

import resource
import sys
from importlib import import_module
from pathlib import Path

GRANTED, BEGUN_WITH = 540, 64
"""Open files that this process may have at the most, and has before it asks for more: too few for the connections."""
_TELL_EVERY = 1.0
"""Seconds in the place of `app.patches.connections`' own."""


def serve() -> None:
    """Run it."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (BEGUN_WITH, GRANTED))
    sys.path[0] = str(Path(__file__).parents[2])
    connections = import_module("app.patches.connections")
    assert connections._TELL_EVERY > _TELL_EVERY
    connections._TELL_EVERY = _TELL_EVERY  # type: ignore[attr-defined]
    import_module("app.cli").main()


if __name__ == "__main__":
    serve()
