"""A connection that is counted, is read in its turn, and has to be done with what is expected of it in time."""

import asyncio
from collections.abc import Mapping

from app.patches.connections import UNREAD, Connections


class Watched(asyncio.Protocol):
    """What both protocols have in common. `limits` are those of all connections, `own_headers` those of what the server
    answers by itself."""

    limits: Connections
    own_headers: Mapping[str, str]

    def begin(self, transport: asyncio.Transport) -> bool:
        """Count it, or hang up at once."""
        self.unread = b""
        self._watched: asyncio.Transport | None = None
        self._expected: asyncio.TimerHandle | None = None
        self._late: asyncio.TimerHandle | None = None
        self._has_asked = self._is_held = False
        turns = self.limits.enter(transport)
        if turns is None:
            transport.abort()
            return False
        self._watched, self._turns = transport, turns
        return True

    def end(self) -> bool:
        """Count it no more; False where it was never let in."""
        transport, self._watched = self._watched, None
        self.unread = b""
        if transport is None:
            return False
        self.expect(None)
        self.resume_writing()
        self.limits.leave(transport)
        return True

    @property
    def is_open(self) -> bool:
        """Whether something may be read of it, and written to it."""
        return self._watched is not None and not self._watched.is_closing()

    def hang_up(self) -> None:
        """Close it without a word."""
        if self._watched is not None:
            self._watched.abort()

    def expect(self, seconds: float | None) -> None:
        """Hang up when nothing else is expected within so many seconds."""
        if self._expected is not None:
            self._expected.cancel()
            self._expected = None
        if seconds is not None and self._watched is not None:
            self._expected = asyncio.get_running_loop().call_later(seconds, self._watched.abort)

    def data_received(self, data: bytes) -> None:
        """Something has come."""
        self.unread += data
        self.take_turn()

    def take_turn(self) -> None:
        """Read what has come as soon as it is the client's turn; until then the rest waits where it came from."""
        if not self.unread or self._has_asked or self._watched is None:
            return
        self._has_asked = True
        if not self._turns.take(self._read_now) and self._watched.is_reading():
            self._is_held = True
            self._watched.pause_reading()

    def _read_now(self) -> None:
        self._has_asked = False
        if self._watched is None:
            return
        if self._is_held:
            self._is_held = False
            self._watched.resume_reading()
        self.read()

    def read(self) -> None:
        """Take what there is a turn for of `unread`."""
        raise NotImplementedError

    def pause_writing(self) -> None:
        """The client does not read."""
        if self._watched is not None and self._late is None:
            self._late = asyncio.get_running_loop().call_later(UNREAD, self._watched.abort)
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client reads again."""
        if self._late is not None:
            self._late.cancel()
            self._late = None
        super().resume_writing()
