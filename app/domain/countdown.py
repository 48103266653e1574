"""What the clock of a trade shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from app.domain.kinds import Status
from app.domain.trade import Trade

SOON, URGENT = timedelta(minutes=5), timedelta(minutes=2)
"""Below these the time is short, and very short."""


class Phase(StrEnum):
    """How pressing the time is."""

    CALM = "calm"
    SOON = "soon"
    URGENT = "urgent"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock's face at one moment: the text to show and how pressing it is."""

    text: str
    phase: Phase


def read(trade: Trade, now: datetime) -> Reading:
    """The reading of a trade's clock. A closed trade's clock stands still at the time that was left.

    Seconds are rounded up, so that 0:00 shows exactly at the deadline and never before it.
    """
    if trade.status is Status.EXPIRED:
        return Reading("0:00", Phase.OVER)
    stopped = trade.closed_at if trade.status.final else None
    left = trade.expires_at - (stopped or now)
    if stopped or left <= timedelta(0):
        return Reading(duration(left), Phase.OVER)
    phase = Phase.URGENT if left < URGENT else Phase.SOON if left < SOON else Phase.CALM
    return Reading(duration(left), phase)


def duration(left: timedelta) -> str:
    """``0:07``, ``29:59``, ``1:02:03`` or ``3 d 04:05:06``; never below zero."""
    seconds = max(0, ceil(left.total_seconds()))
    days, seconds = divmod(seconds, 86_400)
    hours, seconds = divmod(seconds, 3_600)
    minutes, seconds = divmod(seconds, 60)
    if days:
        return f"{days} d {hours:02}:{minutes:02}:{seconds:02}"
    if hours:
        return f"{hours}:{minutes:02}:{seconds:02}"
    return f"{minutes}:{seconds:02}"
