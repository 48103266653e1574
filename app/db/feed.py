"""News from the database: one LISTEN connection that brings what other processes recorded into this one's rooms.

That it listens is proven and not believed. Every few seconds the feed notifies itself by another connection and waits
for the echo: a line that went silent without closing, and a pooler that lets nobody LISTEN, look like all is well. That
connection is none of the pool's: a pool whose connections all wait for locked rows is no database that is away.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import psycopg
from psycopg import sql

from app.db.accounts import NAMES_CHANNEL, SESSIONS_CHANNEL
from app.db.engine import Database, connect
from app.db.ledger import CLEARED_CHANNEL
from app.db.statements import CHANNEL
from app.logs import first_line

log = logging.getLogger(__name__)
_BEAT = 2.0
"""Seconds from one echo to the next. Each costs one commit with a notification, of some 1,700 a second."""
_MISSED = 3
"""Beats without an echo after which the feed is deaf. Beats and not seconds: a process that was held up is no proof."""
_MEASURED = 5
"""Beats from one look at the database's clock to the next."""
_PAUSE = 0.5
_CALL = "SELECT pg_notify(%s, ''), current_setting('transaction_read_only')"


class _Deaf(Exception):  # noqa: N818 - it says what the feed is
    """No echo has come."""


class Feed:
    """Calls `heard(trade_id, seq, own)` for every recorded action, `ended(session_id)` for every session that has
    ended, `renamed(user_id, name)` for everybody who has another name, `resumed()` when some may have been missed, and
    `listening(it_does)` when the database goes and comes."""

    def __init__(
        self,
        database: Database,
        origin: str,
        heard: Callable[[int, int, bool], None],
        resumed: Callable[[], Awaitable[None]],
        *,
        ended: Callable[[int], None] = lambda _: None,
        renamed: Callable[[int, str], None] = lambda *_: None,
        listening: Callable[[bool], None] = lambda _: None,
    ) -> None:
        self._database = database
        self._origin = origin
        self._heard = heard
        self._resumed = resumed
        self._ended = ended
        self._renamed = renamed
        self._tell_listening = listening
        self._echoes = f"traderoom_echo_{origin}"
        self._lost = False
        self._calls: set[asyncio.Task[None]] = set()
        self._answered = float("-inf")
        self.listening = False
        self.read_only = False

    @property
    def answers(self) -> bool:
        """Whether the database answers, also where its news are not heard."""
        return self.listening or monotonic() - self._answered < _MISSED * _BEAT

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again within a second of the server's return."""
        said = ""
        while True:
            try:
                async with await connect(self._database.url) as connection:
                    await self._subscribe(connection)
                    if self._lost:
                        await self._database.renew()
                    await self._resumed()
                    async with self._calling():
                        await self._listen(connection)
            except Exception as error:  # noqa: BLE001 - whatever the database or those who hear have to say
                why = first_line(error)
                if self.listening or why != said:
                    log.warning("feed: the database went away: %s", why)
                said = why
                if not isinstance(error, _Deaf):
                    self._answered = float("-inf")
                await self._lose()
            finally:
                self.listening = False
            await asyncio.sleep(_PAUSE)

    async def _subscribe(self, connection: psycopg.AsyncConnection[Any]) -> None:
        for channel in (CHANNEL, CLEARED_CHANNEL, SESSIONS_CHANNEL, NAMES_CHANNEL, self._echoes):
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))

    async def _lose(self) -> None:
        if not self._lost:
            self._lost = True
            self._tell(listening=False)
            await self._database.forget()  # its connections may be as silent as ours: whoever asks now is told sooner

    def _tell(self, *, listening: bool) -> None:
        try:
            self._tell_listening(listening)
        except Exception:
            log.exception("feed: it could not be told that the database %s", "is back" if listening else "is away")

    @asynccontextmanager
    async def _calling(self) -> AsyncIterator[None]:
        """Call for an echo at each beat."""
        task = asyncio.create_task(self._call(), name="feed echo")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        try:
            yield
        finally:
            task.cancel()  # not awaited: what it asks may be on a line that is silent

    async def _call(self) -> None:
        beat = 0
        while True:
            try:
                async with await connect(self._database.url) as connection:
                    while True:
                        row = await (await connection.execute(_CALL, (self._echoes,))).fetchone()
                        self._answered = monotonic()
                        self._note(read_only=row is not None and row[1] == "on")
                        if beat % _MEASURED == 0:
                            await self._database.clock.measure(connection)
                        beat += 1
                        await asyncio.sleep(_BEAT)
            except psycopg.Error as error:
                log.debug("feed: no echo could be called for: %s", error)
            await asyncio.sleep(_BEAT)

    def _note(self, *, read_only: bool) -> None:
        """A database that became read-only while we run is heard as well as ever, and records nothing."""
        if read_only and not self.read_only:
            log.warning("feed: the database has become read-only: nothing can be recorded")
        elif self.read_only and not read_only:
            log.info("feed: the database can be written to again")
        self.read_only = read_only

    async def _listen(self, connection: psycopg.AsyncConnection[Any]) -> None:
        missed = 0
        while missed < _MISSED:
            missed += 1
            async for notice in connection.notifies(timeout=_BEAT):
                if notice.channel == self._echoes:
                    missed = 0
                    self._is_heard()
                    continue
                try:
                    await self._deliver(notice)
                except Exception:
                    log.exception("feed: %s %r could not be delivered", notice.channel, notice.payload)
        if self.listening:
            raise _Deaf("it has fallen silent")
        raise _Deaf("what is notified is not heard; a pooler in transaction mode, perhaps")

    def _is_heard(self) -> None:
        self.listening = True
        if self._lost:
            self._lost = False
            log.info("feed: listening again")
            self._tell(listening=True)

    async def _deliver(self, notice: psycopg.Notify) -> None:
        if notice.channel == CLEARED_CHANNEL:
            await self._resumed()
        elif notice.channel == SESSIONS_CHANNEL:
            self._ended(int(notice.payload))
        elif notice.channel == NAMES_CHANNEL:
            user_id, _, name = notice.payload.partition(" ")
            self._renamed(int(user_id), name)
        else:
            trade_id, seq, origin = notice.payload.split(" ")
            self._heard(int(trade_id), int(seq), origin == self._origin)
