"""The composition root: builds every object, hands it what it needs, starts and stops what runs in the background."""

import asyncio
import contextlib
import gc
import logging
import math
import secrets
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from app import jobs
from app.capacity import CapacityLimiter, client_of
from app.db.absences import Absences
from app.db.accounts import AccountStore
from app.db.addresses import AddressStore
from app.db.engine import Database
from app.db.feed import Feed
from app.db.history import History
from app.db.ledger import Ledger
from app.db.queue import Queue, Worker
from app.db.read_marks import ReadMarkStore
from app.domain.trade import Person
from app.mail.sender import KeptMails, SmtpSender
from app.patches.socket_guard import SocketGuard
from app.rooms.dashboard import Dashboard
from app.rooms.lobby import Lobby
from app.rooms.presence import Presence
from app.rooms.ticker import Ticker
from app.service.accounts import Accounts
from app.service.addresses import Addresses
from app.service.limits import Limits
from app.service.mailing import Mailing
from app.service.negotiation import Negotiation
from app.service.privacy import Privacy
from app.service.read_marks import ReadMarks
from app.service.receipts import Receipts
from app.service.recorder import Recorder
from app.service.recovery import Recovery
from app.service.trades import Trades
from app.settings import Settings
from app.ui.http.cookies import SESSION_COOKIE, Cookies, cookie_name
from app.ui.http.requests import session_of
from app.ui.http.workshop import Workshop
from app.ui.live.outage import Outage
from app.ui.live.pending_pages import PendingPages
from app.ui.site import Post, Site

log = logging.getLogger(__name__)
_EXPORTS_AT_ONCE = 2
"""Pieces of what is put together while it is sent, a person's data and a trade on paper: one of each person, with a
rest as long as it took for who waits for more. Each takes a second of others' time, and thirty a minute are allowed."""


class Application:
    """One process's Traderoom. Use it as an async context manager around serving, working, or a single command."""

    def __init__(self, settings: Settings, url: str) -> None:
        self.settings = settings
        origin = secrets.token_hex(8)
        self.database = Database(url)
        self.queue = Queue(url)
        self.history = History(self.database)
        self.ledger = Ledger(self.database, self.queue, origin)
        now = self.database.clock.now
        self.presence = Presence()
        self.ticker = Ticker(now)
        self.dashboard = Dashboard(self.history, self.presence)
        self.lobby = Lobby(self.history, self.ticker, self.presence, self.dashboard)
        limits = self._limits = Limits(
            {
                "sign_up": settings.limit_sign_up,
                "sign_in": settings.limit_sign_in,
                "guesses": settings.limit_guesses,
                "guesses_at_name": settings.limit_guesses_at_name,
                "moves": settings.limit_moves,
                "messages": settings.limit_messages,
                "rooms": settings.limit_rooms,
                "exports": settings.limit_exports,
                "mails": settings.limit_mails,
                "mails_to_one": settings.limit_mails_to_one,
            }
        )
        store = self._store = AccountStore(self.database)
        self.accounts = Accounts(store, limits)
        recorder = Recorder(self.ledger, self.history, self.lobby, now)
        self.negotiation = Negotiation(recorder, self.history, self.lobby, limits)
        self.trades = Trades(
            self.ledger,
            self.history,
            self.lobby,
            self.dashboard,
            limits,
            most_open=settings.limit_open_trades,
            shows_all=settings.dashboard != "off",
        )
        marks = ReadMarkStore(self.database)
        self.read_marks = ReadMarks(marks, self.lobby)
        addresses = AddressStore(self.database, self.queue)
        self.privacy = Privacy(
            store=store,
            addresses=addresses,
            history=self.history,
            marks=marks,
            accounts=self.accounts,
            negotiation=self.negotiation,
            lobby=self.lobby,
            limits=limits,
            now=now,
        )
        self.workshop = Workshop()
        self.outage = Outage()
        self.sockets = SocketGuard(
            cookie_name(SESSION_COOKIE, secure=settings.https),
            session_of,
            client_of,
            most=settings.limit_pages,
            most_of_one=settings.limit_connections_of_one,
        )
        self.feed = Feed(
            self.database,
            origin,
            self.lobby.heard,
            self._resume,
            ended=self.sockets.close_pages,
            renamed=lambda user_id, name: self.lobby.rename(Person(user_id, name)),
            listening=self.outage.show,
        )
        self.worker = Worker(self.queue, url)
        self._tasks: list[asyncio.Task[None]] = []
        self._works = False
        self.post = self._post(addresses) if settings.mails else None
        jobs.register(self.queue, self.negotiation, self.trades, self.accounts)

    def _post(self, store: AddressStore) -> Post:
        """All that has to do with mails."""
        settings = self.settings
        kept = KeptMails()
        addresses = Addresses(store, self.accounts, self._limits, settings.resolve_secret())
        mailing = Mailing(
            sender=SmtpSender(settings.smtp_url) if settings.smtp_url else kept,
            absences=Absences(self.database, self.queue),
            store=store,
            addresses=addresses,
            public_url=settings.public_url,
            mail_from=settings.mail_from,
            here=self.presence.looking,
            now=self.database.clock.now,
        )
        jobs.register_mails(self.queue, mailing)
        return Post(
            addresses, Recovery(store, self._store, self.accounts, self._limits), kept, shown=not settings.smtp_url
        )

    def site(self) -> Site:
        """What pages are made with."""
        secret = self.settings.resolve_secret()
        return Site(
            settings=self.settings,
            cookies=Cookies(secret, secure=self.settings.https),
            pending=PendingPages(),
            outage=self.outage,
            receipts=Receipts(self.history, limits=self._limits, secret=secret),
            privacy=self.privacy,
            post=self.post,
            accounts=self.accounts,
            trades=self.trades,
            negotiation=self.negotiation,
            read_marks=self.read_marks,
            questions=CapacityLimiter(math.inf, each=1),
            exports=CapacityLimiter(_EXPORTS_AT_ONCE, each=1, rests=True),
            workshop=self.workshop,
            presence=self.presence,
            ticker=self.ticker,
            dashboard=self.dashboard,
            now=self.database.clock.now,
            health=self.health,
        )

    async def __aenter__(self) -> Self:
        """Connect to the database; nothing runs in the background yet."""
        await self.database.open()
        await self.queue.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in reversed(self._tasks):
            task.cancel()
        for task in reversed(self._tasks):
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.queue.close()
        await self.database.close()

    def start_work(self) -> None:
        """Start what a worker needs: news of the database itself, the jobs, and the look for what they left."""
        self._works = True
        self._run(self.feed.run(), "feed")
        self._run(self.worker.run(), "worker")
        self._run(jobs.look_for_overdue(self.negotiation), "look for overdue trades")

    async def go_live(self) -> None:
        """Start what a web server needs: news from the database, the clocks, the dashboard, and a worker if set."""
        if self.settings.worker:
            self.start_work()
        else:
            self._run(self.feed.run(), "feed")
        self._run(self.ticker.run(), "ticker")
        await self.dashboard.reload()
        # What stands now stays for good; collecting it again and again would only cost pauses.
        gc.collect()
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)

    async def _resume(self) -> None:
        """Catch up with what may have been missed while no news came in."""
        for session_id in await self._store.ended_of(self.sockets.live_sessions()):
            self.sockets.close_pages(session_id)
        if people := self.lobby.people():
            for person in await self._store.renamed(people):
                self.lobby.rename(person)
        await self.lobby.resume()

    def _run(self, coroutine: Coroutine[Any, Any, None], name: str) -> None:
        self._tasks.append(asyncio.create_task(coroutine, name=name))

    def health(self) -> dict[str, bool]:
        """What works, by name: the database, and the worker where this process runs one. News are named only where
        they do not come although the database answers, and writing only where it answers and takes nothing."""
        works = {"database": self.feed.answers}
        if works["database"] and not self.feed.listening:
            works["news"] = False
        if works["database"] and self.feed.read_only:
            works["writing"] = False
        if self._works:
            works["worker"] = self.worker.working
        return works
