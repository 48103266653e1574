"""The buyer's seat in use: links that are renewed and seats that are released."""

from collections.abc import Awaitable, Callable

import pytest

from app.db.ledger import new_code
from app.domain.kinds import Kind, Status
from app.domain.moves import ReleaseSeat, RenewLink
from app.domain.refusals import Reason
from app.domain.trade import Trade
from app.rooms.lists import Watcher
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.service.conftest import Office, typed

Deed = Callable[[Office, Viewer, Deal], Awaitable[Trade]]
DEEDS: dict[str, Deed] = {
    "renewing the link": lambda office, who, deal: office.negotiation.renew_link(who, deal.id),
    "releasing the seat": lambda office, who, deal: office.negotiation.release_seat(who, deal.id),
}
MOVES: dict[str, Callable[[Office, Viewer, Deal], Awaitable[object]]] = {
    "send": lambda office, who, deal: office.negotiation.send(who, deal.id, "Hello?"),
    "request": lambda office, who, deal: office.negotiation.request_amendment(who, deal.id, "Less?"),
    "accept": lambda office, who, deal: office.negotiation.accept(who, deal.id, 1),
    "reject": lambda office, who, deal: office.negotiation.reject(who, deal.id, 1, ""),
    "amend": lambda office, who, deal: office.negotiation.offer(who, deal.id, 1, **typed()),
    "enter": lambda office, who, deal: office.negotiation.enter(who, deal.id),
}
both = pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)


@pytest.fixture(params=[False, True], ids=["empty room", "open room"])
async def room_is_open(request: pytest.FixtureRequest, office: Office, deal: Deal) -> bool:
    """Whether somebody holds the deal's room."""
    if request.param:
        await office.lobby.enter(deal.id)
    return bool(request.param)


async def test_a_renewed_link_is_the_only_one(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal, room_is_open: bool
) -> None:
    renewed = await office.negotiation.renew_link(sam, deal.id)
    assert renewed.code != deal.code
    assert renewed == await deal.trade()
    assert (renewed.buyer, renewed.status) == (deal.buyer, Status.IN_NEGOTIATION)
    for viewer in (sam, bea):
        async with office.refuses(Reason.NOT_YOURS):
            await office.trades.find(viewer, deal.code)
        assert (await office.trades.find(viewer, renewed.code)).trade.id == deal.id
    room = office.lobby.room(deal.id)
    assert (room is not None) == room_is_open
    assert room is None or room.trade.code == renewed.code
    action = (await office.market.history.actions(deal.id))[-1]
    assert (action.kind, action.actor, action.text) == (Kind.LINK_RENEWED, sam.person, "")


async def test_each_renewal_makes_another_link(office: Office, sam: Viewer, deal: Deal) -> None:
    codes = {deal.code, *[(await office.negotiation.renew_link(sam, deal.id)).code for _ in range(3)]}
    assert len(codes) == 4
    assert {len(code) for code in codes} == {26}


async def test_the_old_link_leads_nobody_in_though_the_page_was_asked_for_before(
    office: Office, market: Market, sam: Viewer, eve: Viewer
) -> None:
    deal = await market.draft()
    found = (await office.trades.find(eve, deal.code)).trade
    await office.lobby.enter(deal.id)
    renewed = await office.negotiation.renew_link(sam, deal.id)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.join(eve, deal.id, found.code)
    assert (await office.negotiation.join(eve, deal.id, renewed.code)).buyer == eve.person


async def test_a_link_that_another_process_renewed_leads_nobody_in(office: Office, market: Market, eve: Viewer) -> None:
    """The room's memory still knows the old code; the ledger does not."""

    deal = await market.draft()
    await office.lobby.enter(deal.id)
    await office.move_elsewhere(deal, RenewLink(new_code()), deal.seller)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.join(eve, deal.id, deal.code)


@both
@pytest.mark.parametrize("name", ["Bea", "Eve"])
async def test_the_seat_and_its_link_are_the_seller_s_business(
    office: Office, deal: Deal, deed: Deed, name: str, room_is_open: bool
) -> None:
    who = await office.viewer(name)
    async with office.refuses(Reason.NOT_YOURS):
        await deed(office, who, deal)


@both
async def test_neither_is_possible_once_the_trade_is_closed(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal, deed: Deed
) -> None:
    await office.negotiation.reject(bea, deal.id, 1, "")
    async with office.refuses(Reason.CLOSED):
        await deed(office, sam, deal)


@both
async def test_neither_is_possible_after_the_deadline(office: Office, market: Market, sam: Viewer, deed: Deed) -> None:
    late = await market.past(Status.IN_NEGOTIATION)
    async with office.refuses(Reason.TOO_LATE):
        await deed(office, sam, late)


async def test_a_free_seat_cannot_be_released(office: Office, market: Market, sam: Viewer) -> None:
    deal = await market.draft()
    async with office.refuses(Reason.INVALID):
        await office.negotiation.release_seat(sam, deal.id)


async def test_the_seat_of_who_has_answered_stays(office: Office, sam: Viewer, bea: Viewer, deal: Deal) -> None:
    await office.negotiation.send(bea, deal.id, "A message is no answer")
    await office.negotiation.request_amendment(bea, deal.id, "Less?")
    async with office.refuses(Reason.TOO_LATE):
        await office.negotiation.release_seat(sam, deal.id)
    assert (await office.negotiation.renew_link(sam, deal.id)).buyer == bea.person


@pytest.mark.usefixtures("room_is_open")
@pytest.mark.parametrize("move", MOVES)
async def test_a_released_buyer_is_out_at_once(office: Office, sam: Viewer, bea: Viewer, deal: Deal, move: str) -> None:
    released = await office.negotiation.release_seat(sam, deal.id)
    assert released == await deal.trade()
    assert (released.buyer, released.status) == (None, Status.DRAFT)
    async with office.refuses(Reason.NOT_YOURS):
        await MOVES[move](office, bea, deal)
    async with office.refuses(Reason.NOT_YOURS):
        await office.trades.find(bea, deal.code)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.join(bea, deal.id, deal.code)


@pytest.mark.parametrize("move", [move for move in MOVES if move != "enter"])
async def test_who_was_released_by_another_process_is_out_at_once_too(
    office: Office, bea: Viewer, deal: Deal, move: str
) -> None:
    await office.lobby.enter(deal.id)
    await office.move_elsewhere(deal, ReleaseSeat(new_code()), deal.seller)
    async with office.refuses(Reason.NOT_YOURS):
        await MOVES[move](office, bea, deal)


async def test_a_released_buyer_looks_at_nothing_more_in_a_room_that_is_still_held(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal
) -> None:
    room = await office.negotiation.enter(bea, deal.id)
    await office.negotiation.release_seat(sam, deal.id)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.earlier(bea, room, 2)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.versions(bea, room)
    async with office.refuses(Reason.NOT_YOURS):
        office.negotiation.typing(bea, room, now=True)


async def test_the_lists_of_both_hear_of_a_release(office: Office, sam: Viewer, bea: Viewer, deal: Deal) -> None:
    told: dict[str, list[Trade]] = {"Sam": [], "Bea": []}
    stops = [
        office.trades.watch_mine(who, Watcher(lambda trade, _, who=who: told[who.person.name].append(trade)))  # type: ignore[misc]
        for who in (sam, bea)
    ]
    released = await office.negotiation.release_seat(sam, deal.id)
    assert told == {"Sam": [released], "Bea": [released]}
    await office.negotiation.renew_link(sam, deal.id)
    assert (len(told["Sam"]), len(told["Bea"])) == (2, 1)
    for stop in stops:
        stop()


@pytest.mark.parametrize("room_is_open", [False, True], ids=["empty room", "open room"])
async def test_the_list_of_who_was_released_by_another_process_hears_of_it(
    office: Office, bea: Viewer, market: Market, room_is_open: bool
) -> None:
    deal = await market.deal()
    told: list[Trade] = []
    stop = office.trades.watch_mine(bea, Watcher(lambda trade, _: told.append(trade)))
    if room_is_open:
        await office.lobby.enter(deal.id)
    await office.move_elsewhere(deal, ReleaseSeat(new_code()), deal.seller)
    office.lobby.heard(deal.id, 3, own=False)
    await office.settle()
    stop()
    assert [trade.role_of(bea.person.id) for trade in told] == [None]


async def test_the_next_buyer_sees_what_was_written_before(
    office: Office, sam: Viewer, bea: Viewer, eve: Viewer, deal: Deal
) -> None:
    await office.negotiation.send(bea, deal.id, "Is it solid?")
    released = await office.negotiation.release_seat(sam, deal.id)
    await office.negotiation.join(eve, deal.id, (await office.trades.find(eve, released.code)).trade.code)
    room = await office.negotiation.enter(eve, deal.id)
    kinds = [action.kind for action in room.recent]
    assert kinds == [Kind.CREATED, Kind.JOINED, Kind.MESSAGE_SENT, Kind.SEAT_RELEASED, Kind.JOINED]
    assert (room.recent[2].text, room.recent[2].actor) == ("Is it solid?", bea.person)
    accepted = await office.negotiation.accept(eve, deal.id, 1)
    assert (accepted.status, accepted.buyer) == (Status.ACCEPTED, eve.person)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.send(bea, deal.id, "But I was first")


async def test_who_was_released_comes_back_with_the_new_link_only(
    office: Office, sam: Viewer, bea: Viewer, deal: Deal
) -> None:
    released = await office.negotiation.release_seat(sam, deal.id)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.join(bea, deal.id, deal.code)
    assert (await office.negotiation.join(bea, deal.id, released.code)).buyer == bea.person
    assert (await office.negotiation.send(bea, deal.id, "Back again")).seq == 5
    await office.negotiation.release_seat(sam, deal.id)
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.send(bea, deal.id, "Again?")


async def test_a_seat_kept_for_a_name_stays_so_after_the_release(
    office: Office, market: Market, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    deal = await market.draft(invited="Bea")
    await office.negotiation.join(bea, deal.id, deal.code)
    released = await office.negotiation.release_seat(sam, deal.id)
    async with office.refuses(Reason.NOT_YOURS):
        await office.trades.find(eve, released.code)
    assert (await office.trades.find(bea, released.code)).trade.id == deal.id
