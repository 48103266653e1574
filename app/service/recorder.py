"""Recorder: the way that every move takes from a wish to a row, and to who watches.

It is the same for each: the room's trade (or a reading of it), the rules, the ledger, and only after the commit the
lobby. Where somebody was faster, it is read and judged again.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import UUID, uuid5

from app import security_log
from app.db.history import History
from app.db.ledger import Ledger, RecordedBeforeError
from app.domain import rules
from app.domain.actions import Outcome
from app.domain.kinds import Role
from app.domain.moves import Move
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.rooms.lobby import Lobby
from app.service.viewer import Viewer

_TRIES = 10
"""How often a move is judged anew when somebody was faster; each time, somebody's move was recorded."""


class Recorder:
    """Records moves and tells the lobby of them. Where it raises `Refusal`, nothing was changed."""

    def __init__(self, ledger: Ledger, history: History, lobby: Lobby, now: Callable[[], datetime]) -> None:
        self._ledger = ledger
        self._history = history
        self._lobby = lobby
        self._now = now

    async def known(self, trade_id: int) -> Trade:
        """The trade as this process knows it: what never changes is right in it. Raises `Refusal` (NOT_YOURS)."""
        room = self._lobby.room(trade_id)
        return room.trade if room else await self._read(trade_id)

    async def record_by(self, viewer: Viewer, trade_id: int, move: Move, request: UUID | None = None) -> Outcome:
        """Record a person's move, once for each `request` (the name of what a page asks for) and content.

        Raises `Refusal`: whatever the rules say, or STALE when somebody was faster again and again.
        """
        me = viewer.person.id
        # The name covers the content: what was changed before it was sent again is another request.
        name = uuid5(request, repr(move)) if request else None
        try:
            return await self.record(trade_id, move, lambda trade: trade.role_of(me), name)
        except (Refusal, RecordedBeforeError) as failure:
            if name is not None and (before := await self._history.requested(me, name)) and before[0] == trade_id:
                trade = await self._read(trade_id)
                return Outcome(trade, before[1], trade)
            if isinstance(failure, Refusal) and failure.reason is Reason.NOT_YOURS:
                security_log.note("move_denied", person=me, trade=trade_id, move=type(move).__name__)
            raise

    async def record(
        self, trade_id: int, move: Move, role: Callable[[Trade], Role | None], request: UUID | None = None
    ) -> Outcome:
        """Record a move by whoever has this role in the trade as it stands; None is time. Raises `Refusal`."""
        room = self._lobby.room(trade_id)
        trade, is_read = (room.trade, False) if room else (await self._read(trade_id), True)
        for _ in range(_TRIES):
            try:
                outcome = rules.apply(trade, move, by=role(trade), now=self._now())
            except Refusal:
                if is_read:
                    raise
                # What memory refuses, the database may allow: another process may have recorded more.
                trade, is_read = await self._read(trade_id), True
                continue
            # Once the ledger is asked, the page that asked may go: what is recorded must still reach the others.
            recorded = await asyncio.shield(asyncio.create_task(self._record_and_publish(outcome, request)))
            if recorded is not None:
                return recorded
            trade, is_read = await self._read(trade_id), True
        raise Refusal(Reason.STALE, "The other side was faster several times in a row. Please try again.")

    async def _record_and_publish(self, outcome: Outcome, request: UUID | None) -> Outcome | None:
        recorded = await self._ledger.record(outcome, request)
        if recorded is not None:
            self._lobby.publish(recorded)
        return recorded

    async def _read(self, trade_id: int) -> Trade:
        standing = await self._history.trade(trade_id)
        if standing is None:
            raise Refusal(Reason.NOT_YOURS, "There is no such trade.")
        return standing.trade
