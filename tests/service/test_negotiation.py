"""Moves when the other side is faster, when the page goes, when somebody hurries, and when a value is wrong."""

import asyncio

import pytest

from app.db.queue import Queue
from app.domain.kinds import Kind, Status
from app.domain.moves import Join, Offer, Reject, SendMessage
from app.domain.refusals import Reason, Refusal
from app.domain.terms import Terms
from app.rooms.room import Room
from app.service.viewer import Viewer
from tests.conftest import TERMS, Deal, Market
from tests.service.conftest import Office, make_office, slowly, typed

FEWER = Terms(TERMS.price, 3, TERMS.description)


async def is_at(deal: Deal, seq: int) -> bool:
    """Whether so much has been recorded."""
    return (await deal.standing()).seq == seq


async def shows(room: Room, seq: int) -> bool:
    """Whether so much is shown."""
    return room.seq == seq


@pytest.mark.parametrize("somebody_is_in_the_room", [False, True], ids=["empty room", "open room"])
async def test_terms_that_moved_elsewhere_are_not_accepted(
    office: Office, deal: Deal, sam: Viewer, bea: Viewer, somebody_is_in_the_room: bool
) -> None:
    if somebody_is_in_the_room:
        await office.negotiation.enter(sam, deal.id)
    await office.move_elsewhere(deal, Offer(1, FEWER), deal.seller)
    async with office.refuses(Reason.STALE):
        await office.negotiation.accept(bea, deal.id, 1)
    async with office.refuses(Reason.STALE):
        await office.negotiation.offer(sam, deal.id, 1, **typed())


@pytest.mark.parametrize("version", [0, 2, -1, 10**30])
async def test_a_version_that_was_never_on_a_screen_is_not_accepted(
    office: Office, deal: Deal, bea: Viewer, version: int
) -> None:
    async with office.refuses(Reason.STALE):
        await office.negotiation.accept(bea, deal.id, version)


async def test_a_decision_of_another_process_is_respected(office: Office, deal: Deal, sam: Viewer, bea: Viewer) -> None:
    await office.negotiation.enter(sam, deal.id)
    await office.move_elsewhere(deal, Reject(1), deal.buyer)
    async with office.refuses(Reason.CLOSED):
        await office.negotiation.accept(bea, deal.id, 1)


async def test_a_move_that_is_still_possible_is_made_though_the_other_side_was_faster(
    office: Office, market: Market, sam: Viewer
) -> None:
    """The room in memory is a draft still; meanwhile somebody has joined and written."""
    deal = await market.draft()
    room = await office.negotiation.enter(sam, deal.id)
    arrived: list[int] = []
    room.arrived.subscribe(lambda action: arrived.append(action.seq))
    await office.move_elsewhere(deal, Join(deal.buyer, deal.code))
    await office.move_elsewhere(deal, SendMessage("Hello"), deal.buyer)
    amended = await office.negotiation.offer(sam, deal.id, 1, **typed())
    await office.settle()
    assert (amended.version, amended.status, amended.buyer) == (2, Status.IN_NEGOTIATION, deal.buyer)
    assert (room.seq, room.trade, arrived) == (4, amended, [2, 3, 4])


async def test_a_buyer_whom_this_process_has_not_heard_of_yet_may_act(
    office: Office, market: Market, sam: Viewer, bea: Viewer
) -> None:
    """What memory refuses, the database may allow: it knows of a joining and of terms that memory does not."""
    deal = await market.draft()
    await office.negotiation.enter(sam, deal.id)
    await office.move_elsewhere(deal, Join(deal.buyer, deal.code))
    await office.negotiation.send(bea, deal.id, "Here I am")
    await office.move_elsewhere(deal, Offer(1, FEWER), deal.seller)
    accepted = await office.negotiation.accept(bea, deal.id, 2)
    assert accepted.status is Status.ACCEPTED


async def test_a_buyer_whom_this_process_has_not_heard_of_yet_may_enter(
    office: Office, market: Market, sam: Viewer, bea: Viewer
) -> None:
    deal = await market.draft()
    await office.negotiation.enter(sam, deal.id)
    await office.move_elsewhere(deal, Join(deal.buyer, deal.code))
    room = await office.negotiation.enter(bea, deal.id)
    await office.settle()
    assert room.trade.buyer == bea.person


async def test_of_two_who_join_at_once_one_gets_the_seat(
    office: Office, market: Market, bea: Viewer, eve: Viewer
) -> None:
    deal = await market.draft()
    answers = await asyncio.gather(
        office.negotiation.join(bea, deal.id, deal.code),
        office.negotiation.join(eve, deal.id, deal.code),
        return_exceptions=True,
    )
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.reason for refusal in refused] == [Reason.SEAT_TAKEN]
    assert [action.kind for action in await market.history.actions(deal.id)] == [Kind.CREATED, Kind.JOINED]


async def test_a_double_click_accepts_once(office: Office, deal: Deal, bea: Viewer) -> None:
    accept = [office.negotiation.accept(bea, deal.id, 1) for _ in range(2)]
    answers = await asyncio.gather(*accept, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.reason for refusal in refused] == [Reason.CLOSED]
    assert (await deal.standing()).seq == 3


async def test_of_an_acceptance_and_an_amendment_at_once_one_is_recorded(
    office: Office, market: Market, sam: Viewer, bea: Viewer
) -> None:
    for _ in range(5):
        deal = await market.deal()
        await asyncio.gather(
            office.negotiation.accept(bea, deal.id, 1),
            office.negotiation.offer(sam, deal.id, 1, **typed()),
            return_exceptions=True,
        )
        trade = await deal.trade()
        assert (trade.status, trade.version) in {(Status.ACCEPTED, 1), (Status.IN_NEGOTIATION, 2)}
        assert (await deal.standing()).seq == 3


async def test_a_side_that_is_always_faster_is_told_of_and_not_waited_for_forever(
    office: Office, deal: Deal, bea: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: object) -> None:
        """Somebody was faster."""

    monkeypatch.setattr(office.market.ledger, "record", never)
    async with office.refuses(Reason.STALE):
        await office.negotiation.send(bea, deal.id, "Hello")


async def test_what_was_recorded_reaches_the_room_though_the_page_that_asked_is_gone(
    office: Office, deal: Deal, sam: Viewer, bea: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = await office.negotiation.enter(sam, deal.id)
    with slowly(office.market.ledger, monkeypatch) as may_answer:
        asking = asyncio.create_task(office.negotiation.accept(bea, deal.id, 1))
        await office.until(lambda: is_at(deal, 3))
        asking.cancel()
        await asyncio.wait([asking])
        assert asking.cancelled()
        assert room.seq == 2
        may_answer.set()
        await office.settle()
        await office.until(lambda: shows(room, 3))
    assert room.trade.status is Status.ACCEPTED


async def test_nothing_is_shown_before_it_is_stored(
    office: Office, deal: Deal, sam: Viewer, bea: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise OSError("the disk is full")

    room = await office.negotiation.enter(sam, deal.id)
    monkeypatch.setattr(office.market.ledger, "record", fail)
    with pytest.raises(OSError, match="full"):
        await office.negotiation.accept(bea, deal.id, 1)
    assert (room.seq, room.trade.status) == (2, Status.IN_NEGOTIATION)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"price": "1e3"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "0.001"}, "price"),
        ({"price": "１２"}, "price"),
        ({"price": "99999999999999"}, "price"),
        ({"price": "1\0"}, "price"),
        ({"quantity": "1.5"}, "quantity"),
        ({"quantity": "2147483648"}, "quantity"),
        ({"quantity": ""}, "quantity"),
        ({"description": "x" * 5001}, "description"),
        ({"description": "a\0b"}, "description"),
        ({"reason": "x" * 5001}, "reason"),
        ({"reason": "\ud800"}, "reason"),
        ({"price": "1000", "quantity": "5", "description": TERMS.description}, ""),
    ],
)
async def test_a_wrong_amendment_is_refused_at_its_field(
    office: Office, deal: Deal, sam: Viewer, change: dict[str, str], field: str
) -> None:
    async with office.refuses(Reason.INVALID, field):
        await office.negotiation.offer(sam, deal.id, 1, **typed(**change))


@pytest.mark.parametrize("text", ["", " \n\t ", "x" * 5001, "a\0b", "a\x1bb", "\udfff"])
async def test_a_text_that_cannot_be_shown_is_neither_sent_nor_requested(
    office: Office, deal: Deal, bea: Viewer, text: str
) -> None:
    async with office.refuses(Reason.INVALID, "message"):
        await office.negotiation.send(bea, deal.id, text)
    async with office.refuses(Reason.INVALID, "request"):
        await office.negotiation.request_amendment(bea, deal.id, text)


async def test_a_reason_is_optional_and_limited(office: Office, deal: Deal, bea: Viewer) -> None:
    async with office.refuses(Reason.INVALID, "reason"):
        await office.negotiation.reject(bea, deal.id, 1, "x" * 5001)
    assert (await office.negotiation.reject(bea, deal.id, 1, "  ")).status is Status.REJECTED


async def test_moves_are_limited_for_each_person(market: Market, queue: Queue, deal: Deal) -> None:
    office = make_office(market, queue, moves="1/minute", messages="2/minute")
    sam, bea = await office.viewer("Sam"), await office.viewer("Bea")
    for n in range(2):
        await office.negotiation.send(bea, deal.id, f"message {n}")
    async with office.refuses(Reason.TOO_OFTEN):
        await office.negotiation.send(bea, deal.id, "message 3")
    await office.negotiation.request_amendment(bea, deal.id, "Less?")  # talking much does not keep from deciding
    async with office.refuses(Reason.TOO_OFTEN):
        await office.negotiation.accept(bea, deal.id, 1)
    await office.negotiation.send(sam, deal.id, "Slowly!")


async def test_typing_is_shown_and_taken_away(office: Office, deal: Deal, sam: Viewer, bea: Viewer) -> None:
    room = await office.negotiation.enter(bea, deal.id)
    office.negotiation.typing(bea, room, now=True)
    office.negotiation.typing(sam, room, now=True)
    assert room.typing == (bea.person, sam.person)
    office.negotiation.typing(bea, room, now=False)
    assert room.typing == (sam.person,)
    assert (await deal.standing()).seq == 2


async def test_history_is_read_in_pages(office: Office, deal: Deal, sam: Viewer, bea: Viewer) -> None:
    room = await office.negotiation.enter(bea, deal.id)
    for n in range(1, 23):
        await office.negotiation.offer(sam, deal.id, n, **typed(quantity=str(100 + n)))
    newest = await office.negotiation.versions(bea, room)
    assert [version.number for version in newest] == list(range(23, 3, -1))
    assert [v.number for v in await office.negotiation.versions(bea, room, before=4)] == [3, 2, 1]
    assert [a.seq for a in await office.negotiation.earlier(sam, room, 4)] == [1, 2, 3]
