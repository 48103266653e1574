"""What people may type: texts, titles and passwords, and how a refusal names the field."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Reason, Refusal
from app.domain.text import (
    MAX_PASSWORD,
    MAX_TEXT,
    MAX_TITLE,
    MIN_PASSWORD,
    check_password,
    check_text,
    check_title,
    harmless,
)
from tests.domain.refused import kept, refused

SURROGATE = "\ud800"
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
HEART = "\N{HEAVY BLACK HEART}\N{VARIATION SELECTOR-16}"
PERSIAN = "\u0645\u06cc\N{ZERO WIDTH NON-JOINER}\u062e\u0631\u0645"
CONTROLS = [chr(c) for c in [*range(0x20), *range(0x7F, 0xA0)] if chr(c) not in "\n\r\t"]


def text(value: str, shortest: int = 0) -> str:
    return check_text(value, "message", "The message", shortest=shortest)


def test_the_limits_are_those_of_the_contract():
    assert (MAX_TEXT, MAX_TITLE, MIN_PASSWORD, MAX_PASSWORD) == (5_000, 200, 8, 200)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("", ""),
        ("  \r\n\t ", ""),
        (" a ", "a"),
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("a\r\n\r\nb", "a\n\nb"),
        ("a\n\rb", "a\n\nb"),
        ("a\tb", "a\tb"),
        ("a  b", "a  b"),
        ("\N{NO-BREAK SPACE}a\N{IDEOGRAPHIC SPACE}", "a"),
        ("<b>&amp;'\"\\</b> %s {x} $1", "<b>&amp;'\"\\</b> %s {x} $1"),
        (FAMILY, FAMILY),
        (HEART, HEART),
        (PERSIAN, PERSIAN),
        ("e\N{COMBINING ACUTE ACCENT}", "e\N{COMBINING ACUTE ACCENT}"),
        ("\u05e9\u05dc\u05d5\u05dd\N{RIGHT-TO-LEFT MARK}!", "\u05e9\u05dc\u05d5\u05dd\N{RIGHT-TO-LEFT MARK}!"),
        ("a\N{LINE SEPARATOR}b", "a\N{LINE SEPARATOR}b"),
    ],
    ids=ascii,
)
def test_a_text_is_kept_as_typed_but_for_its_edges_and_its_line_breaks(typed, stored):
    assert text(typed) == stored


@pytest.mark.parametrize("control", [*CONTROLS, SURROGATE, "\udfff"], ids=ascii)
def test_a_text_holds_no_control_character_but_line_breaks_and_tabs(control):
    with refused(Reason.INVALID, "message"):
        text(f"a{control}b")


def test_a_text_of_nul_alone_is_refused_rather_than_blank():
    with refused(Reason.INVALID, "message"):
        text("\0")


def test_a_text_may_have_5000_characters_and_no_more():
    """Counted as people count: after trimming, a line break as one, an emoji as one."""
    for character in ("x", "\N{GRINNING FACE}"):
        assert text(f" {character * 5_000}\n") == character * 5_000
        with refused(Reason.INVALID, "message"):
            text(character * 5_001)
    assert len(text("\r\n".join("x" * 2_500) + "x")) == 5_000


def test_a_text_too_long_says_how_long_it_is_and_what_fits():
    with pytest.raises(Refusal, match=r"The message is too long: 5,001 characters, at most 5,000 fit\."):
        text("x" * 5_001)


@pytest.mark.parametrize("blank", ["", " ", "\n", "\r\n\t", "\N{NO-BREAK SPACE}", "\N{EM SPACE}"], ids=ascii)
def test_a_blank_text_is_refused_only_where_one_is_needed(blank):
    assert text(blank) == ""
    with refused(Reason.INVALID, "message"):
        text(blank, shortest=1)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\r\t"), max_size=50))
def test_a_text_that_was_kept_is_kept_the_same_again(typed):
    once = text(typed)
    assert text(once) == once
    assert "\r" not in once


@given(st.text(st.characters(categories=["Cc", "Cs", "Lu", "Zs"]), max_size=8))
def test_whatever_is_typed_can_be_stored_or_is_refused_at_its_field(typed):
    stored = kept(text, typed, "message")
    assert stored is None or "\0" not in stored
    assert stored is None or stored.encode().decode() == stored


@pytest.mark.parametrize(
    "title",
    [
        "Oak tables",
        "50 % off: \N{LEFT DOUBLE QUOTATION MARK}tables\N{RIGHT DOUBLE QUOTATION MARK} & <chairs>",
        "Caf\N{LATIN SMALL LETTER E WITH ACUTE} \N{GREEK SMALL LETTER OMEGA} \u0448\u043a\u0430\u0444",
        "\u05e9\u05d5\u05dc\u05d7\u05df",
        "\N{GRINNING FACE}",
        HEART,
        FAMILY,
        f"{PERSIAN} {FAMILY}",
        "\u0d28\u0d4d\N{ZERO WIDTH JOINER} \u0915\u094d\N{ZERO WIDTH NON-JOINER}\u0937",
        "x",
        "x" * 200,
        "\N{GRINNING FACE}" * 200,
    ],
    ids=lambda title: ascii(title[:12]),
)
def test_a_title_in_any_language_is_kept_without_its_edges(title):
    assert check_title(f"  {title}\n") == title


@pytest.mark.parametrize(
    "title", ["", "  \n", "x" * 201, *(f"a{c}b" for c in ["\n", "\r", "\t", *CONTROLS])], ids=ascii
)
def test_a_title_is_one_line_of_1_to_200_characters(title):
    with refused(Reason.INVALID, "title"):
        check_title(title)


@pytest.mark.parametrize(
    "character",
    [
        "\N{RIGHT-TO-LEFT OVERRIDE}",
        "\N{LEFT-TO-RIGHT ISOLATE}",
        "\N{ZERO WIDTH SPACE}",
        "\N{ZERO WIDTH JOINER}",
        "\N{ZERO WIDTH NON-JOINER}",
        "\N{SOFT HYPHEN}",
        "\N{ZERO WIDTH NO-BREAK SPACE}",
        "\N{LINE SEPARATOR}",
        "\N{PARAGRAPH SEPARATOR}",
        "\N{TAG LATIN SMALL LETTER A}",
        SURROGATE,
    ],
    ids=ascii,
)
@pytest.mark.parametrize("title", ["{}a", "a{}b", "a{}"])
def test_a_title_holds_no_format_character(title, character):
    """Those at an edge that count as white space go with the rest of it."""
    with_it = title.format(character)
    if with_it.strip() == "a":
        assert check_title(with_it) == "a"
        return
    with refused(Reason.INVALID, "title"):
        check_title(with_it)


@pytest.mark.parametrize(
    "password",
    [
        "x" * 8,
        "x" * 200,
        " " * 8,
        "  with spaces at the edges  ",
        "p\N{LATIN SMALL LETTER A WITH DIAERESIS}ssw\N{LATIN SMALL LETTER O WITH DIAERESIS}rd",
        "\N{GRINNING FACE}" * 8,
        "\u043f\u0430\u0440\u043e\u043b\u044c\u0431\u0435\u0437",
        "' OR 1=1; --\\",
    ],
    ids=lambda password: ascii(password[:12]),
)
def test_a_password_is_taken_as_typed(password):
    assert check_password(password) == password


@pytest.mark.parametrize("password", ["", "x" * 7, " " * 7, "x" * 201, "x" * 100_000], ids=len)
def test_a_password_has_8_to_200_characters(password):
    with refused(Reason.INVALID, "password"):
        check_password(password)


@pytest.mark.parametrize("character", ["\0", "\n", "\r", "\t", "\x1b", "\x7f", SURROGATE], ids=ascii)
def test_a_password_holds_nothing_that_cannot_be_typed(character):
    for password in (f"{character}12345678", f"1234{character}5678", f"12345678{character}"):
        with refused(Reason.INVALID, "password"):
            check_password(password)


@pytest.mark.parametrize("password", ["hunter2", "my\0secret", "secret" * 40])
def test_a_refused_password_is_not_repeated_in_the_sentence(password):
    with pytest.raises(Refusal) as caught:
        check_password(password)
    assert password not in str(caught.value)
    assert "secret" not in str(caught.value)


@given(st.text(max_size=30))
def test_a_text_for_a_terminal_moves_and_turns_nothing_and_keeps_apart_what_is_apart(typed):
    shown = harmless(typed)
    assert all(c == " " or c.isprintable() or c.isspace() for c in shown)
    assert not any(c in shown for c in "\0\x1b\n\r\x9b\u202e\u2066\u200b\u2028")
    assert harmless(typed + "\u202e") != harmless(typed + "\\u202e")


@pytest.mark.parametrize(
    "same", ["", "Sam", "Gr\u00fc\u00dfe", "\u0645\u062d\u0645\u062f", "\u5c71\u7530", "\N{GRINNING FACE}", "a b"]
)
def test_a_text_for_a_terminal_is_the_text_where_nothing_in_it_does_harm(same):
    assert harmless(same) == same
