"""The limits of what people may type: texts, titles and passwords; names are in `names.py`.

Limits are those of the contract; the database repeats the lengths as constraints. A function named `check_…` returns
the accepted value or raises a `Refusal` that names the field.
"""

import re
import unicodedata

from app.domain.refusals import Refusal, invalid
from app.domain.scripts import JOINERS, joiners_are_right

MIN_PASSWORD, MAX_PASSWORD = 8, 200
MAX_TITLE = 200
MAX_TEXT = 5_000

_NOT_FOR_A_TERMINAL = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
_LINE_BREAKS_AND_TABS = "\n\t"
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Unicode's Default_Ignorable_Code_Point beyond the categories Cc and Cf, and the blank Braille pattern.

Phones add some of them to emoji, so names are kept without them rather than refused."""


def check_text(value: str, field: str, label: str, longest: int = MAX_TEXT, shortest: int = 0) -> str:
    """A text of several lines, trimmed; line breaks and tabs are the only control characters it may hold.

    Raises `Refusal` when it is blank though `shortest` asks for more, longer than `longest`, or holds a control
    character or a lone surrogate (which UTF-8 cannot store).
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if shortest and _is_blank(text):
        raise invalid(field, f"{label} is empty.")
    if len(text) > longest:
        raise too_long(field, label, len(text), longest)
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _LINE_BREAKS_AND_TABS for c in text):
        raise invalid(field, f"{label} contains a character that cannot be shown. Please remove it.")
    return text


def too_long(field: str, label: str, length: int, longest: int) -> Refusal:
    """The refusal of a text of so many characters."""
    return invalid(field, f"{label} is too long: {length:,} characters, at most {longest:,} fit.")


def check_title(value: str) -> str:
    """A title: one line of 1 to 200 characters without control or format characters, joiners that join excepted."""
    return check_line(value, "title", "The title", MAX_TITLE)


def check_password(value: str) -> str:
    """A password of 8 to 200 characters, taken as typed."""
    if not MIN_PASSWORD <= len(value) <= MAX_PASSWORD:
        raise invalid("password", f"The password needs {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
        raise invalid("password", "The password contains a character that cannot be typed. Please remove it.")
    return value


def check_line(value: str, field: str, label: str, longest: int) -> str:
    """A text of one line, trimmed: not blank, no control or format character; a joiner only where it joins.

    Raises `Refusal` at `field`.
    """
    line = value.strip()
    if _is_blank(line):
        raise invalid(field, f"{label} is empty.")
    if len(line) > longest:
        raise too_long(field, label, len(line), longest)
    if not joiners_are_right(line) or any(_is_unseen(c) for c in line if c not in JOINERS):
        raise invalid(field, f"{label} contains a character that cannot be shown. Please remove it.")
    return line


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _is_blank(text: str) -> bool:
    """Whether there is nothing to see: only spaces, format characters and the like."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" or INVISIBLE.match(c) for c in text)


def harmless(text: str) -> str:
    """A text for a terminal: nothing in it moves the cursor, turns the direction of writing, or cannot be seen.

    Such characters stand there by their numbers, as Python writes them, and a backslash is doubled.
    """
    return "".join(
        c.encode("unicode_escape").decode() if c == "\\" or unicodedata.category(c) in _NOT_FOR_A_TERMINAL else c
        for c in text
    )


def looked_for(typed: str) -> str:
    """What somebody types to find trades by, as it is looked for: one line, no longer than a title, of what a title may
    hold. Joiners stay where they may join something."""
    line = "".join(letter for letter in typed if letter in JOINERS or not _is_unseen(letter))
    return line.strip().strip(JOINERS).strip()[:MAX_TITLE]


def contains(text: str, part: str) -> bool:
    """Whether a text has this part, in any case: letter by letter, as PostgreSQL's ILIKE compares; a word's last sigma
    is no other letter."""
    return _lower(part) in _lower(text)


def _lower(text: str) -> str:
    return "".join(letter.lower() for letter in text)
