"""Scripts of letters, and where a joiner (ZWJ, ZWNJ) is part of how a word or an emoji is written."""

import unicodedata
from itertools import chain

JOINERS = "\u200c\u200d"
"""The zero-width non-joiner and the zero-width joiner: invisible, and right in some scripts and in emoji."""
_JOINING = (
    "ADLAM ARABIC BALINESE BENGALI CHAKMA DEVANAGARI GRANTHA GUJARATI GURMUKHI HANIFI JAVANESE KANNADA KHMER LEPCHA"
    " LIMBU MALAYALAM MANDAIC MANICHAEAN MONGOLIAN MYANMAR NEWA NKO ORIYA PHAGS SINHALA SUNDANESE SYRIAC TAMIL TELUGU"
    " TIBETAN TIRHUTA"
)
_JOINING_SCRIPTS = frozenset(_JOINING.split())
"""The scripts whose letters take another form beside each other, which a joiner asks for or prevents."""
_VIRAMA = 9
"""The combining class of the signs that bind two consonants."""
_FIRST_SYMBOL = "\u2190"
_PRESENTATION = frozenset(map(chr, chain((0xFE0E, 0xFE0F), range(0x1F3FB, 0x1F400))))
"""What may stand between an emoji and a joiner: text or picture (variation selectors), and tones of skin."""


def script(letter: str) -> str:
    """The script of a letter, by the first word of its Unicode name, which is how the standard names letters."""
    word = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
    if word == "IDEOGRAPHIC":  # the repeat and closing marks of Japanese names
        return "CJK"
    return "" if word in {"MODIFIER", "MATHEMATICAL", "FEMININE", "MASCULINE"} else word


def joiners_are_right(text: str) -> bool:
    """Whether each joiner stands after a virama, between two letters that join (both as in RFC 5892, appendix A), or
    between two emoji (UTS 51)."""
    return all(_joins(text, place) for place, character in enumerate(text) if character in JOINERS)


def _joins(text: str, place: int) -> bool:
    before, after = text[max(place - 2, 0) : place], text[place + 1 : place + 2]
    if not before:
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    if _is_joining(before[-1]) and after:
        return _is_joining(after)
    emoji = before[0] if before[-1] in _PRESENTATION else before[-1]
    return _is_emoji(emoji) and bool(after) and _is_emoji(after)


def _is_joining(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM" and (
        script(character) in _JOINING_SCRIPTS or unicodedata.combining(character) > 0
    )


def _is_emoji(character: str) -> bool:
    return character >= _FIRST_SYMBOL and unicodedata.category(character) in {"So", "Sm"}
