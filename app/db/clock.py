"""The database's clock, as a process knows it between two questions.

The offset is kept against this machine's monotonic clock, so a step of the system's clock changes nothing.
"""

from datetime import UTC, datetime, timedelta
from time import monotonic

import psycopg

_SAMPLES = 3


class DatabaseClock:
    """`now()` is the database's time to within half a round trip (well under a millisecond on one machine)."""

    def __init__(self) -> None:
        self._at_zero = datetime.now(UTC) - timedelta(seconds=monotonic())

    def now(self) -> datetime:
        """The database's time now, UTC."""
        return self._at_zero + timedelta(seconds=monotonic())

    async def measure(self, connection: psycopg.AsyncConnection) -> None:
        """Ask the database a few times and believe the fastest answer, as in Cristian's algorithm."""
        best = float("inf")
        for _ in range(_SAMPLES):
            asked = monotonic()
            row = await (await connection.execute("SELECT clock_timestamp()")).fetchone()
            took = monotonic() - asked
            if row is not None and took < best:
                best = took
                self._at_zero = row[0].astimezone(UTC) - timedelta(seconds=asked + took / 2)
