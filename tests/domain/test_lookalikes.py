"""Names that look alike: nobody passes for somebody else, for the page itself, or for who runs it."""

import string
import unicodedata
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.confusables import PROTOTYPES
from app.domain.names import GONE, check_name, check_spelling, is_reserved, name_capitals, name_key, name_skeleton
from app.domain.refusals import Reason
from tests.domain.refused import kept, refused


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Pat SeIIer", "Pat Seller"),
        ("PAT SEIIER", "Pat SeIler"),
        ("Веа", "Bea"),
        ("ВЕА", "Bea"),
        ("\u039d\u0399\u039a\u039f", "NIKO"),
        ("Sarn", "Sam"),
        ("B0b", "Bob"),
        ("Ann 1", "Ann l"),
        ("Sam", "S\u0430m"),
        ("Jose\N{COMBINING ACUTE ACCENT}", "Jos\N{LATIN SMALL LETTER E WITH ACUTE}"),
        ("\N{MATHEMATICAL BOLD CAPITAL B}ea", "Bea"),
        ("\u0645\u06cc\u200c\u062e\u0631\u0645", "\u0645\u06cc\u062e\u0631\u0645"),
        ("O\N{RIGHT SINGLE QUOTATION MARK}Brien", "O'Brien"),
    ],
    ids=ascii,
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert name_skeleton(one) == name_skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Sam", "Sam 2"), ("Neil", "Nell"), ("Mario", "Marlo"), ("Jose", "Jos\u00e9"), ("Ann", "Anne"), ("Bea", "Лев")],
    ids=ascii,
)
def test_names_that_do_not_look_alike_have_their_own(one, other):
    assert name_skeleton(one) != name_skeleton(other)


def alike(one: str, other: str) -> bool:
    """Whether only one of the two can be a name."""
    return name_skeleton(one) == name_skeleton(other) or name_capitals(one) == name_capitals(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sam", "\u0405\u0410\u041c"),
        ("Mike", "\u039c\u0399\u039a\u0395"),
        ("Emma", "\u0395\u039c\u039c\u0391"),
        ("Tom", "\u0422\u041e\u041c"),
        ("Max", "rnax"),
    ],
    ids=ascii,
)
def test_capitals_of_another_alphabet_pass_for_nobody(one, other):
    for name in (one, one.upper(), one.lower()):
        assert alike(name, other)


@pytest.mark.parametrize("letter", string.ascii_letters)
def test_no_character_that_looks_like_a_letter_of_ours_makes_another_name(letter):
    """In either case of the letter, but for i: what looks like a small one does not look like a capital one, nor does a
    small l look like a small i, which has the same capital as what an l looks like. Neil is not Nell."""
    look = unicodedata.normalize("NFD", letter).translate(PROTOTYPES)
    for other in (chr(code) for code, prototype in PROTOTYPES.items() if prototype == look):
        for ours in {letter, letter.swapcase()} - ({"I"} if letter == "i" else set()):
            is_i_and_l = {name_key(ours), name_key(other)} == {"i", "l"}
            assert alike(f"A{ours}a", f"A{other}a") or is_i_and_l, (ours, other)


_ORDINARY = (
    "Ada Adam Aida Ailsa Al Alan Alex Ali Alina Amir Amy Ana Anna Anne Ben Bill Bob Carl Clara Cora Dan Dina Dora "
    "Ed Eli Ella Emil Emilia Emily Emma Erin Eva Ian Ida Ilse Ina Irma Iris Jan Jill Jim Jon Julia Julian Kai "
    "Karin Kim Lena Lia Liam Lila Lina Linda Lisa Liz Lola Mai Mara Maria Marie Marina Mario Marlo Marta Martin "
    "Max Mia Mila Milan Mina Mona Neil Nell Nia Nick Nico Nila Nina Noah Nora Olga Olaf Oli Otto Pat Paul Pia "
    "Pilar Rina Rob Roma Rosa Sam Sara Sia Sila Sina Sofia Tia Tim Tina Tom Toni Uli Una Vera Vic Will Yara Zoe "
    "Annä Zoë José Jose "
    "Анна Иван Инна Нина Ольга Олег Павел Γιώργος Ελένη Μαρία "
)


def test_ordinary_names_stand_beside_each_other():
    names = _ORDINARY.split()
    assert [pair for pair in combinations(names, 2) if alike(*pair)] == []
    assert len({name_capitals(name) for name in names}) == len(names)


@given(st.text(st.characters(codec="utf-8"), max_size=12))
def test_a_name_looks_like_itself_in_every_form_and_without_what_is_invisible(typed):
    skeleton, capitals = name_skeleton(typed), name_capitals(typed)
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert name_skeleton(unicodedata.normalize(form, typed)) == skeleton
        assert name_capitals(unicodedata.normalize(form, typed)) == capitals
    assert name_skeleton("\u200b".join(typed)) == skeleton or unicodedata.normalize("NFKC", typed) != typed


def test_the_table_is_unicode_s_and_whole():
    assert len(PROTOTYPES) == 2_797
    known = {
        "m": "rn",
        "I": "l",
        "1": "l",
        "|": "l",
        "0": "O",
        "\u0430": "a",
        "\u03bf": "o",
        "\u05e1": "o",
        "\u4e00": "\u30fc",
    }
    assert {c: PROTOTYPES[ord(c)] for c in known} == known


RESERVED = [
    *(
        "You",
        "you",
        "YOU",
        "Y0u",
        "You.",
        "you!",
        "(you)",
        "Sam (you)",
        "Sam [You]",
        "Sam \uff08you\uff09",
        "You (Sam)",
    ),
    *(
        "The clock",
        "the  clock",
        "The-clock",
        "TheCl0ck",
        "Deleted user",
        "Deleted user.",
        "DeIeted user",
        "deleteduser",
    ),
    *("D\u00e9leted user", "Traderoom", "Trader00m", "Traderoom support", "The real Traderoom", "T r a d e r o o m"),
    *(
        "Seller",
        "SeIIer",
        "seiier",
        "Buyer",
        "buyer?",
        "The seller",
        "System",
        "Admin",
        "\u00c0dmin",
        "ADMlN",
        "admin...",
    ),
    *(
        "Sam ‹you›",
        "Sam «You»",
        "Sam “you”",
        "Sam 'you'",
        "Sam - you",
        "Sam — you",
        "Sam <you>",
        "Sam *you*",
        "Sam: you",
    ),
    *("you | Sam", "Sam/Support", "Sam ‹y0u›"),
    *("Support", "Private trade", "Sam (seller)", "Anna (Admin)", "\u0405\u0423\u0405\u0422\u0415\u041c", "\uff21dmin"),
]


@pytest.mark.parametrize("name", RESERVED, ids=ascii)
def test_a_reserved_word_and_whatever_looks_like_one_is_nobody_s_name(name):
    assert is_reserved(name)
    with refused(Reason.TAKEN, "name"):
        check_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Sam", "Youssef", "Young", "Pat Seller", "Adminah", "Bea (Berlin)", "Trader", "Sam (2)", "Supporta", "Clock"),
        *("O'Brien", "Anne-Marie", "Seller, Pat", "Jean-Support", "sam_smith-99@home", "Dr. Help", "Sam & Bea"),
    ],
)
def test_a_name_that_only_holds_a_reserved_word_is_welcome(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    "character", ["\ue000", "\U000f0000", "\U0010fffd", "\u0378", "\U0003fffd", "\uffff"], ids=ascii
)
def test_a_name_of_characters_whose_look_nobody_knows_is_refused(character):
    for name in (character, f"Sam {character}"):
        with refused(Reason.INVALID, "name"):
            check_name(name)


def test_who_has_a_name_already_may_be_called_by_it():
    for name in (GONE, "Admin", "You", "\ue000", "Sam (you)"):
        assert check_spelling(name) == name


@pytest.mark.parametrize(
    "right", ["\u0645\u06cc\u200c\u062e\u0631\u0645", "\u0915\u094d\u200d\u0937", "\N{MAN}\u200d\N{GIRL}"]
)
def test_a_joiner_makes_no_other_name(right):
    assert name_key(right) == name_key(right.replace("\u200c", "").replace("\u200d", ""))


@pytest.mark.parametrize("joiner", "\u200c\u200d", ids=ascii)
@pytest.mark.parametrize(
    "wrong", ["{}", "{}Sam", "Sam{}", "S{}am", "Sam {}Smith", "\u0645{}", "{}\u0645", "\N{MAN}{}", "\u0645{}{}\u06cc"]
)
def test_a_joiner_that_joins_nothing_is_refused(joiner, wrong):
    with refused(Reason.INVALID, "name"):
        check_name(wrong.replace("{}", joiner))


@given(st.text("\u200c\u200d\ufe0f aA1\u0645\u06cc\u0915\u094d\u0b95\N{MAN}\N{GIRL}\u2764\U0001f3fd", max_size=8))
def test_a_name_with_joiners_that_was_kept_is_kept_the_same_again(typed):
    name = kept(check_name, typed, "name")
    assert name is None or check_name(name) == name
