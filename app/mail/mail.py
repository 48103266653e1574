"""A mail: its words once, from which come the text and the HTML; nothing in it could be taken for a header.

What people typed is isolated from the direction of what surrounds it (Unicode's UAX 9), and escaped in the HTML.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from typing import Any, TypeVar

from markupsafe import Markup, escape

T = TypeVar("T", bound=str)
_ISOLATE, _END = "\u2068", "\u2069"
_PARAGRAPH = Markup('<p style="margin:0 0 16px">{}</p>')
_SMALL = Markup('<p style="margin:0 0 8px;font-size:13px">{}</p>')
_LINK = Markup('<a href="{0}">{1}</a>')
_DOCUMENT = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{}</title></head>'
    '<body style="margin:24px;max-width:560px;font:16px/1.5 sans-serif">{}</body></html>'
)


class _LiteralHeader(UnstructuredHeader, BaseHeader):
    """A header that says what it is given: the library decodes what looks encoded (RFC 2047), line breaks too."""

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        super().parse("", kwds)
        kwds["decoded"] = value


class _LineHeader(_LiteralHeader):
    """One line however long it is: the library would hide an address in that encoding."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _WordsHeader(_LiteralHeader):
    """What people read, encoded as a whole unless it is plain: the library loses blanks between what it encodes."""

    def fold(self, *, policy: Policy) -> str:
        is_plain = self.isascii() and "=?" not in self
        words = str(self) if is_plain else _encoded(self, self.name, policy.linesep)
        return f"{self.name}: {words}{policy.linesep}"


def _encoded(words: str, name: str, linesep: str) -> str:
    """As RFC 2047 has it, in lines of 76 characters at most (there, 2): the library counts two too few."""
    return Header(words, "utf-8", header_name=name, maxlinelen=74).encode(linesep=linesep)


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _LineHeader)
_HEADERS.map_to_type("to", _LineHeader)
_HEADERS.map_to_type("subject", _WordsHeader)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class Words:
    """A sentence; in the places `{}` of the template stands what people typed."""

    template: str
    typed: tuple[str, ...] = ()

    def text(self) -> str:
        """As plain text. What is not ASCII stands between isolates."""
        return self.template.format(*(t if t.isascii() else f"{_ISOLATE}{t}{_END}" for t in self.typed))

    def html(self) -> Markup:
        """As HTML."""
        return escape(self.template).format(*(Markup("<bdi>{}</bdi>").format(t) for t in self.typed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What one mail says, to whom."""

    #: The address, ASCII.
    to: str
    #: What the mail is known by: the same for the same mail, however often it is tried to send it.
    name: str
    subject: Words
    body: tuple[Words, ...]
    #: The one thing to do: what the link says, and its address.
    link: tuple[str, str] = ("", "")
    #: Small print at the end.
    why: Words = Words("")
    #: Where a click, or a mail program by itself, ends such mails (RFC 8058); empty for mails that are asked for.
    unsubscribe: str = ""

    def message(self, sender: str, now: datetime) -> EmailMessage:
        """The mail as it is sent. `sender` is an address, with a name or without."""
        message = EmailMessage(_POLICY)
        message["From"], message["To"], message["Date"] = sender, self.to, now
        message["Subject"] = self.subject.text()
        message["Message-ID"] = f"<{self.name}@{_domain(sender)}>"
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of a machine is wanted
        if self.unsubscribe:
            message["List-Unsubscribe"] = f"<{self.unsubscribe}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content("\n\n".join(self._parts(Words.text, "{1}:\n{0}".format)) + "\n")
        paragraphs = Markup("").join(self._paragraphs())
        message.add_alternative(_DOCUMENT.format(self.subject.text(), paragraphs), subtype="html")
        return message

    def _paragraphs(self) -> Iterator[Markup]:
        small = bool(self.why.template) + bool(self.unsubscribe)
        parts = list(self._parts(Words.html, _LINK.format))
        for number, part in enumerate(parts):
            yield (_SMALL if number >= len(parts) - small else _PARAGRAPH).format(part)

    def _parts(self, said: Callable[[Words], T], linked: Callable[[str, str], T]) -> Iterator[T]:
        """All that the mail says, in order, in one of its two forms."""
        yield from map(said, self.body)
        if self.link[1]:
            yield linked(self.link[1], self.link[0])
        if self.why.template:
            yield said(self.why)
        if self.unsubscribe:
            yield linked(self.unsubscribe, "Unsubscribe")


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2].rstrip("> ")
