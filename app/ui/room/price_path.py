"""The price path: a small picture of all offers, in which the prices of the two sides come towards each other.

It is inline SVG made here, so that the browser needs no library for it. Across, places are in per cent, down, in
pixels: the picture fits any width, and its words never scale. Colours and line widths are the theme's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.domain.actions import Offered
from app.domain.kinds import Role
from app.ui.components.html import Html
from app.ui.components.wording import money

HEIGHT = 92
_TOP, _BOTTOM = 28, 66
"""Where the highest and the lowest price stand; above and below there is room for a line of words."""
_FIRST, _NEWEST, _NOW = 1.5, 76.0, 98.0
"""Per cent: the first version, the newest, and the end of the dotted line, along which the newest prices hold."""
_MOST = 12
"""Offers of each side that are drawn. More could not be told apart, and a page has to stay small."""
_LONGEST_NAME, _LONGEST_PRICE_WITH_NAME, _LONGEST_LINE = 12, 12, 30
"""Characters that fit on the smallest phone: a name, a price that leaves room for one, both labels of one line."""
_LINE = 14
"""Pixels from one line of words to the next."""

_WAYS = {
    (Role.SELLER, False): "came down",
    (Role.SELLER, True): "went up",
    (Role.BUYER, True): "came up",
    (Role.BUYER, False): "went down",
}
"""How a side has moved: towards the other one it comes, away from it it goes."""

_PICTURE = Html(
    '<svg class="path" role="img" data-testid="price-path" aria-label="{}">'
    '<svg width="100%" height="{height}" viewBox="0 0 100 {height}" preserveAspectRatio="none">{}</svg>{}{}</svg>'
)
_LINES = Html('<g class="{}"><path d="{}"/><path class="{}" d="{}"/></g>')
_CIRCLE = Html('<circle cx="{}%" cy="{}" r="{}"/>')
_SQUARE = Html('<rect x="{}%" y="{}" width="9" height="9"/>')
_LABEL = Html('<text x="{}%" y="{}" text-anchor="{}">{}<tspan class="name">{}</tspan></text>')


@dataclass(frozen=True, slots=True)
class _Point:
    offer: Offered
    #: The price as people read it.
    money: str
    x: float
    y: float


def price_path(offers: Sequence[Offered], *, currency: str, me: Role, other: str, agreed: bool = False) -> Html:
    """The picture of all versions in their order, or nothing where there is no way from one to another yet.

    `me` is the viewer's side and `other` the other party's name, if there is one; `agreed`: the newest was accepted.
    """
    if len(offers) < 2:  # noqa: PLR2004 - a path leads from one to another
        return Html("")
    names = {role: "you" if role is me else _short(other) for role in Role}
    shown = sorted((o for role in Role for o in _thinned(offers, role)), key=lambda offer: offer.version)
    points = _points(shown, currency)
    sides = [side for role in Role if (side := [point for point in points if point.offer.by is role])]
    sides.sort(key=lambda side: side[0].offer.by is me)  # the viewer's own lies on top
    end = points[-1].y if agreed else None
    return _PICTURE.format(
        _spoken(points, names, agreed=agreed),
        Html().join(_lines(side, me, end) for side in sides),
        Html().join(_marks(side, me) for side in sides),
        (_agreement if agreed else _labels)(points, sides, names),
        height=HEIGHT,
    )


def caption(offers: Sequence[Offered], *, currency: str, me: Role, other: str, agreed: bool = False) -> Html:
    """What the picture comes to: how far each side has come, and how far they still are from each other."""
    told, latest = [], {}
    for role in Role:
        prices = [offer.terms.price for offer in offers if offer.by is role]
        if not prices:
            continue
        latest[role] = prices[-1]
        if prices[-1] != prices[0]:
            who = "You" if role is me else Html("<bdi>{}</bdi>").format(other)
            way = _WAYS[role, prices[-1] > prices[0]]
            told.append(Html("{} {} {}").format(who, way, money(abs(prices[-1] - prices[0]), currency)))
    if len(latest) == len(Role) and latest[Role.SELLER] > latest[Role.BUYER] and not agreed:
        told.append(Html("<b>{} apart</b>").format(money(latest[Role.SELLER] - latest[Role.BUYER], currency)))
    return Html(" · ").join(told)


def _thinned(offers: Sequence[Offered], role: Role) -> list[Offered]:
    """The offers of one side, evenly thinned out; the first and the latest always stay."""
    own = [offer for offer in offers if offer.by is role]
    if len(own) <= _MOST:
        return own
    return [own[round(step * (len(own) - 1) / (_MOST - 1))] for step in range(_MOST)]


def _points(offers: Sequence[Offered], currency: str) -> list[_Point]:
    first, newest = offers[0].version, offers[-1].version
    prices = [offer.terms.price for offer in offers]
    low, high = min(prices), max(prices)

    def across(version: int) -> float:
        return _FIRST + (_NEWEST - _FIRST) * (version - first) / (newest - first)

    def down(price: Decimal) -> float:
        share = (high - price) / (high - low) if high > low else Decimal("0.5")
        return _TOP + (_BOTTOM - _TOP) * float(share)

    return [
        _Point(offer, money(price, currency), round(across(offer.version), 1), round(down(price), 1))
        for offer, price in zip(offers, prices, strict=True)
    ]


def _lines(side: Sequence[_Point], me: Role, end: float | None) -> Html:
    """A price holds until the next one of its side: steps. An agreement leads both sides to its price."""
    steps = f"M{side[0].x:g} {side[0].y:g}" + "".join(f"H{point.x:g}V{point.y:g}" for point in side[1:])
    last = f"M{_NEWEST:g} {side[-1].y:g}H{_NOW:g}" + ("" if end is None else f"V{end:g}")
    return _LINES.format(_look(side, me), f"{steps}H{_NEWEST:g}", "now" if end is None else "agreed", last)


def _marks(side: Sequence[_Point], me: Role) -> Html:
    """The sides differ in shape, not by colour alone: full circles and hollow squares."""
    if side[0].offer.by is Role.SELLER:
        marks = Html().join(_CIRCLE.format(point.x, point.y, 5) for point in side)
        return Html('<g class="{}">{}</g>').format(_look(side, me), marks)
    marks = Html().join(_SQUARE.format(point.x, point.y) for point in side)
    return Html('<g class="{}" transform="translate(-4.5 -4.5)">{}</g>').format(_look(side, me), marks)


def _look(side: Sequence[_Point], me: Role) -> str:
    role = side[0].offer.by
    return f"{'you' if role is me else 'them'} {role.value}"


def _labels(points: Sequence[_Point], sides: Sequence[Sequence[_Point]], names: dict[Role, str]) -> Html:
    """Where it began, on the left, and where each side is, on the right: the upper one above its line."""
    latest = sorted((side[-1] for side in sides), key=lambda point: (point.y, point.offer.by is Role.BUYER))
    placed = [(_beside(point, above=point is latest[0]), _said(point, names), point) for point in latest]
    return _beginning(points[0], names, placed) + Html().join(
        _LABEL.format(100, y, "end", *said) for y, said, _ in placed
    )


def _agreement(points: Sequence[_Point], sides: Sequence[Sequence[_Point]], names: dict[Role, str]) -> Html:
    """Where it began, and the one price at which it ended for both."""
    agreed = points[-1]
    y, said = _beside(agreed, above=all(agreed.y <= side[-1].y for side in sides)), (agreed.money, " agreed")
    return _beginning(points[0], names, [(y, said, agreed)]) + Html('<g class="agreed">{}{}</g>').format(
        _CIRCLE.format(_NOW, agreed.y, 7), _LABEL.format(100, y, "end", *said)
    )


def _beginning(first: _Point, names: dict[Role, str], placed: Sequence[tuple[float, tuple[str, str], _Point]]) -> Html:
    """The label of the first price, where none of those on the right says the same or needs the room."""
    y, said = _beside(first, above=first.y <= (_TOP + _BOTTOM) / 2), _said(first, names)
    for beside, words, point in placed:
        repeats = point.offer.by is first.offer.by and point.money == first.money
        if repeats or (abs(beside - y) < _LINE and len("".join(words + said)) > _LONGEST_LINE):
            return Html("")
    return _LABEL.format(0, y, "start", *said)


def _beside(point: _Point, *, above: bool) -> float:
    """The base line of words above or below a point."""
    return round(point.y - 11 if above else point.y + 20, 1)


def _said(point: _Point, names: dict[Role, str]) -> tuple[str, str]:
    name = names[point.offer.by]
    return point.money, f" {name}" if name and len(point.money) <= _LONGEST_PRICE_WITH_NAME else ""


def _spoken(points: Sequence[_Point], names: dict[Role, str], *, agreed: bool) -> str:
    """What a screen reader says in the place of the picture; the versions have their numbers from 1."""
    count = points[-1].offer.version
    shown = "" if len(points) == count else f", {len(points)} of them shown"
    offers = [
        f"Version {point.offer.version}, {names[point.offer.by] or point.offer.by.value}: {point.money}"
        for point in points
    ]
    return f"Price path of {count} versions{shown}. {'. '.join(offers)}{', accepted' if agreed else ''}."


def _short(name: str) -> str:
    """A name as it fits beside a price, isolated from the direction of what surrounds it."""
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
    return f"\N{FIRST STRONG ISOLATE}{short}\N{POP DIRECTIONAL ISOLATE}" if short else ""
