"""Drafting offers, finding them by their code, and listing one's own."""

from datetime import timedelta
from typing import Any

import pytest

from app.db.queue import Queue
from app.domain.kinds import Status
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Trade
from app.rooms.listing import Query
from app.rooms.lists import Watcher
from app.service.trades import PAGE, normalise_code
from app.service.viewer import Viewer
from tests.conftest import Market
from tests.service.conftest import Office, make_office

ALL = tuple(Status)


def offer(**changes: str) -> dict[str, Any]:
    """An offer as a person types it."""
    fields = {"title": "Oak table", "description": "", "price": "1000", "quantity": "5", "buyer": "", "minutes": "30"}
    return {**fields, **changes}


async def test_an_offer_is_drafted_from_what_was_typed(office: Office, sam: Viewer) -> None:
    trade = await office.trades.create(
        sam,
        **offer(
            title="  Oak table ", description=" Oiled.\r\nNew. ", price="$1,000.5", quantity="2,000", buyer=" BEA "
        ),
    )
    standing = await office.market.history.trade(trade.id)
    assert standing is not None
    assert standing.trade == trade
    assert (trade.title, trade.terms.description, str(trade.terms.price)) == ("Oak table", "Oiled.\nNew.", "1000.50")
    assert (trade.terms.quantity, trade.invited, trade.seller) == (2000, "BEA", sam.person)
    assert round((trade.expires_at - trade.created_at).total_seconds()) == 1800
    assert trade.status is Status.DRAFT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("title", value) for value in ("", "  ", "x" * 201, "two\nlines", "a\0b", "right\u202eto left")],
        *[("price", value) for value in ("", "0", "-1", "1e3", "NaN", "0.001", "１２", "10000000000000")],
        *[("quantity", value) for value in ("", "0", "1.5", "five", "2147483648", "9" * 5000)],
        *[("minutes", value) for value in ("", "0", "0.5", "525601", "-1")],
        *[("buyer", value) for value in ("sam", " SAM ", "ｓａｍ", "x" * 101, "Sаm", "a\tb")],
        *[("description", value) for value in ("x" * 5001, "a\0b", "\udc00")],
    ],
)
async def test_a_wrong_value_is_refused_at_its_field(office: Office, sam: Viewer, field: str, value: str) -> None:
    async with office.refuses(Reason.INVALID, field):
        await office.trades.create(sam, **offer(**{field: value}))


async def test_a_deadline_is_whole_minutes_after_the_creation_up_to_a_whole_year(office: Office, sam: Viewer) -> None:
    """Many times, because what is asked twice of a clock differs by a microsecond only now and then."""
    for _ in range(80):
        trade = await office.trades.create(sam, **offer(minutes="525600"))
        assert trade.expires_at - trade.created_at == timedelta(minutes=525_600)


async def test_markup_in_an_offer_is_kept_as_it_was_typed(office: Office, sam: Viewer) -> None:
    evil = "<script>alert(1)</script>"
    trade = await office.trades.create(sam, **offer(title=evil, description=f"javascript:{evil}"))
    assert (trade.title, trade.terms.description) == (evil, f"javascript:{evil}")


async def test_drafting_is_limited_like_every_move(market: Market, queue: Queue) -> None:
    office = make_office(market, queue, moves="1/minute")
    sam = await office.viewer("Sam")
    await office.trades.create(sam, **offer())
    async with office.refuses(Reason.TOO_OFTEN):
        await office.trades.create(sam, **offer())


async def test_a_new_offer_is_told_to_those_who_watch(office: Office, sam: Viewer, eve: Viewer) -> None:
    told: list[Trade] = []
    for viewer in (sam, eve):
        office.trades.watch_mine(viewer, Watcher(lambda trade, _: told.append(trade)))
    trade = await office.trades.create(sam, **offer())
    assert told == [trade]


@pytest.fixture
async def draft(office: Office, sam: Viewer) -> Trade:
    """An offer of Sam's for whoever comes."""
    return await office.trades.create(sam, **offer())


async def may_find(office: Office, viewer: Viewer, trade: Trade) -> bool:
    """Whether somebody with the code sees the trade; who does not learns nothing."""
    try:
        found = (await office.trades.find(viewer, trade.code)).trade
    except Refusal as refusal:
        if (refusal.reason, str(refusal)) != (Reason.NOT_YOURS, "Nothing here"):
            raise
        return False
    return found.id == trade.id


async def test_a_free_offer_is_found_by_everybody_who_holds_the_link(
    office: Office, draft: Trade, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    assert [await may_find(office, viewer, draft) for viewer in (sam, bea, eve)] == [True, True, True]


async def test_an_offer_for_one_name_is_hidden_from_all_others(
    office: Office, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    trade = await office.trades.create(sam, **offer(buyer="bea"))
    assert [await may_find(office, viewer, trade) for viewer in (sam, bea, eve)] == [True, True, False]


async def test_an_offer_for_a_name_without_an_account_waits_for_it(office: Office, sam: Viewer, bea: Viewer) -> None:
    trade = await office.trades.create(sam, **offer(buyer="Zoë Later"))
    assert not await may_find(office, bea, trade)
    assert await may_find(office, await office.viewer("ZOË LATER"), trade)


async def test_a_room_is_hidden_from_others_once_the_seat_is_taken(
    office: Office, draft: Trade, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    await office.negotiation.join(bea, draft.id, draft.code)
    assert [await may_find(office, viewer, draft) for viewer in (sam, bea, eve)] == [True, True, False]
    await office.negotiation.reject(bea, draft.id, 1, "")
    assert [await may_find(office, viewer, draft) for viewer in (sam, bea, eve)] == [True, True, False]


@pytest.mark.parametrize(
    "code",
    [
        "",
        " ",
        "0" * 26,
        "%",
        "x" * 10_000,
        "a\0b",
        "\0",
        "\ud800",
        "'; --",
        "room/room",
        "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}",
    ],
)
async def test_a_code_that_nobody_has_leads_nowhere(office: Office, sam: Viewer, code: str) -> None:
    async with office.refuses(Reason.NOT_YOURS):
        await office.trades.find(sam, code)


async def test_a_code_is_found_as_people_type_and_read_it(office: Office, draft: Trade, sam: Viewer) -> None:
    code = draft.code
    misread = code.replace("0", "O").replace("1", "l")
    grouped = "-".join(code[n : n + 4] for n in range(0, 26, 4))
    for typed in (code.upper(), f"  {code}\n", misread, misread.upper(), grouped, grouped.upper()):
        assert (await office.trades.find(sam, typed)).trade.id == draft.id


AROUND = [
    *(
        "{}.",
        "{},",
        "{};",
        "{}:",
        "{}!",
        "{}?",
        "{})",
        "{}]",
        "{}}}",
        "{}>",
        "<{}>",
        "({})",
        "[{}]",
        '"{}"',
        "'{}'",
        "{}/",
    ),
    *(
        "{}//",
        "{}/.",
        "{}).",
        "{}\u201d",
        "\u201c{}\u201d",
        "\u00ab{}\u00bb",
        "{}\u3002",
        "{}\u2026",
        "{}*",
        "`{}`",
        "{}|",
        "{}\\",
    ),
    *(
        "{}\u200b",
        "\u200b{}",
        "{}\u200d",
        "{}\ufeff",
        "{}\u2060",
        "{}\u200e",
        "{}\u00ad",
        "{}\u202c",
        "{}\u00a0",
        "{} \t\n",
    ),
    *("{}\0", "{}%2E", "{}&amp;utm=1", "{}\u8c22\u8c22", "{}\u0301", "-{}-", "\u2014{}\u2014", "{}" + "." * 5_000),
]


@pytest.mark.parametrize("around", AROUND, ids=ascii)
async def test_a_code_is_found_whatever_was_pasted_with_it(
    office: Office, draft: Trade, sam: Viewer, around: str
) -> None:
    assert (await office.trades.find(sam, around.replace("{}", draft.code).replace("}}", "}"))).trade.id == draft.id


@pytest.mark.parametrize("inside", ["\u00ad", "\u200b", "-", "\u2010", "\u2011", "\u2013", "\ufeff"], ids=ascii)
async def test_a_code_is_found_with_what_programs_put_into_long_words(
    office: Office, draft: Trade, sam: Viewer, inside: str
) -> None:
    assert (await office.trades.find(sam, draft.code[:13] + inside + draft.code[13:])).trade.id == draft.id


@pytest.mark.parametrize(
    ("typed", "stored"), [("OIL-oil", "011011"), (" AbC ", "abc"), ("x" * 99, "x" * 64), ("...", ""), ("ab cd", "ab")]
)
def test_a_code_is_read_as_crockford_wants_it(typed: str, stored: str) -> None:
    assert normalise_code(typed) == stored


async def test_searching_for_codes_is_limited(market: Market, queue: Queue, draft: Trade) -> None:
    office = make_office(market, queue, rooms="2/minute")
    eve = await office.viewer("Eve")
    for _ in range(2):
        async with office.refuses(Reason.NOT_YOURS):
            await office.trades.find(eve, "0" * 26)
    async with office.refuses(Reason.TOO_OFTEN):
        await office.trades.find(eve, draft.code)
    assert await office.trades.find(await office.viewer("Bea"), draft.code)


async def test_my_trades_are_mine_on_either_side_page_by_page(office: Office, eve: Viewer) -> None:
    seller, buyer = await office.viewer("Seller of many"), await office.viewer("Buyer of one")
    for n in range(PAGE + 2):
        last = await office.trades.create(seller, **offer(title=f"Table {n}", minutes=str(30 + n)))
    await office.negotiation.join(buyer, last.id, last.code)
    first_page, more = await office.trades.mine(seller, ALL, 0)
    assert ([trade.title for trade in first_page], more) == ([f"Table {n}" for n in range(PAGE)], True)
    second_page, more = await office.trades.mine(seller, ALL, 1)
    assert ([trade.title for trade in second_page], more) == ([f"Table {PAGE}", f"Table {PAGE + 1}"], False)
    assert await office.trades.mine(seller, ALL, 2) == ([], False)
    assert [t.id for t in (await office.trades.mine(seller, [Status.IN_NEGOTIATION], 0))[0]] == [last.id]
    assert [t.id for t in (await office.trades.mine(buyer, ALL, 0))[0]] == [last.id]
    assert last.id not in [t.id for t in (await office.trades.mine(eve, ALL, 0))[0]]


async def test_everybody_signed_in_may_look_at_the_activity(office: Office, draft: Trade, eve: Viewer) -> None:
    view = await office.trades.activity(eve, Query())
    assert draft.id in view.lines
    office.trades.close_activity(view)
    assert not office.dashboard.is_watched
