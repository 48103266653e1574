"""Everything that has to do with mails, on a database of each test's own, and a worker that sends them."""

import re
from email.message import EmailMessage
from functools import partial
from typing import Any

import pytest
from argon2 import PasswordHasher

from app import jobs
from app.db.absences import SWEEP_VALUES, Absences
from app.db.addresses import AddressStore
from app.db.queue import Queue
from app.mail.sender import KeptMails, Sender
from app.service import passwords as passwords_module
from app.service.accounts import Accounts
from app.service.addresses import Addresses
from app.service.limits import Limits
from app.service.mailing import Mailing
from app.service.recovery import Recovery
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.service.conftest import HERE, PASSWORD, PLENTY, who

SITE = "https://trade.example.com"
SECRET = "a secret of the tests"


class Post:
    """One process's use cases around mails; what a worker sends goes to `sender`, which keeps it unless told."""

    def __init__(self, market: Market, queue: Queue, sender: Sender | None = None, **rates: str) -> None:
        self.market, self.queue = market, queue
        self.kept = KeptMails()
        self.here: list[tuple[int, int]] = []
        limits = Limits({**PLENTY, **rates})
        self.store = AddressStore(market.database, queue)
        self.people = Accounts(market.accounts, limits)
        self.addresses = Addresses(self.store, self.people, limits, SECRET)
        self.recovery = Recovery(self.store, market.accounts, self.people, limits)
        self.mailing = Mailing(
            sender=sender or self.kept,
            absences=Absences(market.database, queue),
            store=self.store,
            addresses=self.addresses,
            public_url=SITE,
            mail_from="Traderoom <noreply@example.com>",
            here=lambda: self.here,
            now=market.database.clock.now,
        )
        jobs.register_mails(queue, self.mailing)

    async def newcomer(self, name: str, address: str = "") -> Viewer:
        """Somebody with an account, and with this address, confirmed."""
        viewer = await who(self.people, await self.people.sign_up(name, PASSWORD, address=HERE))
        if address:
            await self.run("INSERT INTO addresses (user_id, address) VALUES (%s, %s)", viewer.person.id, address)
        return viewer

    async def work(self) -> list[EmailMessage]:
        """Run every job that is due, and stop; returns the mails that this brought, the oldest first."""
        before = len(list(self.kept))
        await self.queue.app.run_worker_async(
            wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
        )
        return list(self.kept)[::-1][before:]

    async def run(self, statement: str, *values: Any) -> list[Any]:
        """What a statement returns, if anything."""
        async with self.market.database.raw() as connection:
            cursor = await connection.execute(statement.encode(), values)
            return await cursor.fetchall() if cursor.description else []


def token_in(mail: EmailMessage) -> str:
    """What the link of a mail carries."""
    found = re.search(rf"{SITE}/mail/\w+/(\S+)", text_of(mail))
    assert found is not None
    return found[1]


def text_of(mail: EmailMessage) -> str:
    """What a person reads."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords without the effort that makes guessing them slow, and the tests too."""
    hasher = partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords_module, "PasswordHasher", hasher)


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is new is due at once."""
    monkeypatch.setitem(SWEEP_VALUES, "unseen_for", SWEEP_VALUES["unseen_for"] * 0)


@pytest.fixture
async def post(market: Market, queue: Queue, cheap: None) -> Post:
    """Use cases with generous limits."""
    return Post(market, queue)
