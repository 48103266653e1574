"""uvicorn takes the signals that end a process, and raises them again when it has stopped; here they are left to us,
who have more to stop than it has, and to clean up.

Without it Ctrl-C or a service manager would end us before that is done: this one is required.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

TOUCHES = (
    "uvicorn:Server.capture_signals(self)",
    "uvicorn:Server.serve -> capture_signals",
    "uvicorn:Server.on_tick -> should_exit",
)


class Server(uvicorn.Server):
    """uvicorn's server, which is told when to stop."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield

    def stop(self) -> None:
        """Let it end what it is doing, and stop."""
        self.should_exit = True
