"""JSON as a verifier has to read it: what two readers could understand differently is refused.

RFC 8259 leaves open what a key that stands twice means, and how a number is written. Here a document has one meaning or
none: UTF-8 without a mark at its beginning, each key once, whole numbers in one form, no other numbers, bounded depth
and size. White space outside strings, and how a character is escaped, mean nothing to anybody and are free.
"""

import json
import re
from typing import Any, Never

from app.domain.text import harmless

LARGEST = 256 * 2**20
"""Bytes; a receipt of a hundred thousand messages of usual length has a tenth of it."""
DEEPEST = 8
"""Objects and lists in one another; a receipt has four."""
_BOM = b"\xef\xbb\xbf"
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+\\?(?:"|\Z)', re.DOTALL)
"""A string, or what begins as one and never ends: so that each byte is looked at once."""
_WHOLE = re.compile(r"0|[1-9][0-9]{0,18}")


class UnreadableError(Exception):
    """The bytes have no one meaning; the text is a sentence that says why."""


def read(raw: bytes) -> Any:
    """The document that the bytes hold. Raises `UnreadableError`, and nothing else, whatever they are."""
    if len(raw) > LARGEST:
        raise UnreadableError(f"The file has more than {LARGEST:,} bytes.")
    if raw.startswith(_BOM):
        raise UnreadableError("The file begins with a byte order mark.")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The file is not UTF-8: byte {error.start + 1:,} cannot be read.") from None
    if _is_too_deep(raw):
        raise UnreadableError(f"The file holds objects and lists more than {DEEPEST} deep in one another.")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_int=_whole, parse_float=_no_number, parse_constant=_no_number
        )
        json.dumps(document, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise UnreadableError(f"The file is not JSON: {error.msg}, line {error.lineno:,}.") from None
    except UnicodeEncodeError:
        raise UnreadableError("The file holds half of a character (a lone surrogate).") from None
    except RecursionError:
        raise UnreadableError("The file holds objects and lists too deep in one another.") from None
    return document


def _is_too_deep(raw: bytes) -> bool:
    """Counted before anything is parsed, for a parser may die of it."""
    depth = 0
    for sign in re.finditer(rb"[\[\]{}]", _STRING.sub(b"", raw)):
        depth += 1 if sign[0] in b"[{" else -1
        if depth > DEEPEST:
            return True
    return False


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {}
    for key, value in pairs:
        if key in document:
            raise UnreadableError(f"The key “{harmless(key[:40])}” stands twice in one object.")
        document[key] = value
    return document


def _whole(digits: str) -> int:
    if not _WHOLE.fullmatch(digits):
        _no_number(digits)
    return int(digits)


def _no_number(digits: str) -> Never:
    raise UnreadableError(f"“{digits[:40]}” is not how a receipt writes a number.")
