"""A real mail server (aiosmtpd) in the test's own loop, which takes mails, or refuses what it is told to."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from warnings import catch_warnings

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "traderoom", "p@ss/word"


class MailServer:
    """What has arrived, by TLS or not, and what is refused: a reply for a command (``MAIL``, ``RCPT``, ``DATA``)."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.was_tls: list[bool] = []
        self.users: list[str] = []
        self.refuses: dict[str, str] = {}
        self.port = 0
        #: Seconds that it looks through a mail before it takes it.
        self.ponders = 0.0

    def url(self, *, scheme: str = "smtp", user: str = "") -> str:
        """Its address as a setting; `user` is ``name:password``, percent-encoded."""
        return f"{scheme}://{f'{user}@' if user else ''}127.0.0.1:{self.port}"

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.refuses.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802 - the same
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" not in self.refuses:
            envelope.rcpt_tos.append(address)
        return self.refuses.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        if "DATA" in self.refuses:
            return self.refuses["DATA"]
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        await asyncio.sleep(self.ponders)
        self.recipients += envelope.rcpt_tos
        self.was_tls.append(session.ssl is not None or self._is_smtps)
        return "250 OK"

    _is_smtps = False

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        """Whether that is the user."""
        fits = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        self.users += [data.login.decode()] * fits
        return AuthResult(success=fits, handled=False)


@asynccontextmanager
async def mail_server(
    *, starttls: bool = False, smtps: bool = False, auth: bool = False, port: int = 0
) -> AsyncIterator[MailServer]:
    """A running server; `auth` takes nothing from who has not signed in, and no password but over TLS."""
    server = MailServer()
    server._is_smtps = smtps
    how: dict[str, Any] = {"enable_SMTPUTF8": False, "hostname": "mail.test"}
    if starttls:
        how["tls_context"] = tls_context()
    if auth:
        how |= {"authenticator": server.authenticate, "auth_required": True, "auth_require_tls": starttls}
    loop = asyncio.get_running_loop()

    def protocol() -> SMTP:
        with catch_warnings(action="ignore", category=UserWarning):  # it warns of passwords without TLS
            return SMTP(server, loop=loop, **how)

    listening = await loop.create_server(protocol, "127.0.0.1", port, ssl=tls_context() if smtps else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()


@cache
def tls_context() -> ssl.SSLContext:
    """A server's, with a certificate that nobody knows."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as directory:
        path = Path(directory, "both.pem")
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context.load_cert_chain(path)
    return context
