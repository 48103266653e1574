"""Negotiation: the moves two parties make in a room.

Each move takes the way that `recorder.py` has for all of them.

`request` names what a page asks for; the page keeps the name until it knows that it was done. Asked again under the
same name, because the answer was lost on the way, the same content is recorded once and answered as done.
"""

import logging
from datetime import datetime
from uuid import UUID

from app.db.history import History
from app.db.ledger import new_code
from app.domain.actions import Action, Outcome, Version
from app.domain.moves import (
    Accept,
    Expire,
    Extend,
    Join,
    Move,
    Offer,
    Reject,
    ReleaseSeat,
    RenewLink,
    RequestAmendment,
    See,
    SendMessage,
    Withdraw,
)
from app.domain.refusals import Reason, Refusal, Refusals
from app.domain.terms import parse_terms
from app.domain.text import check_text
from app.domain.trade import Standing, Trade
from app.rooms.lobby import Lobby
from app.rooms.room import Room
from app.service.limits import Limits
from app.service.recorder import Recorder
from app.service.viewer import Viewer

log = logging.getLogger(__name__)


class Negotiation:
    """Use cases of the room. Where they raise `Refusal`, nothing was changed.

    Every move may be refused as NOT_YOURS (no party, or not that role's move), CLOSED, TOO_LATE (the deadline has
    passed), TOO_OFTEN (a rate limit) or STALE (somebody was faster again and again); what else is said at each.
    """

    def __init__(self, recorder: Recorder, history: History, lobby: Lobby, limits: Limits) -> None:
        self._recorder = recorder
        self._history = history
        self._lobby = lobby
        self._limits = limits
        self._stubborn: set[int] = set()

    async def enter(self, viewer: Viewer, trade_id: int, standing: Standing | None = None) -> Room:
        """The live room, for one of its two parties; give it back with `leave`.

        `standing` is what has just been read of the trade, if it has: often it need not be read again. Raises `Refusal`
        (NOT_YOURS).
        """
        room = await self._lobby.enter(trade_id, standing)
        if room is not None and room.trade.role_of(viewer.person.id) is None:
            await self._lobby.refresh(room)  # another process may have recorded the joining just now
        if room is None or room.trade.role_of(viewer.person.id) is None:
            if room is not None:
                self._lobby.leave(room)
            raise Refusal(Reason.NOT_YOURS, "This room belongs to two other people.")
        return room

    def leave(self, room: Room) -> None:
        """Give back a room that was entered."""
        self._lobby.leave(room)

    async def join(self, viewer: Viewer, trade_id: int, code: str) -> Trade:
        """Take the buyer's seat: by whom the seller named, or by the first who holds the link with this code.

        Raises `Refusal`, SEAT_TAKEN among others.
        """
        return (await self._move(viewer, trade_id, Join(viewer.person, code))).trade

    async def send(self, viewer: Viewer, trade_id: int, text: str, *, request: UUID | None = None) -> Action:
        """Say something, before and after the close alike. Raises `Refusal`, INVALID among others."""
        self._limits.check("messages", viewer.person.id)
        return (await self._recorder.record_by(viewer, trade_id, SendMessage(text), request)).action

    async def offer(
        self,
        viewer: Viewer,
        trade_id: int,
        version: int,
        *,
        price: str,
        quantity: str,
        description: str,
        reason: str,
        request: UUID | None = None,
    ) -> Trade:
        """Put an offer on the table, as typed, in the place of the one that stands at `version`; either side may.

        The other side has two minutes to answer it at least: the deadline moves where it was nearer. Raises `Refusal`:
        INVALID with the field's name, STALE when the terms are at another version, and others.
        """
        currency = (await self._recorder.known(trade_id)).currency
        refusals = Refusals()
        with refusals:
            terms = parse_terms(price, quantity, description, currency)
        with refusals:
            check_text(reason, "reason", "The reason")  # the rules ask again; here it is told with the figures
        refusals.tell()
        return (await self._move(viewer, trade_id, Offer(version, terms, reason), request)).trade

    async def request_amendment(
        self, viewer: Viewer, trade_id: int, text: str, *, request: UUID | None = None
    ) -> Action:
        """Ask the seller, in words, for another offer; the one that stands still does, and the request is open until
        the next one. Raises `Refusal`, INVALID among others."""
        return (await self._move(viewer, trade_id, RequestAmendment(text), request)).action

    async def accept(self, viewer: Viewer, trade_id: int, version: int, *, request: UUID | None = None) -> Trade:
        """Accept the other side's offer of exactly this version.

        Raises `Refusal`: STALE when the terms are at another, NOT_YOURS when the offer is one's own, and others.
        """
        return (await self._move(viewer, trade_id, Accept(version), request)).trade

    async def reject(
        self, viewer: Viewer, trade_id: int, version: int, reason: str, *, request: UUID | None = None
    ) -> Trade:
        """Turn the other side's offer of exactly this version down; that ends the trade.

        Raises `Refusal`: STALE when the terms are at another, NOT_YOURS when the offer is one's own, INVALID when the
        reason is too long, and others.
        """
        return (await self._move(viewer, trade_id, Reject(version, reason), request)).trade

    async def withdraw(
        self, viewer: Viewer, trade_id: int, version: int, reason: str, *, request: UUID | None = None
    ) -> Trade:
        """Take one's own offer of exactly this version back; that ends the trade.

        Raises `Refusal`: STALE when the terms are at another, NOT_YOURS when the offer is the other side's, INVALID
        when the reason is too long, and others.
        """
        return (await self._move(viewer, trade_id, Withdraw(version, reason), request)).trade

    async def extend(self, viewer: Viewer, trade_id: int, until: datetime, *, request: UUID | None = None) -> Trade:
        """Move the deadline to a later time (with its time zone); the seller may.

        Raises `Refusal`: INVALID ("minutes") when that is not later, or more than a year from now, and others.
        """
        return (await self._move(viewer, trade_id, Extend(until), request)).trade

    async def see(self, viewer: Viewer, trade_id: int, version: int) -> None:
        """Keep that the other side's offer of this version is on the viewer's screen; once is enough. Pages ask for it
        by themselves, once for each version, so that it counts for no limit.

        Raises `Refusal`: STALE when the terms are at another, NOT_YOURS when the offer is one's own, and others.
        """
        if (await self._recorder.known(trade_id)).seen_version != version:
            await self._recorder.record_by(viewer, trade_id, See(version))

    async def renew_link(self, viewer: Viewer, trade_id: int) -> Trade:
        """Make a new invitation link; the old one leads nowhere from now on. Asked twice, it is renewed twice."""
        return (await self._move(viewer, trade_id, RenewLink(new_code()))).trade

    async def release_seat(self, viewer: Viewer, trade_id: int) -> Trade:
        """Take the buyer's seat back before the buyer's first answer; the link is renewed with it.

        Raises `Refusal`: INVALID when the seat is free, TOO_LATE after an answer, and others.
        """
        return (await self._move(viewer, trade_id, ReleaseSeat(new_code()))).trade

    def typing(self, viewer: Viewer, room: Room, *, now: bool) -> None:
        """Show or take away the viewer's typing mark. Raises `Refusal` (NOT_YOURS)."""
        self._check_party(viewer, room.trade)
        if now:
            room.start_typing(viewer.person)
        else:
            room.stop_typing(viewer.person)

    async def earlier(self, viewer: Viewer, room: Room, before: int) -> list[Action]:
        """A page of actions with seq < before, oldest first; empty before the first. Raises `Refusal` (NOT_YOURS)."""
        self._check_party(viewer, room.trade)
        return room.note_shown(await self._history.actions(room.trade.id, before=before))

    async def versions(self, viewer: Viewer, room: Room, before: int | None = None) -> list[Version]:
        """A page of versions numbered below `before`, newest first. Raises `Refusal` (NOT_YOURS)."""
        self._check_party(viewer, room.trade)
        return await self._history.versions(room.trade.id, before=before)

    async def expire(self, trade_id: int) -> datetime | None:
        """Close a trade whose deadline has passed; returns the deadline in force where it could not, else None.

        A trade that is closed already, or gone, is left alone. However it was overtaken, by a deadline that has moved
        or by a clock that was wrong, what is returned has been read after that.
        """
        try:
            await self._recorder.record(trade_id, Expire(), lambda _: None)
        except Refusal:
            standing = await self._history.trade(trade_id)
            if standing is not None and not standing.trade.status.final:
                return standing.trade.expires_at
        return None

    async def expires_by(self, trade_id: int, job_id: int) -> bool:
        """Whether this job is the one that is to expire the trade."""
        return await self._history.expiry_job(trade_id) == job_id

    async def expire_overdue(self, late: float = 0.0) -> int:
        """Close what a lost job left open, `late` seconds or more after its deadline; returns how many."""
        overdue = await self._history.overdue(late)
        for trade_id in overdue:
            try:
                await self.expire(trade_id)
            except Exception as error:
                again = trade_id in self._stubborn  # they are looked at every few seconds, and told once
                log.log(
                    logging.DEBUG if again else logging.ERROR,
                    "trade %s could not be expired; each look tries again",
                    trade_id,
                    exc_info=error,
                )
                self._stubborn.add(trade_id)
            else:
                self._stubborn.discard(trade_id)
        return len(overdue)

    async def _move(self, viewer: Viewer, trade_id: int, move: Move, request: UUID | None = None) -> Outcome:
        self._limits.check("moves", viewer.person.id)
        return await self._recorder.record_by(viewer, trade_id, move, request)

    @staticmethod
    def _check_party(viewer: Viewer, trade: Trade) -> None:
        if trade.role_of(viewer.person.id) is None:
            raise Refusal(Reason.NOT_YOURS, "This room belongs to two other people.")
