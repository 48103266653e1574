"""What could mean two amounts is asked about with the way to write it, never guessed."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.refusals import Refusal
from app.domain.terms import parse_price
from tests.domain.refused import kept

READ = {
    "1000": "1000.00",
    "1,000": "1000.00",
    "1000.5": "1000.50",
    "1000.50": "1000.50",
    "1,000.50": "1000.50",
    "1,000,000": "1000000.00",
    "$1,000": "1000.00",
    "USD 1,000": "1000.00",
    "1.00": "1.00",
    "1.5": "1.50",
    "0.5": "0.50",
    "10.": "10.00",
}
THREE_DIGITS = ["1.000", "12.000", "999.000", "0.500", "1.0000", "1,000.000", "$ 1.000", ".000", "1.234"]
COMMA_BEFORE_CENTS = ["1,00", "1,5", "0,5", "1000,50", "1,000,5", "1.000,50", "12.345.678,90", ",5", "$1,50", "1,0"]
POINTS = ["1.000.000", "12.345.678", "1.000,", "1.000,500"]
COMMAS = ["1000,000", "1,0000", "10,00,000", "1,,000", "1,000,", ",100", "0,500", "1,23,456.00"]
MARKS = [
    "1 000",
    "1\u00a0000",
    "1\u202f000",
    "1'000",
    "1\u2019000",
    "1'000.50",
    "1 000 000",
    "1 000,50",
    "1_000",
    "1 .5",
]
OTHER_DIGITS = ["\u0661\u0660\u0660\u0660", "\u06f5", "\uff11\uff10", "\u0967,\u0966\u0966\u0966", "5\u0660", "5\u00b2"]
NONE = ["abc", "1e3", "five", "5 dollars", "EUR 5", "5\u20ac", "-5", "+5", "(5)", "", "1.2.3", "$", "1/2", "5%"]
TABLE = {
    "more than two digits after the point. One thousand is written 1000 or 1,000": THREE_DIGITS,
    "comma": [*COMMA_BEFORE_CENTS, *COMMAS],
    "points between thousands": POINTS,
    "a space or a mark between": MARKS,
    "Please use 0 to 9": OTHER_DIGITS,
    "is not a number": NONE,
}


@pytest.mark.parametrize("typed", READ)
def test_what_means_one_amount_is_read(typed):
    assert str(parse_price(typed)) == READ[typed]


@pytest.mark.parametrize(("words", "typed"), [(words, typed) for words, several in TABLE.items() for typed in several])
def test_what_may_mean_another_amount_is_refused_with_the_way_to_write_it(words, typed):
    with pytest.raises(Refusal, match=re.escape(words)) as caught:
        parse_price(typed)
    assert caught.value.field == "price"
    assert re.search(r"1000|0 to 9|900\.50", str(caught.value)), "it does not say how to write it"


@given(st.text("0123456789.,' \u00a0$", max_size=14))
def test_no_price_is_read_that_somebody_elsewhere_reads_otherwise(typed):
    """Elsewhere: points between thousands and a comma before the cents."""
    price = kept(parse_price, typed, "price")
    bare = typed.strip().removeprefix("$").strip()
    if price is None or not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+(,[0-9]+)?|[0-9]+,[0-9]{1,2}", bare):
        return
    assert Fraction(price) == Fraction(bare.replace(".", "").replace(",", "."))


def test_a_very_long_price_is_refused_at_once():
    for typed in ("0," * 500_000, "1 " * 500_000, "1.000" * 200_000 + "x"):
        with pytest.raises(Refusal):
            parse_price(typed)
