"""Currencies: those of babel's data with at most two decimals; prices are written as each of them allows."""

import re
from contextlib import suppress
from decimal import Decimal

import pytest
from babel.core import get_global
from babel.numbers import get_currency_precision

from app.domain.currency import DECIMALS, WHOLE, check_currency
from app.domain.refusals import Reason, Refusal
from app.domain.terms import MAX_PRICE, MAX_UNIT, check_unit, parse_price
from app.ui.components.wording import money, sign
from tests.domain.refused import refused


def tender() -> set[str]:
    """What is legal tender somewhere, by the Unicode CLDR."""
    return {
        code for uses in get_global("territory_currencies").values() for code, _, end, is_tender in uses
        if is_tender and end is None
    }  # fmt: skip


def test_the_table_is_that_of_the_unicode_consortium() -> None:
    """Where this fails after an update of babel: a currency has come, gone or changed, and the table follows."""
    decimals = {code: get_currency_precision(code) for code in tender()}
    assert {code: digits for code, digits in decimals.items() if digits <= 2} == DECIMALS
    assert set(WHOLE) == {code for code, digits in decimals.items() if digits == 0}


@pytest.mark.parametrize(("typed", "code"), [("EUR", "EUR"), (" chf ", "CHF"), ("jpy", "JPY")])
def test_a_currency_is_named_by_its_code(typed: str, code: str) -> None:
    assert check_currency(typed) == code


@pytest.mark.parametrize(
    "typed", ["", "EURO", "€", "KWD", "DEM", "XXX", "E\0R", "\N{FULLWIDTH LATIN CAPITAL LETTER E}UR"]
)
def test_what_is_no_currency_or_has_smaller_coins_than_a_hundredth_is_refused(typed: str) -> None:
    with refused(Reason.INVALID, "currency"):
        check_currency(typed)


@pytest.mark.parametrize(
    ("typed", "currency", "price"),
    [
        ("€900.50", "EUR", "900.50"),
        ("£ 1,000", "GBP", "1000.00"),
        ("1000", "CHF", "1000.00"),
        ("¥1,000", "JPY", "1000.00"),
        ("1000.00", "JPY", "1000.00"),
        ("\u00a51,000", "CNY", "1000.00"),
        ("AUD 1000", "AUD", "1000.00"),
        ("F CFA 1,000", "XOF", "1000.00"),
    ],
)
def test_a_price_is_read_with_the_sign_of_its_currency(typed: str, currency: str, price: str) -> None:
    assert parse_price(typed, currency) == Decimal(price)


@pytest.mark.parametrize("currency", DECIMALS)
def test_a_price_is_read_as_it_is_shown(currency: str) -> None:
    for digits in ("1", "999", "1000", "1234567", "0.01", "900.50", "1234.05", str(MAX_PRICE)):
        amount = Decimal(digits) if DECIMALS[currency] else max(Decimal(1), Decimal(digits) // 1)
        assert parse_price(money(amount, currency), currency) == amount
        assert parse_price(f"{sign(currency)}{amount}", currency) == amount


def test_a_price_is_not_read_as_it_is_shown_in_another_currency() -> None:
    def is_read(shown: str, currency: str) -> bool:
        with suppress(Refusal):
            return bool(parse_price(shown, currency))
        return False

    shown = {code: money(Decimal(1000), code) for code in DECIMALS}
    read = {(code, other) for code in DECIMALS for other in DECIMALS if is_read(shown[code], other)}
    assert read == {(code, code) for code in DECIMALS} | {("JPY", "CNY")}  # one sign, for the yen and the yuan


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("$5", "EUR"),
        ("$5", "AUD"),
        ("A$1,00", "AUD"),
        ("NT$1.000", "TWD"),
        ("FCFA1.5", "XAF"),
        ("€5", "USD"),
        ("0.5", "JPY"),
        ("1000.01", "ISK"),
        ("1.000", "JPY"),
        ("5.001", "EUR"),
    ],
)
def test_another_currency_s_sign_and_coins_that_there_are_not_are_refused(typed: str, currency: str) -> None:
    with refused(Reason.INVALID, "price"):
        parse_price(typed, currency)


def test_a_unit_is_one_line_of_at_most_forty_characters_or_nothing() -> None:
    assert check_unit("  per pallet ") == "per pallet"
    assert check_unit(" ") == ""
    assert check_unit("x" * MAX_UNIT) == "x" * MAX_UNIT
    for typed in ("x" * 41, "two\nlines", "a\0b", "right\u202eto left"):
        with refused(Reason.INVALID, "unit"):
            check_unit(typed)


@pytest.mark.parametrize("currency", ["USD", "JPY"])
@pytest.mark.parametrize("typed", ["a lot", "\uff11\uff12", "1 000", "1.000,5", "1,5", "1,23,456", "10000000000000"])
def test_what_a_refusal_says_to_write_is_taken(typed: str, currency: str) -> None:
    with pytest.raises(Refusal) as caught:
        parse_price(typed, currency)
    for example in re.findall(r"[0-9][0-9,.]*[0-9](?= or |\.$| is possible)", str(caught.value)):
        parse_price(example, currency)
