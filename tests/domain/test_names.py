"""A person's name: everybody's own spelling is welcome, and nobody can pass for somebody else."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.names import MAX_NAME, check_name, name_key
from app.domain.refusals import Reason
from tests.domain.refused import kept, refused

WELCOME = [
    "Sam",
    "x",
    "Sam Smith",
    "Sam 2",
    "42",
    "sam_smith-99@home",
    "O'Brien",
    "O\N{RIGHT SINGLE QUOTATION MARK}Brien",
    "Anne-Marie d\N{RIGHT SINGLE QUOTATION MARK}Arc, Jr.",
    "Jos\N{LATIN SMALL LETTER E WITH ACUTE}",
    "Nguy\N{LATIN SMALL LETTER E WITH CIRCUMFLEX AND TILDE}n Th\N{LATIN SMALL LETTER I WITH DOT BELOW}",
    "\N{LATIN CAPITAL LETTER O WITH STROKE}rsted",
    "Stra\N{LATIN SMALL LETTER SHARP S}er",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}pek I\u015f\N{LATIN SMALL LETTER DOTLESS I}k",
    "Kai\N{MODIFIER LETTER TURNED COMMA}ulani",
    "\u0421\u0430\u0448\u0430 \u0418\u0432\u0430\u043d\u043e\u0432",  # Russian
    "\u0410\u043d\u0434\u0440\u0456\u0439 \u0407\u0436\u0430\u043a 2",  # Ukrainian
    "\u0394\u03b7\u03bc\u03ae\u03c4\u03c1\u03b7\u03c2",  # Greek
    "\u0645\u062d\u0645\u062f \u0639\u0644\u064a",  # Arabic
    "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f",  # Arabic with its vowels
    "\u05d3\u05d5\u05d3 \u05db\u05d4\u05df",  # Hebrew
    "\u0930\u093e\u092e \u0936\u0930\u094d\u092e\u093e",  # Hindi
    "\u0e2a\u0e21\u0e0a\u0e32\u0e22",  # Thai
    "\u0533\u0561\u0580\u0565\u0563\u056b\u0576",  # Armenian
    "\u5c71\u7530\u592a\u90ce",  # Japanese: kanji
    "\u5c71\u7530 \u3072\u308d\u3057",  # kanji and hiragana
    "\u30d7\u30ec\u30fc\u30e4\u30fc",  # katakana with long vowels
    "Yamada \u592a\u90ce \u30bf\u30ed\u30a6 \u3055\u3093",  # Latin, kanji, katakana and hiragana
    "\u738b\u5c0f\u660e Wang",  # Chinese with Latin
    "\u9673\u3105\u3106",  # Chinese with bopomofo
    "\uae40\ucca0\uc218 Kim \u91d1",  # Korean with Latin and hanja
    "\N{GRINNING FACE}",
    "Sam \N{GRINNING FACE}",
    "\u0645\u06cc\u200c\u062e\u0631\u0645",  # Persian with a non-joiner
    "\u0d2e\u0d4b\u0d39\u0d28\u0d4d\u200d",  # Malayalam with a joiner at the end
    "\u0930\u094d\u200d\u092f",  # Hindi with a joiner
    "\N{WOMAN}\u200d\N{EAR OF RICE}",
    "Sam \N{WOMAN}\N{EMOJI MODIFIER FITZPATRICK TYPE-5}\u200d\N{EAR OF RICE}",
    "x" * 100,
    "\u5c71" * 100,
]


@pytest.mark.parametrize("name", WELCOME, ids=lambda name: ascii(name[:16]))
def test_peoples_own_names_are_welcome_as_they_are_spelled(name):
    assert check_name(name) == name
    assert check_name(f" \t{name}\n") == name


@pytest.mark.parametrize(
    "name", ["\u4f50\u3005\u6728", "\u91ce\u3005\u6751 Mao", "\u3006\u6728"], ids=["Sasaki", "Nonomura", "Shimeki"]
)
def test_japanese_names_with_a_repeat_or_closing_mark_are_welcome(name):
    """The marks belong to the kanji, though their Unicode names do not begin with CJK; Sasaki is borne by 600,000."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Jose\N{COMBINING ACUTE ACCENT}", "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER S}\N{FULLWIDTH LATIN SMALL LETTER A}m", "Sam"),
        ("\N{MATHEMATICAL SCRIPT CAPITAL S}am", "Sam"),
        ("\N{LATIN SMALL LIGATURE FI}ona", "fiona"),
        ("\N{HALFWIDTH KATAKANA LETTER HA}\N{HALFWIDTH KATAKANA LETTER N}", "\u30cf\u30f3"),
        ("Sam\N{NO-BREAK SPACE}Smith", "Sam Smith"),
        ("Sam \N{CIRCLED DIGIT TWO}", "Sam 2"),
        ("Ge\N{FEMININE ORDINAL INDICATOR}", "Gea"),
    ],
    ids=ascii,
)
def test_forms_of_the_same_characters_become_one(typed, kept):
    assert check_name(typed) == kept


@pytest.mark.parametrize(
    "name",
    [
        "S\N{CYRILLIC SMALL LETTER A}m",
        "\N{CYRILLIC CAPITAL LETTER ES}am",
        "B\N{CYRILLIC SMALL LETTER IE}a",
        "\N{GREEK CAPITAL LETTER ALPHA}nna",
        "\N{GREEK SMALL LETTER OMICRON}tto",
        "Sam \u0418\u0432\u0430\u043d\u043e\u0432",
        "\u0421\u0430\u0448\u0430 \u0394",
        "\N{CHEROKEE LETTER GO}am",
        "\N{ARMENIAN SMALL LETTER OH}tto",
        "Sam \u05d3\u05d5\u05d3",
        "\N{LISU LETTER SA}am",
        "\u3072\u308d\uae40",  # hiragana and hangul
        "\u3105\u3072",  # bopomofo and hiragana
        "\u5c71\u0430",  # kanji and Cyrillic
        "\N{MATHEMATICAL DOUBLE-STRUCK CAPITAL S}\N{CYRILLIC SMALL LETTER A}m",
    ],
    ids=ascii,
)
def test_a_name_that_mixes_alphabets_is_refused(name):
    with refused(Reason.INVALID, "name"):
        check_name(name)


@pytest.mark.parametrize("name", ["", " ", "\n\t", "\N{IDEOGRAPHIC SPACE}", "x" * 101, "\u5c71" * 101], ids=ascii)
def test_a_name_has_1_to_100_characters(name):
    assert MAX_NAME == 100
    with refused(Reason.INVALID, "name"):
        check_name(name)


def test_the_length_of_a_name_is_that_of_the_name_that_is_kept():
    with refused(Reason.INVALID, "name"):
        check_name("\N{LATIN SMALL LIGATURE FFI}" * 34)
    assert check_name("\N{LATIN SMALL LIGATURE FFI}" * 33) == "ffi" * 33


@pytest.mark.parametrize(
    "character",
    [
        *("\0", "\x07", "\x1b", "\x7f", "\x85", "\n", "\r", "\t", "\ud800"),
        "\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH JOINER}",
        "\N{ZERO WIDTH NON-JOINER}",
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{ARABIC LETTER MARK}",
        "\N{POP DIRECTIONAL ISOLATE}",
        "\N{SOFT HYPHEN}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{LINE SEPARATOR}",
        "\N{TAG LATIN SMALL LETTER A}",
    ],
    ids=ascii,
)
def test_a_name_holds_no_control_or_format_character(character):
    with refused(Reason.INVALID, "name"):
        check_name(f"Sa{character}m")


# Invisible, though neither control nor format characters: Unicode calls them default ignorable, the last one blank.
INVISIBLE = [
    "\N{COMBINING GRAPHEME JOINER}",
    "\N{VARIATION SELECTOR-1}",
    "\N{VARIATION SELECTOR-16}",
    "\N{VARIATION SELECTOR-17}",
    "\N{VARIATION SELECTOR-256}",
    "\N{HANGUL CHOSEONG FILLER}",
    "\N{HANGUL JUNGSEONG FILLER}",
    "\N{HANGUL FILLER}",
    "\N{HALFWIDTH HANGUL FILLER}",
    "\N{KHMER VOWEL INHERENT AQ}",
    "\N{KHMER VOWEL INHERENT AA}",
    "\N{MONGOLIAN FREE VARIATION SELECTOR ONE}",
    "\N{MONGOLIAN FREE VARIATION SELECTOR FOUR}",
    "\N{BRAILLE PATTERN BLANK}",
]


@pytest.mark.parametrize("character", INVISIBLE, ids=ascii)
def test_a_name_that_cannot_be_seen_is_refused(character):
    with refused(Reason.INVALID, "name"):
        check_name(character)


@pytest.mark.parametrize("invisible", ["Sam{}", "{}Sam", "S{}am"])
@pytest.mark.parametrize("character", [*INVISIBLE, "\N{ZERO WIDTH SPACE}"], ids=ascii)
def test_a_name_that_looks_like_anothers_is_refused_or_the_same_name(invisible, character):
    typed = invisible.format(character)
    name = kept(check_name, typed, "name")
    assert name is None or name_key(name) == name_key("Sam")


@pytest.mark.parametrize("gap", ["  ", "   ", " \N{NO-BREAK SPACE}", "\N{EM SPACE}\N{EN SPACE}"], ids=ascii)
def test_a_wider_gap_makes_no_other_name(gap):
    """A page shows every run of spaces as one."""
    assert name_key(check_name(f"Sam{gap}Smith")) == name_key("Sam Smith")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sam", "SAM"),
        ("\u0421\u0410\u0428\u0410", "\u0441\u0430\u0448\u0430"),
        ("STRASSE", "Stra\N{LATIN SMALL LETTER SHARP S}e"),
        ("\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2", "\u03c3\u03af\u03c3\u03c5\u03c6\u03bf\u03c3"),
        ("Jos\N{LATIN SMALL LETTER E WITH ACUTE}", "JOSE\N{COMBINING ACUTE ACCENT}"),
        ("Kim", "\N{KELVIN SIGN}IM"),
        ("Sam", "\N{FULLWIDTH LATIN SMALL LETTER S}AM"),
        ("\N{LATIN SMALL LIGATURE FI}ona", "FIONA"),
        ("\u13a0\u13c9", "\uab70\uab99"),  # Cherokee, whose small letters fold to the capital ones
    ],
    ids=ascii,
)
def test_a_name_is_the_same_in_any_case_and_form(one, other):
    assert name_key(one) == name_key(other)
    assert name_key(check_name(one)) == name_key(check_name(other))


@pytest.mark.parametrize(
    ("one", "other"), [("Sam", "Sam 2"), ("Jose", "Jose\N{COMBINING ACUTE ACCENT}"), ("Sam", "S\u0430m")], ids=ascii
)
def test_other_names_stay_other_names(one, other):
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    "name", ["a" + "\u0300" * 5, "Sam\u0336\u0301\u20dd\u0300\u0301", "\u0301", "\u0301Sam", "\u0bbe"]
)
def test_no_name_has_a_heap_of_marks_or_one_without_a_letter(name: str) -> None:
    """A heap is drawn over the lines above it, and a mark alone is seen by nobody (UTS 39, 5.4)."""
    with refused(Reason.INVALID, "name"):
        check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ng\u00f4 Th\u1ecb \u1ebe",
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea",
        "\u0f62\u0f92\u0fb1\u0f63\u0f0b\u0f58\u0f5a\u0f53",
        "\u1780\u17d2\u179a\u17bb\u17c6",
    ],
)
def test_letters_with_as_many_marks_as_a_script_puts_there_are_welcome(name: str) -> None:
    assert check_name(name)


# Anything, and the few that change length, order or case when they are normalised.
TRICKY = "aAeE \N{VARIATION SELECTOR-16}\u034f\u2003\u0301\u0345\u00df\u0130\u0149\ufb03\u00a8\u03c2\u1fb3"
names = st.text(st.characters(codec="utf-8"), max_size=12) | st.text(TRICKY, max_size=8)


@given(names)
def test_a_name_that_was_kept_is_kept_the_same_again(typed):
    name = kept(check_name, typed, "name")
    if name is None:
        return
    assert check_name(name) == name == name.strip() == unicodedata.normalize("NFKC", name)
    assert 1 <= len(name) <= 100


@given(names)
@example("\N{DIAERESIS}Sam")
def test_who_types_the_same_again_is_the_same_person(typed):
    """A name is found by the key of what is typed at the door, which no check has tidied."""
    name = kept(check_name, typed, "name")
    assert name is None or name_key(name) == name_key(typed.strip())


@given(names)
def test_a_key_is_its_own_key_and_that_of_every_form(name):
    key = name_key(name)
    assert key == name_key(key)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert name_key(unicodedata.normalize(form, name)) == key
