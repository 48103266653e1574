"""The difference between two offers: amounts and shares as people say them, and none that says nothing."""

from decimal import Decimal

import pytest

from app.domain.terms import MAX_PRICE, Terms
from app.ui.components.difference import by_money, difference, percent

BEFORE = Terms(Decimal(1000), 5, "Oak.")


@pytest.mark.parametrize(
    ("now", "before", "share"),
    [
        ("1040", "1000", "4.0 %"),
        ("920", "880", "4.5 %"),
        ("880", "1000", "12.0 %"),
        ("1.0005", "1", "under 0.1 %"),
        ("10.99", "1", "999.0 %"),
        ("0.50", "1000", "over 99.9 %"),
        ("0.51", "1000", "99.9 %"),
        ("2", "1", "100.0 %"),
        ("11", "1", ""),
        (str(MAX_PRICE), "0.01", ""),
    ],
)
def test_a_share_is_of_what_was_before(now: str, before: str, share: str) -> None:
    assert percent(Decimal(now), Decimal(before)) == share


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(Decimal(880), 5, "Oak."), "down $120.00 · 12.0 %"),
        (Terms(Decimal(1040), 9, "Oak."), "up $40.00 · 4.0 % Quantity up 4"),
        (Terms(Decimal(1000), 1, "Pine."), "Quantity down 4 New description"),
        (Terms(MAX_PRICE, 5, "Oak."), "up $9,999,999,998,999.99"),
        (BEFORE, ""),
    ],
)
def test_all_that_differs_is_told(terms: Terms, said: str) -> None:
    assert difference(terms, BEFORE, "USD").striptags() == said


def test_the_way_is_a_word_for_who_listens_and_an_arrow_for_who_looks() -> None:
    told = by_money(Decimal(900), Decimal(1000), "JPY")
    shown = '<span class="down"><span class="for-readers">down </span>¥100 · 10.0 %</span>'
    assert told == f'<span class="by">{shown}</span>'
    assert by_money(Decimal(1), Decimal(1), "JPY") == ""
