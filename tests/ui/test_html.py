"""HTML with places says what `Markup` says, whatever is put into them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from app.ui.components.html import Html

ONE = '<p title="{}">{}</p>{}'
VALUES = st.one_of(st.text(), st.text().map(Markup), st.text().map(Html), st.integers(), st.none())


@given(VALUES, VALUES, VALUES)
def test_values_are_escaped_as_markup_does(one: object, two: object, three: object) -> None:
    said = Html(ONE).format(one, two, three)
    assert said == Markup(ONE).format(one, two, three)
    assert isinstance(said, Html)


@given(VALUES)
def test_so_are_named_ones_and_more_than_once(value: object) -> None:
    text = "<b>{what}</b> and {what}{}"
    assert Html(text).format("<", what=value) == Markup(text).format("<", what=value)


@pytest.mark.parametrize("value", ["{}", "{0.__class__}", "{what}", "%s", "<{}>"])
def test_what_is_put_in_is_no_template(value: str) -> None:
    assert str(Html("<i>{}</i>").format(value)) == f"<i>{Markup.escape(value)}</i>"
    assert Html("<i>{}</i>").format(Html("<b>{}</b>").format(value)) == f"<i><b>{Markup.escape(value)}</b></i>"


def test_what_is_joined_or_added_is_escaped_too() -> None:
    assert Html(", ").join(["<", Html("<b>")]) == "&lt;, <b>"
    assert Html("<b>") + "<" == "<b>&lt;"
