"""What people typed, as lines that can be set: in their direction, with breaks for long words, and nothing unseen."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict

_BREAK = re.compile("[\n\u2028\u2029]")
_LINES = 100
"""Of one text. A text of more is set as running text with a ¶ for each break: a page for 60 characters is no use."""
_LONGEST = 40
"""Characters without a place to break; half a line."""
_MARKS = 16
"""On one letter; how many more there are is told. Each costs as much as all below it, and nobody can read them."""
_MAY_BREAK = re.compile(
    # Spaces, and scripts that are broken between any two characters or by a dictionary: Thai, Lao, Myanmar, Khmer,
    # Chinese, Japanese, Korean.
    "[\\s\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u200b\u2e80-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_UNSEEN = re.compile(
    # Unicode's Default_Ignorable_Code_Point: shown as nothing, so no font has to have them.
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_UNSEEN_HEAP = re.compile(f"({_UNSEEN.pattern}{{{_MARKS}}}){_UNSEEN.pattern}+")
"""What takes no room never fills a line, and looking for its end takes the square of its length."""
_DIRECTING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_DEEPEST = 40
"""How many of those one line may have. Nested too deep they end the typesetter (UAX #9 knows no more than 125)."""
_FIRST_STRONG_ISOLATE, _POP_ISOLATE = "\u2068", "\u2069"


class Line(TypedDict):
    """One paragraph."""

    text: str
    #: Whether it begins at the right.
    rtl: bool


def lines(text: str) -> list[Line]:
    """A text of several lines. No more than one blank line is kept between two others."""
    found, blank = [], False
    for line in _BREAK.split(text):
        if line.strip() or not blank:
            found.append(line)
        blank = not line.strip()
    if len(found) > _LINES:
        found = [" ¶ ".join(line for line in found if line.strip())]
    return [_line(line.replace("\t", "    ")) for line in found]


def _line(text: str) -> Line:
    if len(_DIRECTING.findall(text)) > _DEEPEST:
        text = _DIRECTING.sub("", text)
    text = _UNSEEN_HEAP.sub(r"\1", text)
    return Line(text=breakable(text), rtl=_right_to_left(text))


def isolated(name: str) -> str:
    """A name within a sentence, whose direction does not change what stands around it (UAX #9)."""
    if any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in name):
        return f"{_FIRST_STRONG_ISOLATE}{breakable(name)}{_POP_ISOLATE}"
    return breakable(name)


def breakable(text: str) -> str:
    """The text with an invisible place to break (U+200B) within what has none for long, and no letter under a heap."""
    if len(text) <= _MARKS:
        return text
    marks = "".join(letter for letter in set(text) if unicodedata.category(letter)[0] == "M")
    if marks:
        heap = f"([{re.escape(marks)}\u200c\u200d]{{{_MARKS}}})([{re.escape(marks)}\u200c\u200d]+)"
        text = re.sub(heap, lambda found: f"{found[1]}‹and {len(found[2]):,} more marks›", text)
    return "".join(_broken(text))


def visible(content: Any) -> set[str]:
    """The characters within strings, lists and dictionaries for which a font is needed."""
    if isinstance(content, str):
        return {character for character in set(content) if not character.isspace() and not _UNSEEN.match(character)}
    inner = content.values() if isinstance(content, dict) else content if isinstance(content, list) else ()
    return set[str]().union(*map(visible, inner))


def translated(content: Any, shown: Mapping[int, str]) -> Any:
    """The content with other signs in the place of some characters, which are named by their code points."""
    if not shown:
        return content
    if isinstance(content, str):
        return content.translate(shown)
    if isinstance(content, dict):
        return {name: translated(inner, shown) for name, inner in content.items()}
    return [translated(inner, shown) for inner in content] if isinstance(content, list) else content


def code_point(character: str) -> str:
    """How a character is shown that no font has."""
    return f"‹U+{ord(character):04X}›"


def _broken(text: str) -> Iterator[str]:
    begin = 0
    for free in [*_MAY_BREAK.finditer(text), None]:
        end = free.start() if free else len(text)
        while end - begin > _LONGEST:
            at = begin + _LONGEST
            while at < min(end, begin + _LONGEST + _MARKS) and _belongs_to_the_one_before(text, at):
                at += 1
            yield text[begin:at] + "\u200b"
            begin = at
        yield text[begin : free.end() if free else end]
        begin = free.end() if free else end


def _belongs_to_the_one_before(text: str, at: int) -> bool:
    joins = unicodedata.category(text[at])[0] == "M" or unicodedata.category(text[at]) in {"Cf", "Sk"}
    return joins or text[at - 1] == "\u200d"


def _right_to_left(line: str) -> bool:
    """The direction of the first strong character (UAX #9, P2 and P3), what is isolated left out."""
    depth = 0
    for character in line:
        kind = unicodedata.bidirectional(character)
        if kind in {"LRI", "RLI", "FSI"}:
            depth += 1
        elif kind == "PDI":
            depth = max(0, depth - 1)
        elif not depth and kind in {"L", "R", "AL"}:
            return kind != "L"
    return False
