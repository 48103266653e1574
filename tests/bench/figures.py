"""The figures of a run: rows of the table with their floors and goals, and the points of its pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import isnan, nan

_FEW, _SOME = 5, 20
"""From so many samples on a 95th, and four times as many on, a 99th percentile tells anything."""


@dataclass(frozen=True, slots=True)
class Goal:
    """What a row shall reach; whatever is None is not asked. `ratio` is that to the floor, by the medians."""

    median: float | None = None
    p95: float | None = None
    least: float | None = None
    ratio: float | None = None

    @property
    def text(self) -> str:
        """In words: ``≤ 5, p95 ≤ 10``."""
        parts = (
            ("≤ ", self.median, ""),
            ("p95 ≤ ", self.p95, ""),
            ("≥ ", self.least, ""),
            ("≤ ", self.ratio, " × floor"),
        )
        return ", ".join(f"{before}{shown(value)}{after}" for before, value, after in parts if value is not None)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `values` are its samples in `unit`; `floor` is the same of the parts alone."""

    name: str
    unit: str
    values: Sequence[float]
    floor: float = nan
    floor_name: str = ""
    goal: Goal = field(default_factory=Goal)

    @property
    def median(self) -> float:
        """The sample in the middle."""
        return quantile(self.values, 0.5)

    @property
    def p95(self) -> float:
        """Not a number where the samples are too few for it."""
        return quantile(self.values, 0.95) if len(self.values) >= _FEW else nan

    @property
    def p99(self) -> float:
        """Not a number where the samples are too few for it."""
        return quantile(self.values, 0.99) if len(self.values) >= _SOME else nan

    @property
    def ratio(self) -> float:
        """How often the floor goes into the median."""
        return self.median / self.floor if self.floor else nan

    @property
    def verdict(self) -> str:
        """``yes``, ``no``, or nothing where no goal is set or nothing could be measured."""
        asked = (
            (self.goal.median, self.median, 1),
            (self.goal.p95, self.p95, 1),
            (self.goal.ratio, self.ratio, 1),
            (self.goal.least, self.median, -1),
        )
        checks = [
            sign * each <= sign * wanted for wanted, each, sign in asked if wanted is not None and not isnan(each)
        ]
        return ("yes" if all(checks) else "no") if checks else ""


@dataclass(frozen=True, slots=True)
class Curve:
    """Points for a picture: ``(x, y, …)`` each, with the names of the axes."""

    name: str
    axes: tuple[str, ...]
    points: Sequence[tuple[float, ...]]


Result = Row | Curve


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, interpolated between neighbours; nan of none."""
    if not values:
        return nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def shown(value: float) -> str:
    """A figure with about three digits; a dash for none."""
    if isnan(value):
        return "–"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
