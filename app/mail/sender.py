"""Who takes a mail: a mail server, by SMTP, or, in the demo, the page that shows what would have been sent."""

import ssl
from collections import deque
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

_PATIENCE = 20.0
"""Seconds for each word of a mail server's."""
_UNTIL_TAKEN = 600.0
"""Seconds for its words about a mail: one that looks through it slowly has taken it all the same, and would get it
again (RFC 5321, 4.5.3.2.6)."""
_KEPT = 200
"""Mails that the demo shows."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_FOR_GOOD = 500
"""From this status on a server would say the same again (RFC 5321, 4.2.1)."""


class MailError(Exception):
    """A mail was not taken. The text names no address; `for_good` tells that trying again is of no use."""

    def __init__(self, text: str, *, for_good: bool = False) -> None:
        super().__init__(text)
        self.for_good = for_good


class Sender(Protocol):
    """Takes mails."""

    async def send(self, message: EmailMessage) -> None:
        """Give it away. Raises `MailError`."""
        ...


class SmtpSender:
    """Gives each mail to a mail server, over a connection of its own."""

    def __init__(self, url: str) -> None:
        """`url` is ``smtp://user:password@host:port``, or ``smtps://…`` for TLS from the first word on.

        With ``smtp`` the connection turns to TLS where the server offers it (STARTTLS); a password is told over TLS
        only, but on this machine itself, where nobody is in between and certificates are seldom anybody's.
        """
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._tls = parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587 if self._user else 25)
        self._is_near = self._host in _LOOPBACK

    async def send(self, message: EmailMessage) -> None:
        """Give it to the server. Raises `MailError`: for good where the server refuses this mail or its reader."""
        context = ssl.create_default_context()
        if self._is_near:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        must_be_tls = bool(self._user) and not self._is_near
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user or None,
            password=self._password or None,
            use_tls=self._tls,
            start_tls=False if self._tls else True if must_be_tls else None,
            tls_context=context,
            timeout=_PATIENCE,
        )
        sent_by, to = message["From"].addresses[0].addr_spec, str(message["To"])
        try:
            async with client:
                await client.sendmail(sent_by, to, bytes(message), timeout=_UNTIL_TAKEN)
        except aiosmtplib.SMTPRecipientsRefused as error:
            code = error.recipients[0].code
            raise MailError(f"the mail server refused the reader ({code})", for_good=code >= _FOR_GOOD) from None
        except aiosmtplib.SMTPDataError as error:
            raise MailError(
                f"the mail server refused the mail ({error.code})", for_good=error.code >= _FOR_GOOD
            ) from None
        except aiosmtplib.SMTPResponseException as error:
            # The sender, or the password: the operator's to mend, and worth another try then.
            raise MailError(f"the mail server refused us ({error.code}, {type(error).__name__})") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailError(f"the mail server cannot be used ({type(error).__name__})") from None


class KeptMails:
    """Sends nothing and keeps the newest mails, for the demo to show."""

    def __init__(self) -> None:
        self._mails: deque[EmailMessage] = deque(maxlen=_KEPT)

    async def send(self, message: EmailMessage) -> None:
        """Keep it."""
        self._mails.appendleft(message)

    def __iter__(self) -> Iterator[EmailMessage]:
        """The mails, the newest first."""
        return iter(self._mails)
