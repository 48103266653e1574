"""Addresses as settings give them: where to listen, where people come from, and where mails go.

Each check returns the accepted value or raises `ValueError`, whose text says what the setting takes.
"""

import ipaddress
import re
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import urlsplit

_HOST = re.compile(r"\[?([\w.:%-]+)\]?", re.ASCII)
_DATABASE = re.compile(r"postgres(?:ql)?://([^@/?]*@)?[^@/?]*(?:/[^@?]*)?(?:\?.*)?")
"""Nothing but a user and a password stands before an @; one that is not encoded parts a password in the middle."""
_BARE_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_SITE = re.compile(r"https?://([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.ASCII)
_LAST_PORT = 65_535


def check_host(value: str) -> str:
    """The address to listen on."""
    sentence = "takes an address or a name of this machine, such as 0.0.0.0"
    if not (found := _HOST.fullmatch(value)):
        raise ValueError(sentence)
    host = found[1]
    try:
        if ":" in host:  # it becomes a part of links
            ipaddress.IPv6Address(host)
    except ValueError:
        raise ValueError(sentence) from None
    return host


def check_proxies(value: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses and networks: one that is mistyped would be nobody's, and everybody behind the proxy one client."""
    for proxy in set(value) - {"*"}:
        try:
            ipaddress.ip_network(proxy)
        except ValueError:
            raise ValueError("takes addresses and networks such as 127.0.0.1, 10.0.0.0/8") from None
    return value


def check_site(value: str) -> str:
    """What links start with, as browsers write it; it stands in headers too."""
    value = value.rstrip("/").lower()
    found = _SITE.fullmatch(value)
    if value and (not found or not 1 <= int((found[2] or ":1")[1:]) <= _LAST_PORT):
        raise ValueError("takes an address such as https://trade.example.com, without a path, in ASCII (xn--…)")
    return value


def check_database(value: str) -> str:
    """The database. What libpq says about an address that it cannot read quotes it, with the password."""
    if value and (not _DATABASE.fullmatch(value) or _BARE_PERCENT.search(value)):
        raise ValueError("takes an address such as postgresql://user:password@host/database, percent-encoded")
    return value


def check_mail_server(value: str) -> str:
    """The mail server."""
    sentence = "takes an address such as smtp://user:password@mail.example.com:587 (or smtps://…), percent-encoded"
    try:
        parts = urlsplit(value)
        is_complete = parts.scheme in {"smtp", "smtps"} and parts.hostname and parts.port != 0
    except ValueError:
        raise ValueError(sentence) from None
    if value and (not is_complete or parts.path.strip("/") or parts.query or parts.fragment):
        raise ValueError(sentence)
    return value


def check_sender(value: str) -> str:
    """Who mails come from."""
    name, address = parseaddr(value)
    if not value:
        return value
    is_all = all(value.count(sign) == (name + address).count(sign) for sign in "@:")  # what is left out is no name
    try:
        if is_all and address.isascii() and all(address.rpartition("@")[::2]):
            return str(Address(name, addr_spec=address))
    except (HeaderParseError, ValueError):
        pass
    raise ValueError("takes an address such as Traderoom <noreply@example.com>")
