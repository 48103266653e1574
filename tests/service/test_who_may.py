"""Every use case of a room, asked by the right person, by the other party, and by an outsider."""

import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.kinds import FINAL, Kind, Role, Status
from app.domain.refusals import Reason
from app.service.negotiation import Negotiation
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.service.conftest import Office, typed

Ask = Callable[[Office, Viewer, int], Awaitable[Any]]


async def enter_and(office: Office, viewer: Viewer, trade_id: int, look: str) -> object:
    """Look at something in a room that somebody else holds open."""
    room = await office.lobby.enter(trade_id)
    assert room is not None
    try:
        match look:
            case "typing":
                office.negotiation.typing(viewer, room, now=True)
                return room.typing
            case "earlier":
                return await office.negotiation.earlier(viewer, room, 2)
        return await office.negotiation.versions(viewer, room)
    finally:
        office.lobby.leave(room)


def until(office: Office) -> datetime:
    """A later deadline than any here."""
    return office.market.database.clock.now() + timedelta(hours=2)


USE_CASES: dict[str, tuple[str, Ask]] = {
    "enter": ("Sam Bea", lambda office, who, key: office.negotiation.enter(who, key)),
    "send": ("Sam Bea", lambda office, who, key: office.negotiation.send(who, key, "Hello")),
    "typing": ("Sam Bea", lambda office, who, key: enter_and(office, who, key, "typing")),
    "earlier": ("Sam Bea", lambda office, who, key: enter_and(office, who, key, "earlier")),
    "versions": ("Sam Bea", lambda office, who, key: enter_and(office, who, key, "versions")),
    "offer": ("Sam Bea", lambda office, who, key: office.negotiation.offer(who, key, 1, **typed())),
    "request": ("Bea", lambda office, who, key: office.negotiation.request_amendment(who, key, "Fewer, please")),
    "accept": ("Bea", lambda office, who, key: office.negotiation.accept(who, key, 1)),
    "reject": ("Bea", lambda office, who, key: office.negotiation.reject(who, key, 1, "Too many")),
    "withdraw": ("Sam", lambda office, who, key: office.negotiation.withdraw(who, key, 1, "Sold")),
    "extend": ("Sam", lambda office, who, key: office.negotiation.extend(who, key, until(office))),
    "see": ("Bea", lambda office, who, key: office.negotiation.see(who, key, 1)),
    "renew": ("Sam", lambda office, who, key: office.negotiation.renew_link(who, key)),
    "release": ("Sam", lambda office, who, key: office.negotiation.release_seat(who, key)),
}
MOVES = ("send", "offer", "request", "accept", "reject", "withdraw", "extend", "see", "renew", "release")
DECIDING = ("offer", "request", "accept", "reject", "withdraw", "extend", "see")
OF_NOBODY = {"join", "leave", "expire", "expire_overdue", "expires_by"}
"""What an outsider may try, what gives a room back, and what time does: they are tested elsewhere."""


def test_every_use_case_of_the_room_is_asked_here_by_each_role_and_by_an_outsider() -> None:
    asked = Path(__file__).read_text()
    for name, _ in inspect.getmembers(Negotiation, inspect.isfunction):
        if not name.startswith("_") and name not in OF_NOBODY:
            assert f".negotiation.{name}(" in asked or f'key, "{name}")' in asked, name


@pytest.mark.parametrize("somebody_is_in_the_room", [False, True], ids=["empty room", "open room"])
@pytest.mark.parametrize("name", ["Sam", "Bea", "Eve"])
@pytest.mark.parametrize("use_case", USE_CASES)
async def test_a_use_case_is_for_those_whom_it_is_for(
    office: Office, deal: Deal, use_case: str, name: str, somebody_is_in_the_room: bool
) -> None:
    allowed, ask = USE_CASES[use_case]
    if somebody_is_in_the_room:
        await office.lobby.enter(deal.id)
    if name in allowed.split():
        await ask(office, await office.viewer(name), deal.id)
        return
    viewer = await office.viewer(name)
    rooms = office.lobby.open_rooms
    async with office.refuses(Reason.NOT_YOURS):
        await ask(office, viewer, deal.id)
    assert office.lobby.open_rooms == rooms


@pytest.mark.parametrize("use_case", ["enter", *MOVES])
async def test_a_trade_that_does_not_exist_is_nobody_s(office: Office, sam: Viewer, use_case: str) -> None:
    async with office.refuses(Reason.NOT_YOURS):
        await USE_CASES[use_case][1](office, sam, 12345)


@pytest.mark.parametrize("use_case", DECIDING)
async def test_after_the_deadline_nothing_is_decided_though_no_job_has_run(
    office: Office, market: Market, use_case: str
) -> None:
    deal = await market.past(Status.IN_NEGOTIATION)
    allowed, ask = USE_CASES[use_case]
    viewer = await office.viewer(allowed.split()[0])
    async with office.refuses(Reason.TOO_LATE):
        await ask(office, viewer, deal.id)


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("use_case", DECIDING)
async def test_an_outcome_is_final(office: Office, market: Market, use_case: str, status: Status) -> None:
    deal = await market.past(status)
    allowed, ask = USE_CASES[use_case]
    viewer = await office.viewer(allowed.split()[0])
    async with office.refuses(Reason.CLOSED):
        await ask(office, viewer, deal.id)


@pytest.mark.parametrize("status", FINAL)
async def test_the_conversation_stays_open_to_both_after_the_close(
    office: Office, market: Market, sam: Viewer, bea: Viewer, status: Status
) -> None:
    deal = await market.past(status)
    room = await office.negotiation.enter(bea, deal.id)
    await office.negotiation.send(sam, deal.id, "Thank you")
    await office.negotiation.send(bea, deal.id, "  And thank you  ")
    assert [action.text for action in room.recent][-2:] == ["Thank you", "And thank you"]
    assert room.trade.status is status


@pytest.mark.parametrize("use_case", ["request", "accept", "reject", "see"])
async def test_nobody_decides_in_a_draft(office: Office, market: Market, use_case: str) -> None:
    deal = await market.draft(invited="Bea")
    for name in ("Sam", "Bea"):
        viewer = await office.viewer(name)
        async with office.refuses(Reason.NOT_YOURS):
            await USE_CASES[use_case][1](office, viewer, deal.id)


async def test_the_seller_writes_and_amends_in_a_draft(office: Office, market: Market, sam: Viewer) -> None:
    deal = await market.draft()
    await office.negotiation.send(sam, deal.id, "Welcome")
    amended = await office.negotiation.offer(sam, deal.id, 1, **typed())
    assert (amended.version, amended.status) == (2, Status.DRAFT)


async def test_whoever_the_seller_named_takes_the_seat_and_nobody_else(
    office: Office, market: Market, sam: Viewer, bea: Viewer, eve: Viewer
) -> None:
    deal = await market.draft(invited="BEA")
    async with office.refuses(Reason.NOT_YOURS):
        await office.negotiation.join(sam, deal.id, deal.code)
    async with office.refuses(Reason.SEAT_TAKEN):
        await office.negotiation.join(eve, deal.id, deal.code)
    joined = await office.negotiation.join(bea, deal.id, deal.code)
    assert (joined.buyer, joined.status) == (bea.person, Status.IN_NEGOTIATION)
    async with office.refuses(Reason.SEAT_TAKEN):
        await office.negotiation.join(bea, deal.id, deal.code)


async def test_the_first_takes_a_seat_that_was_named_for_nobody(
    office: Office, market: Market, bea: Viewer, eve: Viewer
) -> None:
    deal = await market.draft()
    await office.negotiation.join(eve, deal.id, deal.code)
    async with office.refuses(Reason.SEAT_TAKEN):
        await office.negotiation.join(bea, deal.id, deal.code)
    assert (await deal.trade()).role_of(eve.person.id) is Role.BUYER


async def test_a_trade_cannot_be_joined_after_its_deadline(office: Office, market: Market, bea: Viewer) -> None:
    deal = await market.past(Status.DRAFT)
    async with office.refuses(Reason.TOO_LATE):
        await office.negotiation.join(bea, deal.id, deal.code)


async def test_every_move_is_one_row_of_the_trail_with_who_and_what(
    office: Office, market: Market, sam: Viewer, bea: Viewer
) -> None:
    deal = await market.draft()
    rooms = office.negotiation
    await rooms.join(bea, deal.id, deal.code)
    await rooms.send(bea, deal.id, " Hello\r\nSam ")
    await rooms.request_amendment(bea, deal.id, "Fewer")
    await rooms.offer(sam, deal.id, 1, **typed())
    await rooms.accept(bea, deal.id, 2)
    trail = [
        (a.seq, a.kind, a.actor and a.actor.name, a.text, a.version) for a in await market.history.actions(deal.id)
    ]
    assert trail == [
        (1, Kind.CREATED, "Sam", "", 1),
        (2, Kind.JOINED, "Bea", "", None),
        (3, Kind.MESSAGE_SENT, "Bea", "Hello\nSam", None),
        (4, Kind.AMENDMENT_REQUESTED, "Bea", "Fewer", None),
        (5, Kind.AMENDED, "Sam", "As you asked", 2),
        (6, Kind.ACCEPTED, "Bea", "", 2),
    ]
