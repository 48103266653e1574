"""Names: how they may be spelled, what makes one unique, and which nobody may take.

Three things make a name unique. Its key (NFKC, casefold) is what somebody signs in with. Its skeleton (UTS 39) is what
it looks like, and its capitals what it looks like in capital letters, of which others look alike: nobody can pass for
somebody else by letters that look alike, in any case.
"""

import re
import unicodedata

from app.domain.confusables import PROTOTYPES
from app.domain.refusals import Reason, Refusal, invalid
from app.domain.scripts import JOINERS, joiners_are_right, script
from app.domain.text import INVISIBLE, check_line

MAX_NAME = 100
_MOST_MARKS = 4
"""On one letter."""
GONE = "Deleted user"
"""What stands in the place of the name of an account that was deleted."""
_ONE_SCRIPT_SETS = (
    # UTS #39, section 5.2 "Highly Restrictive": the only mixtures of scripts that one name may hold.
    {"LATIN", "CJK", "HIRAGANA", "KATAKANA"},
    {"LATIN", "CJK", "BOPOMOFO"},
    {"LATIN", "CJK", "HANGUL"},
)
_JOINER = re.compile(f"[{JOINERS}]")
_RESERVED = (
    *("You", "The clock", GONE, "Deleted", "Deleted account", "Private trade", "Seller", "Buyer", "The seller"),
    *("The buyer", "Counterparty", "The other party", "Nobody", "Somebody", "Everybody", "Anonymous", "Unknown"),
    *("System", "The system", "Admin", "Admins", "Administrator", "Administration", "Moderator", "Operator", "Staff"),
    *("Support", "Support team", "Customer support", "Help", "Helpdesk", "Security"),
)
"""What the pages say of people without naming them, and what only the operator could rightly be called."""
_OURS = "traderoom"
"""No name holds it, in whatever company."""


def check_spelling(value: str) -> str:
    """A name as somebody spells it, perhaps somebody else's: one line of 1 to 100 characters, no control or format
    characters, no mix of scripts.

    A mix of scripts lets one person pass for another (a Cyrillic letter in "Sam"); see UTS #39.
    """
    line = unicodedata.normalize("NFKC", check_line(value, "name", "The name", MAX_NAME))
    name = " ".join(INVISIBLE.sub("", line).split())
    if not 1 <= len(name) <= MAX_NAME:
        raise invalid("name", f"The name needs 1 to {MAX_NAME} characters.")
    scripts = {script(c) for c in name if c.isalpha()} - {""}
    if len(scripts) > 1 and not any(scripts <= allowed for allowed in _ONE_SCRIPT_SETS):
        raise invalid("name", "The name mixes letters of different alphabets. Please use one alphabet.")
    if not joiners_are_right(name):
        raise invalid("name", "The name contains a character that cannot be shown. Please remove it.")
    return name


def check_name(value: str) -> str:
    """The name of a new account. Accounts that are there keep theirs, whatever was added here since.

    Besides what `check_spelling` says: no character of private use or that Unicode has not assigned, whose look nobody
    knows, and no reserved word or its lookalike (TAKEN).
    """
    name = check_spelling(value)
    if any(unicodedata.category(c) in {"Co", "Cn"} for c in name):
        raise invalid("name", "The name contains a character that cannot be shown. Please remove it.")
    if _has_heap(name):
        raise invalid("name", "The name has more marks on a letter than can be read, or marks on none.")
    if is_reserved(name):
        raise Refusal(Reason.TAKEN, "This name is taken by Traderoom itself. Please choose another.", "name")
    return name


def _has_heap(name: str) -> bool:
    """Whether more than four marks stand on one letter (UTS 39, 5.4), or the first on none: a tower of them is drawn
    over the lines above, the other side's figures too, and a mark alone is a name that nobody sees."""
    kinds = "".join(unicodedata.category(c) for c in unicodedata.normalize("NFD", name)).replace("Me", "Mn")
    return kinds.startswith("M") or "Mn" * (_MOST_MARKS + 1) in kinds


def name_key(name: str) -> str:
    """What a name is found by: without regard to case and to forms of the same character (NFKC, casefold)."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return " ".join(INVISIBLE.sub("", _JOINER.sub("", folded)).split())


def name_skeleton(name: str) -> str:
    """What a name looks like, in any case: two names with the same skeleton are taken for each other (UTS 39, 4).

    The letters are those on the screen: a capital I looks like a small l, a small i does not.
    """
    seen = _skeleton(unicodedata.normalize("NFKC", name)).casefold()
    return " ".join(seen.replace("m", "rn").split())  # of a capital M; the table says so of a small one alone


def name_capitals(name: str) -> str:
    """What a name looks like in capital letters: "Tom" in Latin and in Cyrillic the same, "Neil" and "Nell" not."""
    return " ".join(_skeleton(unicodedata.normalize("NFKC", name).upper()).split())


def is_reserved(name: str) -> bool:
    """Whether it is, or looks like, a reserved word, whatever stands around its letters ("Deleted user.", "Sam (you)",
    "Sam - you"), or holds the product's own name."""
    name = unicodedata.normalize("NFKC", name)
    parts = (part for text in (name, _skeleton(name)) for part in _parts(text))
    return any(_letters(form(part)) in _RESERVED_LETTERS for part in (name, *parts) for form in _CASES) or any(
        _letters(_OURS) in _letters(form(name)) for form in _CASES
    )


def _skeleton(text: str) -> str:
    seen = "".join(
        c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Cf" and not INVISIBLE.match(c)
    )
    return unicodedata.normalize("NFD", seen.translate(PROTOTYPES))


def _parts(text: str) -> list[str]:
    """What brackets, quotation marks and other signs set apart; a dash or an apostrophe only where a word ends."""
    text = _AT_AN_END.sub("\n", text)
    return "".join("\n" if unicodedata.category(c) in _APART and c not in _IN_NAMES else c for c in text).split("\n")


def _letters(text: str) -> str:
    """The letters and digits of a skeleton with even i, l and 1 as one: for words that have to stay free, not names."""
    return "".join(c for c in _skeleton(text).casefold() if c.isalnum()).replace("i", "l")


_APART = {"Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So"}
_IN_NAMES = ".,'&\N{RIGHT SINGLE QUOTATION MARK}"
_AT_AN_END = re.compile(r"(?<!\S)[-'\u2010-\u2015\u2018\u2019]+|[-'\u2010-\u2015\u2018\u2019]+(?!\S)")
_CASES = (str, str.casefold, str.upper)
_RESERVED_LETTERS = frozenset(_letters(word) for word in _RESERVED)
