"""What a person can ask of what is held about them: all of it, or that it be nobody's any more."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from app.db.accounts import AccountStore
from app.db.addresses import AddressStore
from app.db.queue import Queue
from app.db.read_marks import ReadMarkStore
from app.domain.kinds import Status
from app.domain.moves import Expire
from app.domain.names import GONE
from app.domain.refusals import Reason, Refusal
from app.domain.trade import Person
from app.service import privacy as privacy_module
from app.service.accounts import Accounts
from app.service.limits import Limits
from app.service.privacy import Privacy
from app.service.receipts import Receipts
from app.service.verification import verify
from app.service.viewer import Viewer
from tests.conftest import Deal, Market
from tests.proof.issued import issue
from tests.service.conftest import HERE, PASSWORD, PLENTY, Office, refusal_of, typed, who

SECRET = "a secret of the tests, long enough"


@dataclass
class Town:
    """People with real accounts, and the use cases around their data."""

    office: Office
    people: Accounts
    privacy: Privacy

    async def settle(self, name: str) -> tuple[Viewer, str]:
        """Somebody new under this name (made unique), and the token of their session."""
        token = await self.people.sign_up(f"{name} {uuid4().hex[:8]}", PASSWORD, address=HERE)
        return await who(self.people, token), token

    async def export(self, viewer: Viewer) -> Any:
        """All that is held about somebody."""
        return json.loads(await self.text(viewer))

    async def text(self, viewer: Viewer) -> str:
        """The document as it is sent."""
        return "".join([piece async for piece in await self.privacy.export(viewer)])

    async def offer(self, seller: Viewer, **changes: str) -> Deal:
        """A draft of somebody's."""
        fields = {"title": "Oak table", "description": "Oiled.", "price": "1000", "quantity": "5", "minutes": "30"}
        trade = await self.office.trades.create(seller, **{"buyer": "", **fields, **changes})  # type: ignore[arg-type]
        return Deal(self.office.market, trade.id, trade.code, seller.person, seller.person)

    async def deal(self, seller: Viewer, buyer: Viewer, **changes: str) -> Deal:
        """A negotiation between two."""
        deal = await self.offer(seller, **changes)
        await self.office.negotiation.join(buyer, deal.id, deal.code)
        return deal


@pytest.fixture
async def town(office: Office, people: Accounts, market: Market, queue: Queue) -> Town:
    """A town with generous limits."""
    limits, store = Limits(PLENTY), AccountStore(market.database)
    privacy = Privacy(
        store=store,
        addresses=AddressStore(market.database, queue),
        history=market.history,
        marks=ReadMarkStore(market.database),
        accounts=people,
        negotiation=office.negotiation,
        lobby=office.lobby,
        limits=limits,
        now=market.database.clock.now,
    )
    return Town(office, people, privacy)


async def test_the_export_of_a_newcomer_is_the_account_and_the_session(town: Town) -> None:
    viewer, token = await town.settle("Newcomer")
    text = await town.text(viewer)
    held = json.loads(text)
    assert (held["account"]["id"], held["account"]["name"]) == (viewer.person.id, viewer.person.name)
    assert [set(session) for session in held["sessions"]] == [{"since", "last_used", "time_zone", "theme"}]
    assert held["trades"] == []
    assert token not in text
    assert "argon2" not in text


async def test_the_export_has_all_that_one_did_and_nothing_that_others_wrote(town: Town) -> None:
    (ann, token), (bob, _), (cid, _) = [await town.settle(name) for name in ("Ann", "Bob", "Cid")]
    talk = town.office.negotiation
    sold = await town.deal(ann, bob, title='Sold "oak" & <b>', description="My own words")
    await talk.send(ann, sold.id, "My message\n“quoted” \\ 🙂")
    await talk.send(bob, sold.id, "Bob's message")
    await talk.request_amendment(bob, sold.id, "Bob's request")
    await talk.offer(ann, sold.id, 1, **typed(reason="My reason"))
    await talk.accept(bob, sold.id, 2)
    bought = await town.deal(bob, ann, title="Bought")
    await talk.offer(bob, bought.id, 1, **typed(reason="Bob's reason"))
    await talk.request_amendment(ann, bought.id, "My request")
    await talk.reject(ann, bought.id, 2, "My refusal")
    left = await town.deal(cid, ann, title="Left")
    await talk.send(ann, left.id, "My parting words")
    await talk.send(cid, left.id, "Cid's answer")
    await talk.release_seat(cid, left.id)
    draft = await town.offer(ann, title="Draft", buyer=bob.person.name)
    await town.deal(bob, cid, title="None of her business")

    text = await town.text(ann)
    trades = {trade["id"]: trade for trade in json.loads(text)["trades"]}
    assert set(trades) == {sold.id, bought.id, left.id, draft.id}
    assert (trades[sold.id]["role"], trades[sold.id]["status"], trades[sold.id]["price"]) == (
        "seller",
        "accepted",
        "900.50",
    )
    assert (trades[bought.id]["role"], trades[bought.id]["counterparty"]) == ("buyer", bob.person.name)
    assert trades[draft.id]["invited"] == bob.person.name
    done = {key: [action["kind"] for action in trade["done_by_you"]] for key, trade in trades.items()}
    assert done == {
        sold.id: ["created", "message_sent", "amended"],
        bought.id: ["joined", "amendment_requested", "rejected"],
        left.id: ["joined", "message_sent"],
        draft.id: ["created"],
    }
    for own in ("My own words", "My reason", "My request", "My refusal", "My parting words"):
        assert own in text
    assert json.dumps("My message\n“quoted” \\ 🙂", ensure_ascii=False) in text
    for other in ("Bob's message", "Bob's request", "Bob's reason", "Cid's answer", "None of her business"):
        assert other not in text
    stored = await town.office.market.accounts.find_user(ann.person.name.lower())
    assert stored is not None
    for secret in (token, stored[1], "argon2", *[deal.code for deal in (sold, bought, left, draft)]):
        assert secret not in text
    assert (await left.trade()).code not in text


async def test_a_long_history_is_exported_whole_and_in_order(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(privacy_module, "_ACTIONS", 5)
    monkeypatch.setattr(privacy_module, "_TRADES", 4)
    (ann, _), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    deals = [await town.offer(ann, minutes=str(30 + n)) for n in range(9)]
    long = await town.deal(ann, bob, title="Long", minutes="500")
    for n in range(12):
        await town.office.negotiation.send(ann, long.id, f"Message {n}")
    pieces = []
    async for piece in await town.privacy.export(ann):
        pieces.append(piece)
        if len(pieces) == 3:  # in the middle of the first trade, which stands below the open ones from now on
            await town.office.negotiation.withdraw(ann, deals[0].id, 1, "")
    held = json.loads("".join(pieces))
    assert [trade["id"] for trade in held["trades"]] == [deal.id for deal in (*deals, long)]
    assert [done["text"] for done in held["trades"][-1]["done_by_you"][1:]] == [f"Message {n}" for n in range(12)]


async def test_the_export_is_limited(town: Town) -> None:
    viewer, _ = await town.settle("Curious")
    town.privacy._limits = Limits({"exports": "1/minute"})
    await town.export(viewer)
    with pytest.raises(Refusal) as caught:
        await town.privacy.export(viewer)
    assert caught.value.reason is Reason.TOO_OFTEN


async def test_a_wrong_password_deletes_nothing(town: Town) -> None:
    ann, token = await town.settle("Ann")
    await town.offer(ann)
    async with town.office.refuses(Reason.INVALID, "password"):
        await town.privacy.delete_account(ann, "not the password")
    assert await town.people.viewer(token)


@pytest.mark.parametrize("role", ["seller", "buyer"])
async def test_an_open_negotiation_has_to_be_closed_first(town: Town, role: str) -> None:
    (ann, token), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    deal = await (town.deal(ann, bob) if role == "seller" else town.deal(bob, ann))
    async with town.office.refuses(Reason.INVALID):
        await town.privacy.delete_account(ann, PASSWORD)
    assert await town.people.viewer(token)
    await town.office.negotiation.reject(bob if role == "seller" else ann, deal.id, 1, "")
    await town.privacy.delete_account(ann, PASSWORD)


async def test_a_deletion_that_is_refused_leaves_the_links_of_drafts_as_they_are(town: Town) -> None:
    (ann, _), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    await town.deal(ann, bob)
    await town.offer(ann, title="Sent to somebody already")
    async with town.office.refuses(Reason.INVALID):
        await town.privacy.delete_account(ann, PASSWORD)


async def test_who_is_gone_is_gone(town: Town) -> None:
    (ann, first), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    second = await town.people.sign_in(ann.person.name, PASSWORD, address=HERE)
    closed, draft = await town.deal(ann, bob), await town.offer(ann)
    await town.office.negotiation.send(ann, closed.id, "Words that stay")
    await town.office.negotiation.accept(bob, closed.id, 1)
    await town.privacy.delete_account(ann, PASSWORD)
    assert [await town.people.viewer(token) for token in (first, second)] == [None, None]
    unknown = await refusal_of(town.people, f"{ann.person.name} unknown", PASSWORD)
    assert await refusal_of(town.people, ann.person.name, PASSWORD) == unknown
    assert await refusal_of(town.people, ann.person.name, "") == unknown
    for again in (ann.person.name, ann.person.name.upper()):
        with pytest.raises(Refusal) as caught:
            await town.people.sign_up(again, PASSWORD, address=HERE)
        assert caught.value.reason is Reason.TAKEN
    async with town.office.refuses(Reason.NOT_YOURS):
        await town.office.trades.find(bob, draft.code)
    async with town.office.refuses(Reason.NOT_YOURS):
        await town.office.negotiation.join(bob, draft.id, draft.code)
    actions = await town.office.market.history.actions(closed.id)
    assert {action.actor.name for action in actions if action.actor} == {GONE, bob.person.name}
    assert actions[2].text == "Words that stay"
    assert (await closed.trade()).seller.name == GONE
    assert ann.person.name not in await town.text(bob)


async def test_receipts_verify_after_a_deletion_and_name_nobody(town: Town) -> None:
    (ann, _), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    deal = await town.deal(ann, bob)
    await town.office.negotiation.send(ann, deal.id, "Words that stay")
    await town.office.negotiation.accept(bob, deal.id, 1)
    receipts = Receipts(town.office.market.history, Limits(PLENTY), SECRET)
    now = town.office.market.database.clock.now
    before = await issue(receipts, bob, deal.code, now())
    await town.privacy.delete_account(ann, PASSWORD)
    after = await issue(receipts, bob, deal.code, now())
    for receipt in (before, after):
        assert verify(json.loads(json.dumps(receipt)), receipts.public_key) == []
    assert after["actions"] == before["actions"]
    assert after["parties"][str(ann.person.id)] == {"name": GONE, "role": "seller"}
    assert ann.person.name not in json.dumps(after)


async def test_two_who_are_gone_are_told_apart_by_nothing_but_their_ids(town: Town) -> None:
    (ann, _), (bob, _) = await town.settle("Ann"), await town.settle("Bob")
    deal = await town.deal(ann, bob)
    await town.office.negotiation.reject(bob, deal.id, 1, "")
    for viewer in (ann, bob):
        await town.privacy.delete_account(viewer, PASSWORD)
    trade = await deal.trade()
    assert (trade.seller.name, trade.buyer and trade.buyer.name, trade.status) == (GONE, GONE, Status.REJECTED)


@pytest.mark.parametrize("name", [GONE, GONE.upper(), f" {GONE} "])
async def test_nobody_takes_the_name_that_stands_for_those_who_are_gone(town: Town, name: str) -> None:
    with pytest.raises(Refusal):
        await town.people.sign_up(name, PASSWORD, address=HERE)


async def test_no_way_leads_back_into_an_account_that_is_gone(town: Town) -> None:
    """Neither the demo's button nor the command line."""
    ann, _ = await town.settle("Ann")
    await town.privacy.delete_account(ann, PASSWORD)
    for way in (
        lambda: town.people.sign_in_as(ann.person.name),
        lambda: town.people.reset_password(ann.person.name, "a new password"),
    ):
        with pytest.raises(Refusal):
            await way()


async def test_a_draft_whose_time_is_over_is_no_hindrance(town: Town, market: Market) -> None:
    ann, _ = await town.settle("Ann")
    late = await market.past(Status.DRAFT, by=ann.person.name)
    await town.privacy.delete_account(ann, PASSWORD)
    await late.play(Expire())
    assert (await late.trade()).status is Status.EXPIRED


async def test_a_sign_in_that_is_on_its_way_leads_into_no_account_that_is_gone(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann, _ = await town.settle("Ann")
    start = town.people._start_session

    async def start_after_the_deletion(person: Person) -> str:
        await town.privacy.delete_account(ann, PASSWORD)
        return await start(person)

    monkeypatch.setattr(town.people, "_start_session", start_after_the_deletion)
    try:
        token = await town.people.sign_in(ann.person.name, PASSWORD, address=HERE)
    except Refusal:
        return
    assert await town.people.viewer(token) is None


async def test_a_negotiation_whose_time_is_over_is_no_hindrance(town: Town, market: Market) -> None:
    """What "wait for its deadline first" promises holds from the deadline on, whether or not the expiry job has run."""
    ann, _ = await town.settle("Ann")
    await market.past(Status.IN_NEGOTIATION, by=ann.person.name)
    await town.privacy.delete_account(ann, PASSWORD)
