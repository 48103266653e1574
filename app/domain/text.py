"""The limits of what people may type: texts, names and passwords.

Limits are those of the contract; the database repeats the lengths as constraints. A function named `check_…` returns
the accepted value or raises a `Refusal` that names the field.
"""

import re
import unicodedata

from app.domain.refusals import invalid

MAX_NAME = 100
MIN_PASSWORD, MAX_PASSWORD = 8, 200
MAX_TITLE = 200
MAX_TEXT = 5_000

_LINE_BREAKS_AND_TABS = "\n\t"
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Unicode's Default_Ignorable_Code_Point beyond the categories Cc and Cf, and the blank Braille pattern.

Phones add some of them to emoji, so names are kept without them rather than refused."""
_ONE_SCRIPT_SETS = (
    # UTS #39, section 5.2 "Highly Restrictive": the only mixtures of scripts that one name may hold.
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)


def check_text(value: str, field: str, label: str, longest: int = MAX_TEXT, shortest: int = 0) -> str:
    """A text of several lines, trimmed; line breaks and tabs are the only control characters it may hold.

    Raises `Refusal` when it is blank though `shortest` asks for more, longer than `longest`, or holds a control
    character or a lone surrogate (which UTF-8 cannot store).
    """
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if shortest and _is_blank(text):
        raise invalid(field, f"{label} is empty.")
    if len(text) > longest:
        raise invalid(field, f"{label} is too long: {len(text):,} characters, at most {longest:,} fit.")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in _LINE_BREAKS_AND_TABS for c in text):
        raise invalid(field, f"{label} contains a character that cannot be shown. Please remove it.")
    return text


def check_title(value: str) -> str:
    """A title: one line of 1 to 200 characters without control or format characters."""
    return _check_line(value, "title", "The title", MAX_TITLE)


def check_name(value: str) -> str:
    """A person's name: one line of 1 to 100 characters, no control or format characters, no mix of scripts.

    A mix of scripts lets one person pass for another (a Cyrillic letter in "Sam"); see UTS #39.
    """
    line = unicodedata.normalize("NFKC", _check_line(value, "name", "The name", MAX_NAME))
    name = " ".join(_INVISIBLE.sub("", line).split())
    if not 1 <= len(name) <= MAX_NAME:
        raise invalid("name", f"The name needs 1 to {MAX_NAME} characters.")
    scripts = {_script(c) for c in name if c.isalpha()} - {""}
    if len(scripts) > 1 and not any(scripts <= allowed for allowed in _ONE_SCRIPT_SETS):
        raise invalid("name", "The name mixes letters of different alphabets. Please use one alphabet.")
    return name


def name_key(name: str) -> str:
    """What makes a name unique: without regard to case and to forms of the same character (NFKC, casefold)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(_INVISIBLE.sub("", folded).split())


def check_password(value: str) -> str:
    """A password of 8 to 200 characters, taken as typed."""
    if not MIN_PASSWORD <= len(value) <= MAX_PASSWORD:
        raise invalid("password", f"The password needs {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    if any(unicodedata.category(c) in {"Cc", "Cs"} for c in value):
        raise invalid("password", "The password contains a character that cannot be typed. Please remove it.")
    return value


def _check_line(value: str, field: str, label: str, longest: int) -> str:
    line = value.strip()
    if _is_blank(line):
        raise invalid(field, f"{label} is empty.")
    if len(line) > longest:
        raise invalid(field, f"{label} is too long: {len(line):,} characters, at most {longest:,} fit.")
    if any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in line):
        raise invalid(field, f"{label} contains a character that cannot be shown. Please remove it.")
    return line


def _is_blank(text: str) -> bool:
    """Whether there is nothing to see: only spaces, format characters and the like."""
    return all(c.isspace() or unicodedata.category(c) == "Cf" or _INVISIBLE.match(c) for c in text)


def _script(letter: str) -> str:
    """The script of a letter, by the first word of its Unicode name, which is how the standard names letters."""
    word = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    if word == "IDEOGRAPHIC":  # the repeat and closing marks of Japanese names
        return "CJK"
    return "" if word in {"MODIFIER", "MATHEMATICAL", "FEMININE", "MASCULINE"} else word
