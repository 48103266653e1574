"""Privacy: what a person can ask of what is held about them: all of it as JSON, and the deletion of their account."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from datetime import datetime

from app import security_log
from app.db.accounts import AccountStore
from app.db.addresses import AddressStore
from app.db.history import History
from app.db.read_marks import ReadMarkStore
from app.domain.chain import body_of, utc_text
from app.domain.kinds import Role, Status
from app.domain.names import GONE
from app.domain.read_marks import ReadMark
from app.domain.trade import Person, Standing, Trade
from app.rooms.lobby import Lobby
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.negotiation import Negotiation
from app.service.viewer import Viewer

_TRADES, _ACTIONS = 50, 100
"""Read at once."""


class Privacy:
    """Use cases around a person's own data. `now` is the database's clock."""

    def __init__(
        self,
        *,
        store: AccountStore,
        addresses: AddressStore,
        history: History,
        marks: ReadMarkStore,
        accounts: Accounts,
        negotiation: Negotiation,
        lobby: Lobby,
        limits: Limits,
        now: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._addresses = addresses
        self._history = history
        self._marks = marks
        self._accounts = accounts
        self._negotiation = negotiation
        self._lobby = lobby
        self._limits = limits
        self._now = now

    async def export(self, viewer: Viewer) -> AsyncIterator[str]:
        """All that is held about the viewer, as one JSON document in pieces: account, sessions, trades, and in each
        trade what the viewer did and wrote, and how far they have seen it. Raises `Refusal` when that was asked for too
        often."""
        self._limits.check("exports", viewer.person.id)
        security_log.note("data_exported", person=viewer.person.id)
        return self._document(viewer)

    async def delete_account(self, viewer: Viewer, password: str) -> None:
        """Delete the account: the name is replaced, the sessions end, the audit trail stays as it is.

        Offers that nobody has joined get a link that nobody has, so that nobody ever will. Raises `Refusal`: wrong
        password, or a negotiation that is still open.
        """
        await self._accounts.check_deletable(viewer)
        await self._accounts.check_password(viewer, password, "password")
        async for standing in self._trades(viewer, (Status.DRAFT,)):
            if self._now() < standing.trade.expires_at:
                await self._negotiation.renew_link(viewer, standing.trade.id)
        await self._accounts.delete(viewer)
        self._lobby.rename(Person(viewer.person.id, GONE))

    async def _trades(self, viewer: Viewer, statuses: tuple[Status, ...]) -> AsyncIterator[Standing]:
        last = 0
        while page := await self._history.of_party(viewer.person.id, statuses, after=last, limit=_TRADES):
            last = page[-1].trade.id
            for standing in page:
                yield standing

    async def _document(self, viewer: Viewer) -> AsyncIterator[str]:
        sessions = [
            {
                "since": utc_text(session.created_at),
                "last_used": utc_text(session.seen_at),
                "time_zone": session.time_zone,
                "theme": session.theme,
            }
            for session in await self._store.sessions_of(viewer.person.id)
        ]
        known = await self._addresses.of(viewer.person.id)
        head = {
            "exported_at": utc_text(self._now()),
            "account": {
                "id": viewer.person.id,
                "name": viewer.person.name,
                "introduced": viewer.introduced,
                "since": utc_text(await self._store.created_at(viewer.person.id)),
                **({"email": asdict(known)} if known.address or known.wanted else {}),
            },
            "sessions": sessions,
        }
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "trades": ['
        between, told = "", set()
        marks = await self._marks.of_person(viewer.person.id)
        async for standing in self._trades(viewer, tuple(Status)):
            told.add(standing.trade.id)
            entry = _entry(viewer, standing.trade) | _seen(marks.get(standing.trade.id))
            yield between
            async for piece in self._with_what_was_done(entry, viewer, standing.trade):
                yield piece
            between = ","
        for standing in await self._history.left_by(viewer.person.id):
            if standing.trade.id in told:
                continue  # the seat was released just now
            left = {"id": standing.trade.id, **_seen(marks.get(standing.trade.id))}
            yield between
            async for piece in self._with_what_was_done(left, viewer, standing.trade):
                yield piece
            between = ","
        yield "]}"

    async def _with_what_was_done(self, head: dict[str, object], viewer: Viewer, trade: Trade) -> AsyncIterator[str]:
        """What is held about a trade, in pieces: however much was said in it, others have their turn between them."""
        yield json.dumps(head, ensure_ascii=False)[:-1] + ', "done_by_you": ['
        seq, between = 0, ""
        while actions := await self._history.actions_since(trade.id, seq, limit=_ACTIONS):
            seq = actions[-1].seq
            done = [
                {"seq": action.seq, "at": utc_text(action.at), **body_of(action, trade)}
                for action in actions
                if action.actor is not None and action.actor.id == viewer.person.id
            ]
            if done:
                yield between + json.dumps(done, ensure_ascii=False)[1:-1]
                between = ", "
        yield "]}"


def _entry(viewer: Viewer, trade: Trade) -> dict[str, object]:
    role = trade.role_of(viewer.person.id)
    other = trade.counterparty(viewer.person.id)
    return {
        "id": trade.id,
        "title": trade.title,
        "role": role.value if role else None,
        "counterparty": other.name if other else None,
        "invited": trade.invited if role is Role.SELLER else None,
        "status": trade.status.value,
        "version": trade.version,
        "price": f"{trade.terms.price:.2f}",
        "currency": trade.currency,
        "unit": trade.unit,
        "quantity": trade.terms.quantity,
        "description": trade.terms.description,
        "created_at": utc_text(trade.created_at),
        "deadline": utc_text(trade.expires_at),
        "closed_at": utc_text(trade.closed_at) if trade.closed_at else None,
    }


def _seen(mark: ReadMark | None) -> dict[str, object]:
    """How far somebody has seen a trade, by the places of its actions."""
    if mark is None:
        return {}
    return {
        "seen_by_you": {
            "up_to": mark.seen_seq,
            "last_there": utc_text(mark.seen_at) if mark.seen_at else None,
            "mailed_up_to": mark.mailed_seq,
            "warned_of_deadline": utc_text(mark.mailed_deadline) if mark.mailed_deadline else None,
        }
    }
