"""The price path: two sides that come towards each other, in a picture that stays small whatever was offered."""

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.actions import Offered
from app.domain.kinds import Role
from app.domain.terms import MAX_PRICE, Terms
from app.ui.components import wording
from app.ui.room.price_path import HEIGHT, caption, price_path

SELLER, BUYER = Role.SELLER, Role.BUYER
MOST_BYTES = 8_000
"""A room's HTML stays under 25 kB."""
path_of = partial(price_path, currency="USD")
PRICES = st.decimals(Decimal("0.01"), MAX_PRICE, places=2)


def offers(*prices: tuple[Role, str]) -> list[Offered]:
    """Versions from 1, each by a side and with a price."""
    return [Offered(version, by, Terms(Decimal(price), 1)) for version, (by, price) in enumerate(prices, 1)]


def drawn(path: str) -> ET.Element:
    """The picture, as a browser reads it."""
    return ET.fromstring(path)


def places(picture: ET.Element, tag: str) -> list[tuple[float, float]]:
    """Where all marks of a kind stand: per cent from the left, pixels from the top."""
    x, y = ("cx", "cy") if tag == "circle" else ("x", "y")
    return [(float(mark.attrib[x].rstrip("%")), float(mark.attrib[y])) for mark in picture.iter(tag)]


def lines(picture: ET.Element) -> list[tuple[float, float]]:
    """All corners of all lines."""
    corners = []
    for line in picture.iter("path"):
        x = y = 0.0
        for command, first, second in re.findall(r"([MHV])(-?[\d.]+)(?: (-?[\d.]+))?", line.attrib["d"]):
            x, y = {"M": (first, second), "H": (first, y), "V": (x, first)}[command]
            corners.append((float(x), float(y)))
    return corners


def labels(picture: ET.Element) -> list[str]:
    """What is written beside the lines."""
    unseen = str.maketrans("", "", "\N{FIRST STRONG ISOLATE}\N{POP DIRECTIONAL ISOLATE}")
    return ["".join(text.itertext()).translate(unseen) for text in picture.iter("text")]


def name_of(picture: ET.Element) -> str:
    """What a screen reader says."""
    return picture.attrib["aria-label"].translate({0x2068: None, 0x2069: None})


THREE = offers((SELLER, "1000"), (BUYER, "880"), (SELLER, "920"))


def test_one_version_has_no_path() -> None:
    assert path_of([], me=SELLER, other="Bea") == ""
    assert path_of(THREE[:1], me=SELLER, other="") == ""


def test_two_sides_are_two_shapes_that_come_towards_each_other() -> None:
    picture = drawn(path_of(THREE, me=BUYER, other="Sam"))
    (begin, high), (now, lower) = places(picture, "circle")
    ((between, low),) = places(picture, "rect")
    assert begin < between < now
    assert high < lower < low
    assert labels(picture) == ["$1,000.00 Sam", "$920.00 Sam", "$880.00 you"]
    assert name_of(picture) == (
        "Price path of 3 versions. Version 1, Sam: $1,000.00. Version 2, you: $880.00. Version 3, Sam: $920.00."
    )
    assert (picture.attrib["role"], picture.attrib["data-testid"]) == ("img", "price-path")
    assert {group.attrib["class"] for group in picture.iter("g")} == {"them seller", "you buyer"}


def test_who_looks_is_you() -> None:
    picture = drawn(path_of(THREE, me=SELLER, other="Bea"))
    assert labels(picture) == ["$1,000.00 you", "$920.00 you", "$880.00 Bea"]
    assert {group.attrib["class"] for group in picture.iter("g")} == {"you seller", "them buyer"}


def test_an_agreement_leads_both_sides_to_its_price() -> None:
    picture = drawn(path_of(THREE, me=SELLER, other="Bea", agreed=True))
    *_, (_, newest), (end, agreed) = places(picture, "circle")
    assert agreed == newest
    assert [line.attrib["d"].endswith(f"H{end:g}V{agreed:g}") for line in picture.iter("path")] == [False, True] * 2
    assert labels(picture) == ["$1,000.00 you", "$920.00 agreed"]
    assert name_of(picture).endswith("Version 3, you: $920.00, accepted.")


def test_a_seller_who_comes_down_alone_has_a_path() -> None:
    picture = drawn(path_of(offers((SELLER, "1000"), (SELLER, "900")), me=SELLER, other=""))
    assert labels(picture) == ["$1,000.00 you", "$900.00 you"]
    assert places(picture, "rect") == []
    other = path_of(offers((BUYER, "1"), (BUYER, "2")), me=SELLER, other="")
    assert "Version 1, buyer: $1.00" in name_of(drawn(other))


def test_equal_prices_lie_in_the_middle_and_their_words_apart() -> None:
    picture = drawn(path_of(offers((SELLER, "5"), (BUYER, "5"), (SELLER, "5")), me=SELLER, other="Bea"))
    assert {y for _, y in places(picture, "circle")} == {y for _, y in places(picture, "rect")} == {47.0}
    assert labels(picture) == ["$5.00 you", "$5.00 Bea"]
    above, below = (float(text.attrib["y"]) for text in picture.iter("text"))
    assert below - above > 20


def test_the_widest_prices_are_written_without_names_and_never_over_each_other() -> None:
    path = offers((SELLER, "9999999999999.99"), (SELLER, "9999999999999.98"), (BUYER, "0.01"))
    picture = drawn(path_of(path, me=SELLER, other="Bea"))
    assert labels(picture) == ["$9,999,999,999,999.98", "$0.01 Bea"]


@pytest.mark.parametrize("count", [2, 50, 1000])
def test_a_long_bargaining_is_thinned_out_to_what_can_be_seen(count: int) -> None:
    path = offers(
        *((SELLER, str(5000 - n)) if n % 2 == 0 else (BUYER, str(1000 + n)) for n in range(count)),
    )
    html = path_of(path, me=SELLER, other="Bea")
    picture = drawn(html)
    said, points = name_of(picture), places(picture, "circle") + places(picture, "rect")
    assert len(points) == said.count("Version ") == min(count, 24)
    assert f"Version {count}, " in said
    assert f"Version {count - 1}, " in said
    assert said.startswith(f"Price path of {count} versions" + (", 24 of them shown." if count > 24 else "."))
    assert len(html.encode()) < 4_000


def test_markup_in_a_name_is_text() -> None:
    nasty = "\"><b>&'"
    html = path_of(THREE, me=BUYER, other=nasty)
    picture = drawn(html)
    assert "<b>" not in html
    assert f"Version 1, {nasty}: $1,000.00." in name_of(picture)
    assert f"$1,000.00 {nasty}" in labels(picture)


def test_prices_are_in_the_trade_s_currency() -> None:
    picture = drawn(price_path(THREE, currency="JPY", me=BUYER, other="Sam"))
    assert labels(picture) == ["¥1,000 Sam", "¥920 Sam", "¥880 you"]


def test_what_a_room_no_longer_holds_is_counted_all_the_same() -> None:
    path = [THREE[0], *(Offered(version, BUYER, Terms(Decimal(version), 1)) for version in range(50, 54))]
    said = name_of(drawn(path_of(path, me=BUYER, other="Sam")))
    assert said.startswith("Price path of 53 versions, 5 of them shown.")


@pytest.mark.parametrize(
    ("prices", "agreed", "said"),
    [
        ("s1000 b880 s920", False, "Sam came down $80.00 · $40.00 apart"),
        ("s1000 b880 s920 b900", False, "Sam came down $80.00 · You came up $20.00 · $20.00 apart"),
        ("s1000 b880 s920 b900", True, "Sam came down $80.00 · You came up $20.00"),
        ("s1000 s1100", False, "Sam went up $100.00"),
        ("s1000 b900 b800", False, "You went down $100.00 · $200.00 apart"),
        ("s1000 b1000", False, ""),
        ("s1000", False, ""),
    ],
)
def test_the_caption_says_how_far_each_has_come_and_what_is_left(prices: str, agreed: bool, said: str) -> None:
    path = offers(*((SELLER if price[0] == "s" else BUYER, price[1:]) for price in prices.split()))
    assert caption(path, currency="USD", me=BUYER, other="Sam", agreed=agreed).striptags() == said


def test_a_name_in_the_caption_is_text() -> None:
    assert "<bdi>&lt;b&gt;</bdi> came down" in caption(THREE, currency="USD", me=BUYER, other="<b>")


@given(
    st.lists(st.tuples(st.sampled_from(Role), PRICES), max_size=60),
    st.sampled_from(Role),
    st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), max_size=100),
    st.booleans(),
)
def test_every_path_stays_in_its_box_and_in_its_size(
    prices: Sequence[tuple[Role, Decimal]], me: Role, other: str, agreed: bool
) -> None:
    path = offers(*((by, str(price)) for by, price in prices))
    html = path_of(path, me=me, other=other, agreed=agreed)
    assert len(html.encode()) < MOST_BYTES
    if len(prices) < 2:
        assert html == ""
        return
    picture = drawn(html)
    assert {element.tag for element in picture.iter()} <= {"svg", "g", "path", "circle", "rect", "text", "tspan"}
    for x, y in places(picture, "circle") + places(picture, "rect") + lines(picture):
        assert 0 <= x <= 100
        assert 8 <= y <= HEIGHT - 8
    for text in picture.iter("text"):
        assert 13 <= float(text.attrib["y"]) <= HEIGHT - 4
    for group in picture.iter("g"):
        across = [float(mark.attrib[x].rstrip("%")) for mark in group for x in ("cx", "x") if x in mark.attrib]
        assert across == sorted(across)
    shown = {element.attrib["data-testid"] for element in picture.iter() if "data-testid" in element.attrib}
    assert shown == {"price-path"}
    assert wording.money(path[-1].terms.price) in name_of(picture)
    sides = {SELLER: len(places(picture, "circle")) - agreed, BUYER: len(places(picture, "rect"))}
    assert {by for by, _ in prices} == {by for by, count in sides.items() if count}
