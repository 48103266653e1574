"""Ports for the servers of the tests: below those that the system gives to clients, and for each worker its own."""

import os
import socket
from itertools import count
from random import randrange

_EACH, _WORKERS, _LOWEST = 5_000, 4, 10_000
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
_numbers = count(randrange(_EACH))


def free_port() -> int:
    """A port that nobody listens on, that no other worker is given, and that this one was not given before."""
    while True:
        port = _LOWEST + _EACH * _worker + next(_numbers) % _EACH
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:  # in use
                continue
            return port
