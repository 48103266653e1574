"""How much is measured: a minute's worth that keeps the bench alive, or what the figures in the README come from."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Size:
    """Counts, and seconds where the name says so."""

    name: str
    floor: int
    """Samples of each floor."""
    messages: int
    amendments: int
    joins: int
    load_seconds: float
    rates: tuple[int, ...]
    """Messages per second, tried in this order until two in a row are too slow."""
    rate_seconds: float
    people: int
    """Connected at once, for memory."""
    watchers: int
    """Connected at once, for the ticking clocks."""
    watch_seconds: float
    leave_seconds: float
    """Until what a page held is given back; 0: not waited for."""
    history: int
    """Earlier messages in a room."""
    trades: int
    """On the dashboard."""
    dashboards: int
    events: int
    expiries: int
    expiry_seconds: float
    """The time over which deadlines are spread."""
    pending: int
    """Trades that wait for their deadline meanwhile."""
    actions: int
    starts: int
    visits: int
    """In a real browser, each of a few seconds."""
    rush: int
    """People who join at once."""
    soak_seconds: float
    """Of coming and going; 0: not waited for."""


SHORT = Size(
    name="short",
    floor=50,
    messages=50,
    amendments=15,
    joins=10,
    load_seconds=2,
    rates=(100, 300),
    rate_seconds=2,
    people=40,
    watchers=20,
    watch_seconds=1,
    leave_seconds=0,
    history=1_000,
    trades=1_000,
    dashboards=10,
    events=5,
    expiries=20,
    expiry_seconds=2,
    pending=1_000,
    actions=200,
    starts=1,
    visits=1,
    rush=20,
    soak_seconds=0,
)
FULL = Size(
    name="full",
    floor=1_000,
    messages=1_000,
    amendments=100,
    joins=100,
    load_seconds=20,
    rates=tuple(range(100, 1_001, 50)),
    rate_seconds=8,
    people=2_000,
    watchers=1_000,
    watch_seconds=20,
    leave_seconds=20,
    history=10_000,
    trades=100_000,
    dashboards=200,
    events=30,
    expiries=1_000,
    expiry_seconds=60,
    pending=100_000,
    actions=2_000,
    starts=8,
    visits=5,
    rush=1_000,
    soak_seconds=600,
)
