"""How many connections there may be, and whose turn it is to be read: uvicorn takes as many as there are descriptors,
and what all of them have sent before anybody else gets a turn.

Without it one client takes the places of all others: this one is required.
"""

import asyncio
import logging
import math
from collections import Counter
from collections.abc import Callable

from uvicorn.middleware.proxy_headers import _TrustedHosts

from app.capacity import Turns

TOUCHES = (
    "uvicorn.middleware.proxy_headers:_TrustedHosts",
    "uvicorn.middleware.proxy_headers:_TrustedHosts.__contains__(self, host)",
)
log = logging.getLogger(__name__)
UNREAD = 30.0
"""Seconds for a client that does not read."""
_TELL_EVERY = 60.0
"""Seconds over which refused connections are counted before they are told of in one line."""
_READ_AT_ONCE = 4
"""How many connections of one client are read in one turn of the loop."""


class Connections:
    """Counts connections: `most` of all, `most_of_one` of one client, which `client_of` knows by its address.

    `proxies` in front, as uvicorn's `forwarded_allow_ips` has them, are many clients in one and count towards the first
    limit only.
    """

    def __init__(
        self, most: int, most_of_one: int, client_of: Callable[[str], str], proxies: tuple[str, ...] = ()
    ) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._client_of = client_of
        self._proxies = _TrustedHosts(list(proxies))
        self._whose: dict[asyncio.Transport, str] = {}
        self._of_one: Counter[str] = Counter()
        self._turns: dict[str, Turns] = {}
        self._closing: set[asyncio.Transport] = set()
        self._sweep: asyncio.TimerHandle | None = None
        self._refused = 0

    def __len__(self) -> int:
        return len(self._whose)

    def enter(self, transport: asyncio.Transport) -> Turns | None:
        """Count a connection, once, and say whose turns are its turns; None where there is no place for it."""
        if transport in self._whose:
            return self._turns[self._whose[transport]]  # it has become a socket
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if peer else ""
        client = self._client_of(address)
        is_one = bool(address) and address not in self._proxies
        if len(self._whose) >= self._most or (is_one and self._of_one[client] >= self._most_of_one):
            self._refuse()
            return None
        self._whose[transport] = client
        self._of_one[client] += 1
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(UNREAD, self._abort_closing)
        return self._turns.setdefault(client, Turns(_READ_AT_ONCE if is_one else math.inf))

    def leave(self, transport: asyncio.Transport) -> None:
        """A connection is closed."""
        client = self._whose.pop(transport, None)
        if client is not None:
            self._of_one[client] -= 1
            if not self._of_one[client]:
                del self._of_one[client], self._turns[client]

    def _abort_closing(self) -> None:
        """A connection that we close stays open while somebody does not read the last bytes: not for longer than this.

        A connection knows when it begins to be closed in too many places, so all are asked, now and then.
        """
        closing = {transport for transport in self._whose if transport.is_closing()}
        for transport in closing & self._closing:
            transport.abort()
        self._closing = closing
        self._sweep = asyncio.get_running_loop().call_later(UNREAD, self._abort_closing) if self._whose else None

    def _refuse(self) -> None:
        if not self._refused:
            asyncio.get_running_loop().call_later(_TELL_EVERY, self._tell)
        self._refused += 1

    def _tell(self) -> None:
        log.warning("%s connections were refused within a minute: there were too many", self._refused)
        self._refused = 0
