"""Writing mails and giving them to whoever sends them: what the queue's jobs do."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

from app import security_log
from app.db.absences import DEADLINE, Absences, weightiest
from app.db.addresses import AddressStore
from app.db.tables import Purpose
from app.mail import texts
from app.mail.mail import Mail
from app.mail.sender import Sender
from app.service.accounts import digest
from app.service.addresses import Addresses, new_token

CONFIRM, RECOVER, UNSUBSCRIBE = "/mail/confirm", "/mail/password", "/mail/unsubscribe"
"""What the links in mails lead to, before the token."""


class Mailing:
    """Sends each kind of mail; its methods raise `MailError`.

    `here` tells who looks at which trade now, by ids; `now` is the database's clock.
    """

    def __init__(
        self,
        *,
        sender: Sender,
        absences: Absences,
        store: AddressStore,
        addresses: Addresses,
        public_url: str,
        mail_from: str,
        here: Callable[[], Sequence[tuple[int, int]]],
        now: Callable[[], datetime],
    ) -> None:
        self._sender = sender
        self._absences = absences
        self._store = store
        self._addresses = addresses
        self._public_url = public_url
        self._mail_from = mail_from
        self._here = here
        self._now = now

    async def sweep(self) -> int:
        """Defer a job for each person who is due to be told of something; returns how many."""
        return await self._absences.sweep(self._here())

    async def send_news(self, trade_id: int, user_id: int, seq: int, about: str) -> None:
        """Tell somebody what happened while they were away, unless they have come back meanwhile, or it is outdated.

        What the mail tells is the weightiest of what is new when it is sent; `about` is what it was when it was due.
        """
        found = await self._absences.read(trade_id, user_id, seq, warns=about == DEADLINE)
        if found is None:
            return
        event = texts.Event(
            kind=None if about == DEADLINE else weightiest(found.kinds),
            other=found.other or "",
            title=found.title,
            version=found.version,
            deadline=found.deadline.astimezone(ZoneInfo(found.time_zone)),
        )
        mail = texts.news(
            event,
            to=found.address,
            name=f"{about}-{trade_id}-{user_id}-{seq}",
            reader=found.name,
            room=f"{self._public_url}/room/{found.code}",
            stop=f"{self._public_url}{UNSUBSCRIBE}/{self._addresses.unsubscribe_token(user_id)}",
        )
        await self._send(mail)

    async def send_link(self, purpose: Purpose, user_id: int, wanted_at: datetime | None = None) -> None:
        """Make a link and mail it. The token is in the mail alone: not in the job, and its digest in the database.

        `wanted_at` is when the address was wanted that is to be confirmed: what was wanted later has a job of its own.
        """
        token = new_token()
        to = await self._store.make_link(purpose, user_id, digest(token), wanted_at=wanted_at)
        if to is None:
            return
        security_log.note(f"{purpose.value}_mailed", person=user_id)
        write, path = (texts.confirmation, CONFIRM) if purpose is Purpose.CONFIRM else (texts.recovery, RECOVER)
        link = f"{self._public_url}{path}/{token}"
        await self._send(write(to=to.address, name=f"{purpose.value}-{uuid4()}", reader=to.name, link=link))

    async def send_change(self, user_id: int, to: str, job_id: int) -> None:
        """Tell an address that it is the account's no more."""
        if (name := await self._store.name_of(user_id)) is not None:
            await self._send(texts.change(to=to, name=f"change-{user_id}-{job_id}", reader=name))

    async def forget_old(self) -> None:
        """Clear away links whose time is over, and addresses that nobody confirmed."""
        await self._store.forget_old()

    async def _send(self, mail: Mail) -> None:
        await self._sender.send(mail.message(self._mail_from, self._now()))
