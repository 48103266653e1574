"""A refusal as the tests of the domain expect it: its reason, its field, and a sentence to show."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from app.domain.refusals import Reason, Refusal

T = TypeVar("T")


@contextmanager
def refused(reason: Reason, field: str = "") -> Iterator[None]:
    """The block must end in a refusal for this reason, at this field, that says so in a whole sentence."""
    with pytest.raises(Refusal) as caught:
        yield
    assert caught.value.reason is reason
    assert caught.value.field == field
    assert str(caught.value)[0].isupper()
    assert str(caught.value).endswith(".")


def kept(check: Callable[[str], T], typed: str, field: str) -> T | None:
    """What a check makes of what was typed, or None where it refuses it, which must be at this field."""
    try:
        return check(typed)
    except Refusal as refusal:
        no = refusal
    assert no.reason in {Reason.INVALID, Reason.TAKEN}  # a reserved name is taken
    assert no.field == field
    return None
