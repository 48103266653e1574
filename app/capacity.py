"""How much clients do at once: each in turn, and nobody waits for ever."""

import asyncio
import ipaddress
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic

Place = Callable[[], AbstractAsyncContextManager[None]]
"""One client's: `async with place():` waits for it, and has it in the block."""
_AT_ONCE = 0.001
"""Seconds in which several things count as begun at once."""


def client_of(address: str) -> str:
    """The client behind an address: an IPv6 one has a whole /64 to choose from (RFC 6177), and counts as that."""
    try:
        known = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((known, 64), strict=False))


class CrowdedError(TimeoutError):
    """No place came free in time."""


class CapacityLimiter:
    """`async with limiter.place(client):` takes one of `count` places, of which one client has `each` at most;
    `count` is infinite where only the clients' shares are bounded.

    Of those who wait, each client's first comes in turn: whoever asks for very much waits behind themself, and a
    newcomer behind one request of each of the others. Raises `CrowdedError` when no place is free within `patience`
    seconds, if there is a patience. With `rests` a client that waits for more keeps its share for as long again as it
    has just had a place, so that others, who wait for no place, have as much of the loop as it.
    """

    def __init__(self, count: float, *, each: int, patience: float | None = None, rests: bool = False) -> None:
        self._free = count
        self._each = each
        self._patience = patience
        self._rests = rests
        self._held: Counter[Hashable] = Counter()
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def place(self, client: Hashable) -> AsyncIterator[None]:
        """A place for this client."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(client, deque()).append(turn)
        self._call_next()
        began = 0.0
        try:
            if not turn.done():
                await self._wait(turn)
            began = monotonic()
            yield
        finally:
            if not turn.cancelled():
                self._leave(client, monotonic() - began if began else 0.0)

    async def _wait(self, turn: asyncio.Future[None]) -> None:
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except TimeoutError:
            raise CrowdedError from None

    def _leave(self, client: Hashable, after: float) -> None:
        self._free += 1
        if self._rests and client in self._waiting:
            asyncio.get_running_loop().call_later(after, self._give_back, client)
            self._call_next()
        else:
            self._give_back(client)

    def _give_back(self, client: Hashable) -> None:
        self._held[client] -= 1
        if not self._held[client]:
            del self._held[client]
        if client in self._waiting:  # who has just had a place comes last
            self._waiting[client] = self._waiting.pop(client)
        self._call_next()

    def _call_next(self) -> None:
        """Give what is free to those whose turn it is; `_waiting` has the clients in the order of their turns."""
        while self._free:
            client = next((one for one in self._waiting if self._held[one] < self._each), None)
            if client is None:
                return
            line = self._waiting.pop(client)
            turn = line.popleft()
            if line:
                self._waiting[client] = line
            if not turn.done():  # else somebody has given up
                self._free -= 1
                self._held[client] += 1
                turn.set_result(None)


async def in_turns(document: AsyncIterator[str], place: Place) -> AsyncIterator[str]:
    """Its pieces. A place covers putting one together, never sending it: whoever does not read holds up nobody."""
    while True:
        async with place():
            piece = await anext(document, None)
        if piece is None:
            return
        yield piece


class Turns:
    """What one client asks for is begun so much `at_once`, and what is more in later turns of the loop, beside what
    others ask for. To count anew in each turn would wake the loop once more for everything that is begun."""

    def __init__(self, at_once: float) -> None:
        self._at_once = at_once
        self._since = 0.0
        self._taken = 0
        self._is_called = False
        self._waiting = deque[Callable[[], None]]()

    def take(self, begin: Callable[[], None]) -> bool:
        """Begin at once, or in a later turn of the loop; False where it waits."""
        if has_turn := self._has_turn():
            begin()
        else:
            self._wait(begin)
        return has_turn

    async def wait(self) -> None:
        """Wait for a turn."""
        if not self._has_turn():
            turn = asyncio.Event()
            self._wait(turn.set)
            await turn.wait()

    def _has_turn(self) -> bool:
        if (now := monotonic()) - self._since > _AT_ONCE:
            self._since, self._taken = now, 0
        self._taken += 1
        return not self._waiting and self._taken <= self._at_once

    def _wait(self, begin: Callable[[], None]) -> None:
        self._waiting.append(begin)
        self._call_next()

    def _call_next(self) -> None:
        if self._waiting and not self._is_called:
            self._is_called = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._is_called = False
        for _ in range(int(min(len(self._waiting), self._at_once))):
            self._waiting.popleft()()
        self._call_next()
