"""Wrong person, wrong trade, wrong version, too late: nothing is shown, and nothing changes."""

import asyncio
from collections.abc import Callable

import pytest

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.person import Person
from tests.bench.town import Town
from tests.security import forgery
from tests.security.conftest import NewScene, Scene
from tests.security.truth import Truth

_SHORT = 0.04
"""Minutes to a deadline that a test waits for."""


async def open_dialog(person: Person, button: str, then: str) -> None:
    """Press a button and wait for what its dialog holds."""
    person.press(button)
    await person.until(lambda page: page.has_button(then))


def kept_press(person: Person, label: str) -> Callable[[], None]:
    """The press of a button that is on the page now, sent by hand, also when the button has gone meanwhile."""
    number, element = person.page.pressable(label)
    clicks = [listener for listener in element["events"] if listener["type"] == "click"]
    messages = [forgery.message(person.page, number, listener, label) for listener in clicks]
    assert messages

    def press() -> None:
        assert person._wire is not None
        for message in messages:
            person._wire.emit("event", message)

    return press


def press(person: Person, label: str) -> None:
    """Send the press of a button by hand, whether or not it can be pressed."""
    kept_press(person, label)()


async def test_somebody_else_s_room_is_nothing_and_tells_nothing(scene: Scene, truth: Truth, site: str) -> None:
    await deeds.say(scene.seller, scene.buyer)
    code = scene.deal.trade.code
    eve = Browser(site, scene.eve.cookies)
    nothing = await eve.get("/room/" + "0" * len(code))
    async with truth.unchanged(scene.seller, scene.buyer):
        for path in (f"/room/{code}", f"/room/{code.upper()}", f"/room/{code}?x=1", f"/room/{code[:13]}-{code[13:]}"):
            answer = await eve.get(path)
            assert answer.status == 404
            assert "Nothing here" in answer.html
            for theirs in (code, "Oak", "word-", "1,000", scene.deal.seller.person.name, scene.deal.buyer.person.name):
                assert theirs not in answer.html
            assert abs(len(answer.html) - len(nothing.html)) < 100
    assert (await Browser(site, scene.deal.buyer.cookies).get(f"/room/{code}")).status == 200


@pytest.mark.parametrize("kind", ["json", "pdf"])
async def test_a_receipt_is_for_the_two_parties_of_a_closed_trade(scene: Scene, site: str, kind: str) -> None:
    path = f"{scene.deal.path}/receipt.{kind}"
    buyer, eve, nobody = (Browser(site, each) for each in (scene.deal.buyer.cookies, scene.eve.cookies, {}))
    assert (await buyer.get(path)).status == 404  # the trade is still open
    await open_dialog(scene.buyer, "Accept deal", "Accept these terms")
    accepted = scene.seller.sees("Accepted")
    scene.buyer.press("Accept these terms")
    await asyncio.wait_for(accepted, 5)
    theirs = await eve.get(path)
    unknown = await eve.get(f"/room/{'0' * 26}/receipt.{kind}")
    assert (theirs.status, theirs.html) == (unknown.status, unknown.html)
    assert theirs.status == 404
    assert (await nobody.get(path)).status == 303
    if kind == "json":
        assert (await buyer.get(path)).status == 200


@pytest.mark.parametrize("opened", ["Accept these terms", "Send request", "Reject"])
async def test_nothing_is_decided_after_the_close(scene: Scene, truth: Truth, opened: str) -> None:
    """Neither by the buttons that were there, nor by that of a dialog that was open when the trade was closed."""
    ways = {"Accept these terms": "Accept deal", "Send request": "Request amendment", "Reject": "Reject deal"}
    other_tab = Person(scene.buyer.browser)
    await other_tab.visit(scene.deal.path)
    presses = [kept_press(other_tab, label) for label in ways.values()]
    presses += [kept_press(scene.buyer, label) for label in ways.values()]
    presses.append(kept_press(scene.seller, "Amend deal"))
    await open_dialog(other_tab, ways[opened], opened)
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    await open_dialog(scene.buyer, "Reject deal", "Reject")
    presses += [kept_press(other_tab, opened), kept_press(scene.seller, "Save changes")]
    closed = scene.seller.sees("Rejected")
    scene.buyer.press("Reject")
    await asyncio.wait_for(closed, 5)
    scene.seller.fire("update:value", "1.00", label="Price")
    async with truth.unchanged():
        for each in presses:
            each()
    assert await deeds.say(scene.buyer, scene.seller) > 0  # talking is allowed for ever
    other_tab.cut()


async def test_a_seller_s_page_has_no_way_to_a_buyer_s_move_and_the_other_way_round(scene: Scene) -> None:
    for person, theirs in (
        (scene.seller, ("Accept deal", "Request amendment", "Reject deal")),
        (scene.buyer, ("Amend deal", "Save changes")),
    ):
        for label in theirs:
            assert not person.page.has_button(label)


async def test_terms_that_nobody_saw_are_not_accepted(scene: Scene, truth: Truth) -> None:
    await open_dialog(scene.buyer, "Accept deal", "Accept these terms")
    accept = kept_press(scene.buyer, "Accept these terms")
    await deeds.amend(scene.seller, [scene.buyer], 5_000_00)
    async with truth.unchanged():
        accept()
        accept()
        await scene.buyer.until(lambda page: page.has_button("Review new terms"))
    assert await truth.count("SELECT version FROM trades WHERE id = %s", scene.deal.trade.id) == 2


async def test_after_the_deadline_nothing_is_amended_accepted_or_rejected(new_scene: NewScene, truth: Truth) -> None:
    scene = await new_scene(minutes=_SHORT)
    other_tab = Person(scene.buyer.browser)
    await other_tab.visit(scene.deal.path)
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    await open_dialog(scene.buyer, "Accept deal", "Accept these terms")
    await open_dialog(other_tab, "Reject deal", "Reject")
    scene.seller.fire("update:value", "1.00", label="Price")
    opened = ((scene.seller, "Save changes"), (scene.buyer, "Accept these terms"), (other_tab, "Reject"))
    presses = [kept_press(person, label) for person, label in opened]
    await asyncio.wait_for(scene.seller.sees("Expired"), 10)
    async with truth.unchanged():
        for each in presses:
            each()
    outcome = "SELECT count(*) FROM trade_actions WHERE trade_id = %s AND kind = 'expired'"
    assert await truth.count(outcome, scene.deal.trade.id) == 1
    other_tab.cut()


async def test_a_seat_named_for_somebody_is_not_taken_by_whoever_holds_the_link(
    scene: Scene, place: Town, truth: Truth, site: str
) -> None:
    invited = await place.ledger.create(
        scene.deal.seller.person, "Named", scene.deal.trade.terms, scene.deal.buyer.person.name, 30
    )
    async with truth.unchanged():
        assert (await Browser(site, scene.eve.cookies).get(f"/room/{invited.trade.code}")).status == 404
    guest = Person(Browser(site, scene.deal.buyer.cookies))
    await guest.visit(f"/room/{invited.trade.code}")
    await guest.until(lambda page: page.has_button("Accept deal"))
    await guest.leave()


async def test_two_people_who_race_for_a_seat_never_both_get_it(scene: Scene, place: Town, site: str) -> None:
    created = await place.ledger.create(scene.deal.seller.person, "Raced for", scene.deal.trade.terms, "", 30)
    racers = [Person(Browser(site, citizen.cookies)) for citizen in (scene.eve, scene.deal.buyer)]
    await asyncio.gather(*(racer.visit(f"/room/{created.trade.code}") for racer in racers))
    await asyncio.sleep(0.5)
    assert sum(racer.page.has_button("Accept deal") for racer in racers) == 1
    for racer in racers:
        await racer.leave()
