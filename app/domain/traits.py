"""Traits: what may hold for a kind, one class for each column of the table in `kinds.py` that has a few values."""

from enum import Enum


class Timing(Enum):
    """How the time of something that happens lies to the trade's deadline."""

    BEFORE = "before"
    """Before the deadline, and not after the close."""
    AFTER = "after"
    """At the deadline or after it."""
    ANY = "any"
    """At any time, after the close too."""


class VersionUse(Enum):
    """What something that happens has to do with a version of the terms."""

    NONE = "none"
    MAKES = "makes"
    NAMES = "names"


class SeatChange(Enum):
    """What something that happens does to the buyer's seat."""

    STAYS = "stays"
    TAKEN = "taken"
    FREED = "freed"


class Side(Enum):
    """On which side of the offer that stands somebody has to be."""

    EITHER = "either"
    MADE = "made"
    RECEIVED = "received"


class DeadlineChange(Enum):
    """What something that happens does to the deadline, which only ever grows."""

    STAYS = "stays"
    LEAVES_TIME = "leaves_time"
    """It moves where the other side would not have the time to answer."""
    EXTENDED = "extended"
