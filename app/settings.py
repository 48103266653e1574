"""Settings, from the environment or `.env`, every name prefixed with ``TRADEROOM_``.

They are validated once, at start-up; a wrong value stops the start with one line (`SettingsError`) that names the
setting and what it takes.
"""

import ipaddress
import logging
import os
import secrets
import socket
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from limits import parse_many
from pydantic import AfterValidator, Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import endpoints
from app.domain.currency import USD, check_currency
from app.domain.refusals import Refusal
from app.domain.terms import MAX_MINUTES

PREFIX = "TRADEROOM_"


class SettingsError(Exception):
    """A setting has a wrong value; the text is one line for the person who starts Traderoom."""


def _check_rate(rate: str) -> str:
    try:
        (_,) = parse_many(rate)
    except ValueError:
        raise ValueError("takes a rate such as 30/minute") from None
    return rate


Rate = Annotated[str, AfterValidator(_check_rate)]
"""How often something may happen, in the notation of the limits library: ``30/minute``."""


def _from_home(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:
        raise ValueError("takes a path, and nobody here has the home that this one begins with") from None


Place = Annotated[Path, AfterValidator(_from_home)]
"""A path, in which ``~`` is a home: a shell does not put that in the place of one in `.env`."""


class Settings(BaseSettings):
    """What can be set. The table in `docs/operations.md` repeats the names and defaults."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", hide_input_in_errors=True)

    #: The application's PostgreSQL, ``postgresql://…``; empty: the embedded one.
    database_url: str = ""
    #: The role that owns the schema, where the application runs as another; empty: one role does both.
    owner_url: str = ""
    #: The address to listen on.
    host: Annotated[str, AfterValidator(endpoints.check_host)] = "127.0.0.1"
    #: The port to listen on.
    port: int = Field(8080, ge=1, le=65_535)
    #: What invitation links start with, without a path; empty: made from host and port.
    public_url: Annotated[str, AfterValidator(endpoints.check_site)] = ""
    #: Further host names to answer to, separated by commas.
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    #: Addresses of proxies whose forwarded headers count, separated by commas.
    trusted_proxies: Annotated[tuple[str, ...], NoDecode, AfterValidator(endpoints.check_proxies)] = ()
    #: What cookies and receipts are signed with, at least 16 characters; empty: generated once and kept.
    secret: str = ""
    #: Where the embedded database and the generated secret are.
    data_dir: Place = Path(".data")
    #: Minutes to the deadline that a new trade starts with.
    expiry_minutes: int = Field(30, ge=1, le=MAX_MINUTES)
    #: The currency that a new trade starts with, ISO 4217.
    currency: str = USD
    #: Whether new trades stand on everybody's dashboard, or are private unless their seller lists them; off: there
    #: everybody sees their own trades only.
    dashboard: Literal["listed", "private", "off"] = "listed"
    #: Whether `serve` runs the jobs too.
    worker: bool = True
    #: Where a worker alone answers `/healthz` and `/readyz`; None: nowhere.
    health_port: int | None = Field(None, ge=1, le=65_535)
    #: The mail server, ``smtp://user:password@host:port`` or ``smtps://…``; empty: no mails, but the demo shows them.
    smtp_url: Annotated[str, AfterValidator(endpoints.check_mail_server)] = ""
    #: Who mails come from, an address with a name or without; empty: ``traderoom`` at the public URL's host.
    mail_from: Annotated[str, AfterValidator(endpoints.check_sender)] = ""
    #: Whether the demo's people and trades are there; unset: with the embedded database on a loopback address.
    demo: bool = False
    #: Sign-ups from one address.
    limit_sign_up: Rate = "30/minute"
    #: Sign-ins from one address.
    limit_sign_in: Rate = "60/minute"
    #: Failed sign-ins under one name from one address, or from one browser that is known.
    limit_guesses: Rate = "20/minute"
    #: Failed sign-ins under one name from all browsers that are not known.
    limit_guesses_at_name: Rate = "100/minute"
    #: Moves of one person.
    limit_moves: Rate = "600/minute"
    #: Messages of one person.
    limit_messages: Rate = "600/minute"
    #: Room links opened by one person.
    limit_rooms: Rate = "300/minute"
    #: Receipts and data downloaded by one person.
    limit_exports: Rate = "30/minute"
    #: Mails that are asked for by one person or from one address.
    limit_mails: Rate = "30/hour"
    #: Mails that are asked for to one e-mail address, or under one name.
    limit_mails_to_one: Rate = "5/hour"
    #: Open offers of one person.
    limit_open_trades: int = Field(500, ge=1)
    #: Connections at once.
    limit_connections: int = Field(10_000, ge=1)
    #: Connections at once from one address; an IPv6 client is its /64, and a trusted proxy is many clients.
    limit_connections_of_one: int = Field(1_000, ge=1)
    #: Pages of one person that are open at once.
    limit_pages: int = Field(300, ge=1)
    #: Whether the speed patches of `app.patches` are put in place; what security needs always is.
    patches: bool = True
    #: The least important records that are logged.
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    #: Text for people, or one JSON object a line.
    log_format: Literal["text", "json"] = "text"
    #: A file for the security log, always JSON; None: standard error.
    security_log: Place | None = None

    @field_validator("allowed_hosts", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("health_port", "security_log", mode="before")
    @classmethod
    def _nowhere(cls, value: object) -> object:
        return value or None if isinstance(value, str) else value

    @field_validator("data_dir", mode="before")
    @classmethod
    def _place(cls, value: object) -> object:
        if not (text := str(value)).strip():  # a path would take it for whatever directory we are started in
            raise ValueError("takes a directory, such as .data, or . for this one")
        if text.encode(errors="ignore").decode() != text or set(text) & {"\n", "\r"}:
            raise ValueError("takes a directory's path, one line of UTF-8")
        return value

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, value: str) -> str:
        try:
            return check_currency(value)
        except Refusal:
            raise ValueError("takes a currency's code, such as EUR, with at most two decimals") from None

    @field_validator("dashboard", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("database_url", "owner_url")
    @classmethod
    def _postgres(cls, value: str) -> str:
        return endpoints.check_database(value.strip())

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.database_url and not self.secret:
            raise ValueError("SECRET is required when DATABASE_URL is set: a long random text, kept private")
        if self.secret and len(self.secret) < 16:  # noqa: PLR2004
            raise ValueError("SECRET takes at least 16 characters")
        if self.secret.encode(errors="ignore").decode() != self.secret:
            raise ValueError("SECRET takes a text, not bytes: such as what `openssl rand -base64 32` prints")
        if "demo" not in self.model_fields_set:
            self.demo = not self.database_url and self.is_loopback
        elif self.demo and self.database_url:
            raise ValueError("DEMO is only for the embedded database; unset it or DATABASE_URL")
        if not self.public_url:
            host = self.host
            if self.is_loopback:
                host = "localhost"
            elif host in {"0.0.0.0", "::"}:  # noqa: S104 - recognised, not bound
                host = socket.gethostname()
            self.public_url = f"http://{f'[{host}]' if ':' in host else host}:{self.port}"
        if not self.mail_from:
            host = urlsplit(self.public_url).hostname or ""
            self.mail_from = f"Traderoom <traderoom@{f'[IPv6:{host}]' if ':' in host else host}>"
        return self

    @property
    def lists_trades(self) -> bool:
        """Whether a new trade stands on everybody's dashboard unless the seller wants it private."""
        return self.dashboard == "listed"

    @property
    def mails(self) -> bool:
        """Whether mails are sent, or shown by the demo; without, no page speaks of them."""
        return bool(self.smtp_url) or self.demo

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @property
    def https(self) -> bool:
        """Whether people reach the server by HTTPS (through a proxy in front of it)."""
        return self.public_url.startswith("https://")

    def answers_to(self, host_header: str) -> bool:
        """Whether a request's Host header names this server.

        Plain IP addresses always do: a page of somebody else's can rebind a host name to us, but not an address.
        """
        name = ""
        try:
            name = (urlsplit(f"//{host_header}").hostname or "").lower()
            ipaddress.ip_address(name)
        except ValueError:
            own = (urlsplit(self.public_url).hostname or "").lower()
            return name in {own, "localhost", *(host.lower() for host in self.allowed_hosts)}
        return True

    def resolve_secret(self) -> str:
        """The signing secret: the one set, else one generated once and kept in the data directory, mode 0600.

        Raises `SettingsError` when it can be neither read nor written.
        """
        if self.secret:
            return self.secret
        path = self.data_dir / "secret"
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                    file.write(secrets.token_urlsafe(48))
            except FileExistsError:
                pass
            if kept := path.read_text().strip():
                return kept
        except UnicodeDecodeError:
            raise SettingsError(f"DATA_DIR {self.data_dir}: the file 'secret' is not text; delete it.") from None
        except OSError as error:
            raise SettingsError(
                f"DATA_DIR {self.data_dir}: cannot keep the secret there ({error.strerror})."
            ) from error
        raise SettingsError(f"DATA_DIR {self.data_dir}: the file 'secret' is empty; delete it and start again.")


class _Refusing(logging.Handler):
    """python-dotenv warns of a line that it cannot read, and leaves it out: without its database, the demo starts."""

    def emit(self, record: logging.LogRecord) -> None:
        raise SettingsError(f".env: {record.getMessage()}")


def load(**overrides: object) -> Settings:
    """The settings of this start; `overrides` (command-line options) win where they are not None.

    Raises `SettingsError` with one line for the first wrong value.
    """
    refusing, reader = _Refusing(), logging.getLogger("dotenv.main")
    reader.addHandler(refusing)
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})  # type: ignore[arg-type]
    except UnicodeDecodeError:
        raise SettingsError(".env is not a text file in UTF-8") from None
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = PREFIX + "_".join(str(part) for part in first["loc"]).upper() if first["loc"] else PREFIX
        message = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}{': ' if first['loc'] else ''}{message}") from None
    finally:
        reader.removeHandler(refusing)
