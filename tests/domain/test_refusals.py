"""Several inputs that are wrong are told at once, and nothing but refusals of inputs is gathered."""

import pytest

from app.domain.refusals import Reason, Refusal, Refusals, invalid
from app.domain.terms import Terms, parse_terms


def test_everything_that_is_wrong_is_told_with_the_first_of_it():
    with pytest.raises(Refusal) as caught:
        parse_terms("1e3", "1.5", "x" * 5_001)
    assert caught.value.field == "price"
    assert list(caught.value.wrong) == ["price", "quantity", "description"]
    assert caught.value.wrong["price"] == str(caught.value)
    assert "must be a whole number" in caught.value.wrong["quantity"]
    assert "too long" in caught.value.wrong["description"]


def test_what_was_gathered_within_is_told_too():
    refusals = Refusals()
    with refusals:
        raise invalid("title", "The title is empty.")
    with refusals:
        parse_terms("0", "0", "")
    with pytest.raises(Refusal) as caught:
        refusals.tell()
    assert str(caught.value) == "The title is empty."
    assert list(caught.value.wrong) == ["title", "price", "quantity"]


def test_what_is_right_is_not_told():
    assert isinstance(parse_terms("1", "1", ""), Terms)
    refusals = Refusals()
    with refusals:
        pass
    refusals.tell()


@pytest.mark.parametrize("error", [Refusal(Reason.TOO_OFTEN, "Later."), ValueError("a bug"), invalid("", "Nothing.")])
def test_what_concerns_no_input_is_not_held_back(error):
    assert getattr(error, "wrong", {}) == {}
    with pytest.raises(type(error)) as caught, Refusals():
        raise error
    assert caught.value is error
