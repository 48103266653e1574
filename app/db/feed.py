"""News from the database: one LISTEN connection that brings what other processes recorded into this one's rooms."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

import psycopg

from app.db.accounts import SESSIONS_CHANNEL
from app.db.engine import Database, connect
from app.db.ledger import CHANNEL, CLEARED_CHANNEL

log = logging.getLogger(__name__)
_QUIET = 10.0
"""Seconds without news after which the connection is tried, and the clock measured again."""


class Feed:
    """Calls `heard(trade_id, seq, own)` for every recorded action, `ended(session_id)` for every session that has
    ended, `resumed()` when some may have been missed, and `listening(it_does)` when the database goes and comes."""

    def __init__(
        self,
        database: Database,
        origin: str,
        heard: Callable[[int, int, bool], None],
        resumed: Callable[[], Awaitable[None]],
        *,
        ended: Callable[[int], None] = lambda _: None,
        listening: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._origin = origin
        self._heard = heard
        self._resumed = resumed
        self._ended = ended
        self._tell_listening = listening
        self.listening = False

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again within a second of the server's return."""
        missed = False
        while True:
            try:
                async with await connect(self._database.url) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}; LISTEN {CLEARED_CHANNEL}; LISTEN {SESSIONS_CHANNEL}")
                    if missed:
                        await self._database.renew()
                        log.info("feed: listening again")
                    await self._resumed()
                    if missed:
                        self._tell(listening=True)
                    missed = False
                    self.listening = True
                    await self._listen(connection)
            except Exception as error:  # noqa: BLE001 - engine.io breaks over frames that no page of ours sends
                log.warning("feed: the database went away: %s", (str(error) or type(error).__name__).splitlines()[0])
                if not missed:
                    self._tell(listening=False)
                missed = True
            finally:
                self.listening = False
            await asyncio.sleep(0.5)

    def _tell(self, *, listening: bool) -> None:
        try:
            self._tell_listening(listening)
        except Exception:
            log.exception("feed: it could not be told that the database %s", "is back" if listening else "is away")

    async def _listen(self, connection: psycopg.AsyncConnection) -> None:
        while True:
            async for notice in connection.notifies(timeout=_QUIET):
                try:
                    await self._deliver(notice)
                except Exception:
                    log.exception("feed: %s %r could not be delivered", notice.channel, notice.payload)
            await self._database.clock.measure(connection)

    async def _deliver(self, notice: psycopg.Notify) -> None:
        if notice.channel == CLEARED_CHANNEL:
            await self._resumed()
            return
        if notice.channel == SESSIONS_CHANNEL:
            self._ended(int(notice.payload))
            return
        trade_id, seq, origin = notice.payload.split(" ")
        self._heard(int(trade_id), int(seq), origin == self._origin)
