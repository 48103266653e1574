"""The chain's canonical JSON and links."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.domain.actions import Action
from app.domain.chain import GENESIS, body_of, canonical, link, utc_text
from app.domain.kinds import Kind, Role
from app.domain.terms import Terms
from app.domain.trade import Person, Trade

AT = datetime(2026, 11, 22, 12, 0, 0, 5, tzinfo=UTC)
texts = st.text(st.characters(codec="utf-8"), max_size=50)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | texts,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abcdefgXYZ_019", max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)

BIKES = Trade(1, "", "Bikes", Person(1, "Sam"), Terms(Decimal(1), 1), AT, AT, AT)


@given(values)
def test_canonical_json_is_what_the_reference_implementation_of_rfc_8785_writes(value):
    assert canonical(value).encode() == rfc8785.dumps(value)


def test_times_are_written_in_utc_with_microseconds():
    assert utc_text(AT) == "2026-11-22T12:00:00.000005Z"


def test_bodies_carry_ids_and_never_names():
    action = Action(Kind.MESSAGE_SENT, AT, Person(7, "Bea"), Role.BUYER, text="Hello")
    assert "Bea" not in canonical(body_of(action, BIKES))
    assert body_of(action, BIKES)["actor"] == 7


def test_the_creation_covers_title_and_terms():
    terms = Terms(Decimal("900.50"), 3, "blue")
    body = body_of(Action(Kind.CREATED, AT, Person(1, "Sam"), Role.SELLER, 1, terms=terms), BIKES)
    assert (body["title"], body["price"], body["quantity"], body["description"]) == ("Bikes", "900.50", 3, "blue")


def test_terms_say_their_currency_and_unit_unless_they_are_dollars_of_nothing_in_particular():
    """So that every trade of before there was a choice hashes as ever."""
    terms = Terms(Decimal("900.50"), 3, "blue")
    offer = Action(Kind.AMENDED, AT, Person(1, "Sam"), Role.SELLER, 2, terms=terms)
    assert not {"currency", "unit"} & set(body_of(offer, BIKES))
    body = body_of(offer, replace(BIKES, currency="EUR", unit="each"))
    assert (body["currency"], body["unit"]) == ("EUR", "each")
    said = Action(Kind.MESSAGE_SENT, AT, Person(7, "Bea"), Role.BUYER, text="Hello")
    assert not {"currency", "unit"} & set(body_of(said, replace(BIKES, currency="EUR", unit="each")))


def test_every_part_of_an_action_changes_its_link():
    body = body_of(Action(Kind.MESSAGE_SENT, AT, Person(7, "Bea"), Role.BUYER, text="Hello"), BIKES)
    base = link(GENESIS, body, 3, utc_text(AT), utc_text(AT))
    others = [
        link(b"\1" * 32, body, 3, utc_text(AT), utc_text(AT)),
        link(GENESIS, {**body, "text": "Hello!"}, 3, utc_text(AT), utc_text(AT)),
        link(GENESIS, body, 4, utc_text(AT), utc_text(AT)),
        link(GENESIS, body, 3, "2026-11-22T12:00:00.000006Z", utc_text(AT)),
        link(GENESIS, body, 3, utc_text(AT), "2026-11-22T12:00:00.000006Z"),
    ]
    assert len({base, *others}) == 6
