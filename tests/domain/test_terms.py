"""Figures as people type them: read exactly, or refused at their field; never rounded, never guessed at."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Reason, Refusal
from app.domain.terms import MAX_MINUTES, MAX_PRICE, MAX_QUANTITY, Terms, parse_minutes, parse_price, parse_quantity
from app.domain.terms import parse_terms as parse
from tests.domain.offers import TERMS
from tests.domain.refused import kept, refused

LONG = 5_000
HIGHEST_CENTS = 999_999_999_999_999
TYPED = "0123456789.,$ -+eE_"
"""The characters that make a number, or nearly one."""

# What no figure can be: everywhere the same.
NONSENSE = [
    "",
    " ",
    "\t\n",
    "-1",
    "+1",
    "-0.01",
    "(5)",
    "1e3",
    "1E3",
    "1_000",
    "0x10",
    "NaN",
    "nan",
    "sNaN",
    "Infinity",
    "inf",
    "-inf",
    "five",
    "1 000",
    "1\N{NO-BREAK SPACE}000",
    "1'000",
    "1,00",
    "1,0000",
    "1000,000",
    "1,,000",
    ",100",
    "1,000,",
    "1.000.000",
    "1.000,50",
    "5\0",
    "\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT TWO}",
    "\N{ARABIC-INDIC DIGIT FIVE}",
    "\N{SUPERSCRIPT TWO}",
    "\N{VULGAR FRACTION ONE HALF}",
    "\N{ROMAN NUMERAL FIVE}",
    "\N{MINUS SIGN}1",
    "5\N{ZERO WIDTH SPACE}",
    "\ud800",
]
# A group after a leading zero is no English number: who writes 0,500 means a half.
HALVES = ["0,500", "0,001", "00,500", "012,345", "0,000,001"]


@pytest.mark.parametrize(
    ("typed", "price"),
    [
        ("0.01", "0.01"),
        ("0.1", "0.10"),
        ("1", "1.00"),
        ("1000", "1000.00"),
        ("1,000.50", "1000.50"),
        ("1,234,567.8", "1234567.80"),
        ("999,999", "999999.00"),
        ("$5", "5.00"),
        (" $ 5 ", "5.00"),
        ("$1,000.00", "1000.00"),
        (".5", "0.50"),
        ("5.", "5.00"),
        ("  5.25\n", "5.25"),
        ("007", "7.00"),
        ("9999999999999.99", "9999999999999.99"),
        ("9,999,999,999,999.99", "9999999999999.99"),
        ("0" * LONG + "1", "1.00"),
    ],
    ids=lambda typed: typed[:24].strip(),
)
def test_a_price_is_read_exactly_with_two_decimals(typed, price):
    assert str(parse_price(typed)) == price


@pytest.mark.parametrize(
    "typed",
    [
        *NONSENSE,
        *("$", "$$5", "$-5", "-$5", "5$", "EUR 5", "\N{EURO SIGN}5", ".", "$.", "1..2", "1.2.3", ".5.", "1.5,000"),
        *("0", "00", "0.00", ".00", "0.", "$0", "0." + "0" * LONG),
        *("1.000", "12.000", "1.100", "1.10000", "1." + "0" * LONG, "1,000.000", "$1.000", ".500"),
        *("0.001", "0.005", "0.009", "1.999", "1.001", "9999999999999.989", "0." + "0" * LONG + "1"),
        *("10000000000000", "10,000,000,000,000", "9999999999999.991", "10000000000000.01", "9" * LONG),
    ],
    ids=lambda typed: ascii(typed[:24]),
)
def test_a_price_outside_the_limits_is_refused_at_its_field(typed):
    with refused(Reason.INVALID, "price"):
        parse_price(typed)


@pytest.mark.parametrize("typed", HALVES)
def test_a_comma_that_may_mean_decimals_is_not_read_as_thousands(typed):
    with refused(Reason.INVALID, "price"):
        parse_price(typed)
    with refused(Reason.INVALID, "quantity"):
        parse_quantity(typed)


def test_the_highest_price_fits_its_column():
    assert Decimal(HIGHEST_CENTS) / 100 == MAX_PRICE


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("abc", "not a number"),
        ("0.001", "more than two digits after the point"),
        ("0", "above zero"),
        ("10000000000000", "at most 9,999,999,999,999.99"),
    ],
)
def test_a_refused_price_says_what_is_wrong(typed, sentence):
    with pytest.raises(Refusal, match=sentence):
        parse_price(typed)


cents = st.integers(1, HIGHEST_CENTS) | st.integers(1, 100_000)
faces = st.sampled_from(["{}", "{:f}", "{:,}", "${}", "${:,.2f}", " {:,.2f}\n", "0{}"])


@given(cents, faces)
def test_a_price_is_what_was_written_in_every_way_of_writing_it(amount, face):
    price = Decimal(amount) / 100
    typed = face.format(price.quantize(Decimal("0.01")))
    assert parse_price(typed) == price
    assert str(parse_price(typed)) == f"{amount // 100}.{amount % 100:02}"


@given(cents)
def test_a_price_that_was_shown_can_be_typed_again(amount):
    price = parse_price(str(Decimal(amount) / 100))
    assert parse_price(str(price)) == parse_price(f"${price:,}") == price


@given(st.integers(0, HIGHEST_CENTS), st.integers(0, 9), st.text("0123456789", max_size=20))
def test_a_third_decimal_is_never_rounded_away(amount, third, more):
    with pytest.raises(Refusal):
        parse_price(f"{amount // 100}.{amount % 100:02}{third}{more}")


@given(st.integers(HIGHEST_CENTS + 1, 10**40))
def test_no_price_above_the_highest_is_read(amount):
    with pytest.raises(Refusal):
        parse_price(f"{amount // 100}.{amount % 100:02}")


@given(st.text(TYPED, max_size=24) | st.text(max_size=8))
def test_whatever_is_typed_is_a_price_of_exactly_that_or_refused_at_its_field(typed):
    price = kept(parse_price, typed, "price")
    if price is None:
        return
    bare = typed.strip().removeprefix("$").strip().replace(",", "")
    assert Fraction(price) == Fraction(f"0{bare}0" if "." in bare else bare)
    assert 0 < price <= MAX_PRICE
    assert price.as_tuple().exponent == -2


WHOLE = [
    pytest.param(parse_quantity, "quantity", MAX_QUANTITY, 2_147_483_647, id="quantity"),
    pytest.param(parse_minutes, "minutes", MAX_MINUTES, 525_600, id="minutes"),
]


@pytest.mark.parametrize(("parse_whole", "field", "most", "contract"), WHOLE)
def test_a_whole_number_is_read_up_to_its_limit(parse_whole, field, most, contract):
    assert most == contract
    right = {"1": 1, " 5\n": 5, "007": 7, "1,000": 1000, str(most): most, f"{most:,}": most, "0" * LONG + "9": 9}
    assert {typed: parse_whole(typed) for typed in right} == right


@pytest.mark.parametrize("typed", [*NONSENSE, "0", "00", "1.0", "1.", ".5", "2.5", "$5", "9" * LONG], ids=ascii)
@pytest.mark.parametrize(("parse_whole", "field", "most", "contract"), WHOLE)
def test_anything_but_a_whole_number_is_refused_at_its_field(parse_whole, field, most, contract, typed):
    with refused(Reason.INVALID, field):
        parse_whole(typed)


@pytest.mark.parametrize(("parse_whole", "field", "most", "contract"), WHOLE)
def test_one_above_the_limit_is_refused_with_the_limit_named(parse_whole, field, most, contract):
    for typed in (str(most + 1), f"{most + 1:,}", f"{most}0"):
        with refused(Reason.INVALID, field):
            parse_whole(typed)
    with pytest.raises(Refusal, match=f"from 1 to {contract:,}"):
        parse_whole(str(most + 1))


@given(st.text(TYPED, max_size=12) | st.text(max_size=6) | st.integers(-10, 2**33).map(str))
def test_whatever_is_typed_is_a_quantity_of_exactly_that_or_refused_at_its_field(typed):
    quantity = kept(parse_quantity, typed, "quantity")
    if quantity is None:
        return
    assert typed.strip().replace(",", "").lstrip("0") == str(quantity)
    assert 1 <= quantity <= MAX_QUANTITY


def test_terms_are_read_together_and_the_description_is_trimmed():
    terms = parse("$1,000", " 5 ", "  Oak,\r\noiled. ")
    assert terms == Terms(Decimal("1000.00"), 5, "Oak,\noiled.")
    assert parse("1", "1", "").description == ""


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (("", "", "\0"), "price"),
        (("1", "", "\0"), "quantity"),
        (("1", "1", "\0"), "description"),
        (("1", "1", "x" * 5_001), "description"),
    ],
)
def test_the_first_wrong_field_is_named_in_the_order_of_the_form(typed, field):
    with refused(Reason.INVALID, field):
        parse(*typed)


def test_a_description_of_5000_characters_fits():
    assert len(parse("1", "1", "x" * 5_000).description) == 5_000


@given(st.integers(1, HIGHEST_CENTS), st.integers(1, MAX_QUANTITY))
def test_a_total_is_exact_even_at_the_limits(amount, quantity):
    for price, number in ((amount, quantity), (HIGHEST_CENTS, MAX_QUANTITY)):
        total = Terms(Decimal(price).scaleb(-2), number).total
        assert Fraction(total) == Fraction(price * number, 100)


def test_changes_are_named_in_the_order_people_read_them():
    assert TERMS.changes_from(TERMS) == ()
    assert replace(TERMS, quantity=6).changes_from(TERMS) == ("quantity",)
    assert Terms(Decimal(1), 1, "").changes_from(TERMS) == ("price", "quantity", "description")
    assert replace(TERMS, price=Decimal(1000)).changes_from(TERMS) == ()
