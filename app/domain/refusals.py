"""Why something cannot be done, in a sentence for the person who asked.

A refusal is an everyday answer, not an error of ours: it is raised where a rule is broken, shown as it stands, and
changes nothing.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self


class Reason(StrEnum):
    """What kind of rule stood in the way; the sentence is for people, this is for code."""

    INVALID = "invalid"
    """A value is outside its limits; `Refusal.field` names it."""
    NOT_YOURS = "not_yours"
    """The role does not allow the move, or the viewer has no part in the trade."""
    CLOSED = "closed"
    """The trade has an outcome already; outcomes are final."""
    TOO_LATE = "too_late"
    """The deadline has passed, whether or not the expiry job has run."""
    TOO_EARLY = "too_early"
    """The deadline has not passed yet, or the trade is not closed yet."""
    STALE = "stale"
    """The terms are at another version than the one the move names."""
    SEAT_TAKEN = "seat_taken"
    """The buyer's seat belongs to somebody else."""
    TAKEN = "taken"
    """The name belongs to somebody else."""
    TOO_LONG = "too_long"
    """More than can be taken along."""
    TOO_OFTEN = "too_often"
    """A rate limit; trying again later helps."""


class Refusal(Exception):  # noqa: N818 - a refusal is not an error
    """A rule said no.

    `field` is the name of the input it concerns ("price", "name", …), or empty when it concerns the whole move.
    `str(refusal)` is the sentence to show. `wrong` has the sentence of each input that was refused at once, by field.
    """

    def __init__(self, reason: Reason, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason
        self.field = field
        self.wrong: Mapping[str, str] = {field: sentence} if field else {}


def invalid(field: str, sentence: str) -> Refusal:
    """The refusal of one input's value."""
    return Refusal(Reason.INVALID, sentence, field)


class Refusals:
    """What is wrong with several inputs, so that somebody hears of all of it at once and not of one after the other.

    Each `with` holds one check. `tell` raises the first refusal, which brings the sentences of the others along.
    """

    def __init__(self) -> None:
        self._found: list[Refusal] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: object, refusal: BaseException | None, __: object) -> bool:
        if not isinstance(refusal, Refusal) or not refusal.field:
            return False
        self._found.append(refusal)
        return True

    def tell(self) -> None:
        """Raises `Refusal` where a check has refused an input.

        What is raised leads to the calls that it has passed: were it still known there, only the garbage collector
        would free them, and the page with them.
        """
        if self._found:
            first, *others = self._found
            self._found.clear()
            first.wrong = {field: sentence for each in (first, *others) for field, sentence in each.wrong.items()}
            try:
                raise first
            finally:
                del first, others
