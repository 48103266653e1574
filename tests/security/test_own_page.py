"""Within one's own page: whatever its socket says, no rule is bent, nothing breaks, and the page lives on."""

import asyncio
import json
from functools import partial
from uuid import uuid4

import pytest

from tests.bench import deeds
from tests.bench.browser import Browser
from tests.bench.page import Page
from tests.bench.person import Person
from tests.security import forgery
from tests.security.conftest import Scene
from tests.security.forgery import cookie_of, handshake, unopened
from tests.security.intruder import Intruder, RefusedError
from tests.security.test_other_trades import open_dialog, press
from tests.security.truth import Truth

_LONG = "x" * 5001
_TEXTS = [_LONG, "a\0b", "a\x1bb", "\x7f", "a\u0085b"]
_PRICES = ["0", "-1", "1e17", "100000000000000000", "9.999", "NaN", "Infinity", "-0", "1e3", "0x10", "１２", "1_0", ""]
_QUANTITIES = ["0", "-1", str(2**31), str(2**63), "1.5", "1e3", "NaN", "１２", "", "x" * 5000]
_AMENDMENTS = [
    *(("Price", typed) for typed in [*_PRICES, *_TEXTS]),
    *(("Quantity", typed) for typed in [*_QUANTITIES, *_TEXTS]),
    *(("Description", typed) for typed in _TEXTS),
    *(("Reason for change", typed) for typed in _TEXTS),
]


def error_at(label: str, page: Page) -> bool:
    """Whether there is a sentence at a field."""
    props = page.find(label=label)[1]["props"]
    return bool(props.get("error") and props.get("error-message"))


async def test_no_terms_past_a_limit_are_saved_whatever_the_browser_lets_through(scene: Scene, truth: Truth) -> None:
    good = {"Price": "900", "Quantity": "2", "Description": "Oak", "Reason for change": "Less"}
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    async with truth.unchanged(scene.buyer):
        for label, typed in _AMENDMENTS:
            for field, value in {**good, label: typed}.items():
                scene.seller.fire("update:value", value, label=field)
            scene.seller.page.find(label=label)[1]["props"].pop("error", None)  # the one of the value before
            press(scene.seller, "Save changes")
            await scene.seller.until(partial(error_at, label))
            await scene.seller.until(lambda page: not page.find(label="Save changes")[1]["props"].get("disable"))
    assert len(_AMENDMENTS) > 40
    for field, value in good.items():
        scene.seller.fire("update:value", value, label=field)
    seen = scene.buyer.sees("$900.00")
    press(scene.seller, "Save changes")
    await asyncio.wait_for(seen, 5)


_UNSENDABLE = ["", " ", "\n\t ", *_TEXTS, "\u200b" * 5001]


async def test_no_message_past_a_limit_is_sent(scene: Scene, truth: Truth) -> None:
    async with truth.unchanged(scene.seller):
        for text in _UNSENDABLE:
            deeds.press_enter(scene.buyer, text)
    assert await deeds.say(scene.buyer, scene.seller) > 0


_NO_TEXTS: list[tuple[object, ...]] = [
    *((), (None,), ([1],), (5,), (True,), ("x",), ({},), ({"text": ""},), (1, 2, 3), ({"request": []},)),
    *(({"text": "unnamed", "request": name},) for name in (None, 1, "", "x" * 36, "1", [1])),
    *(({"text": text, "request": str(uuid4())},) for text in (None, 1, ["x"], {"x": 1})),
    *(({"text": "long", "length": length},) for length in (None, -1, 5_001, True, "5", 10**30)),
]


async def test_what_is_not_a_text_is_not_sent_as_a_message(scene: Scene, truth: Truth) -> None:
    async with truth.unchanged(scene.seller):
        for args in _NO_TEXTS:
            deeds.tell(scene.buyer, "send", *args)
    assert await deeds.say(scene.buyer, scene.seller) > 0


async def test_what_is_hidden_or_disabled_takes_no_press(scene: Scene, truth: Truth, site: str) -> None:
    await open_dialog(scene.buyer, "Accept deal", "Accept these terms")
    async with truth.unchanged(scene.seller):
        # Closed without a decision; the button of a dialog that is closing still stands on the page.
        press(scene.buyer, "Cancel")
        eve = Person(Browser(site, scene.eve.cookies))
        await eve.visit("/trades")
        press(eve, "Next")  # hidden: there is no next page
        await eve.leave()
    await scene.buyer.until(lambda page: not _open(scene.buyer))
    assert await deeds.say(scene.buyer, scene.seller) > 0


def _open(person: Person) -> bool:
    return any((each.get("props") or {}).get("model-value") is True for each in person.page.elements.values())


async def test_pressing_accept_many_times_at_once_accepts_once(scene: Scene, truth: Truth) -> None:
    await open_dialog(scene.buyer, "Accept deal", "Accept these terms")
    seen = scene.seller.sees("Accepted")
    for _ in range(50):
        press(scene.buyer, "Accept these terms")
    await asyncio.wait_for(seen, 5)
    await asyncio.sleep(0.1)
    outcomes = "SELECT count(*) FROM trade_actions WHERE trade_id = %s AND kind = 'accepted'"
    assert await truth.count(outcomes, scene.deal.trade.id) == 1


_CLIENT = "CLIENT"
_FRAMES = [
    '42["nonsense",{}]',
    '42["*",{}]',
    "42[5]",
    "42[null]",
    '42["event"]',
    '42["event",null]',
    '42["event",[]]',
    '42["event","CLIENT"]',
    '42["event",{}]',
    '42["event",{"client_id":null}]',
    '42["event",{"client_id":[]}]',
    '42["event",{"client_id":"CLIENT","id":-1,"listener_id":"x","args":[]}]',
    '42["event",{"client_id":"CLIENT","id":"0","listener_id":"x","args":[]}]',
    '42"abc"',
    "43[]",
    "431[]",
    "40",
    "40/other,",
    '42/other,["event",{}]',
    '42["handshake",{"client_id":"CLIENT","tab_id":"x","document_id":"x"}]',
    '42["handshake",{"client_id":"nobody"}]',
    '42["connect",{}]',
    '42["disconnect","x"]',
    '42["ack",{"client_id":"CLIENT","next_message_id":"x"}]',
    '42["ack",{"client_id":"CLIENT","next_message_id":1e300}]',
    '42["javascript_response",{"client_id":"CLIENT","request_id":"x","result":1}]',
    '42["log",{"client_id":"CLIENT","level":"debug","message":"x"}]',
    '42["__class__",{"client_id":"CLIENT"}]',
    '451-["event",{"_placeholder":true,"num":0}]',
    '4599999999-["event",{}]',
    "2probe",
    "3",
    "5",
    "6",
    "0{}",
    '42["nonsense","' + "x" * 900_000 + '"]',
    "41",
    "1",
    '42["event",{"client_id":"CLIENT"}]',
    '42["event",{"client_id":"CLIENT","id":0}]',
    '42["event",{"client_id":"CLIENT","id":[]}]',
    '42["event",{"client_id":"CLIENT","id":0,"listener_id":"x","args":5}]',
    '42["event",{"client_id":"CLIENT","id":0,"listener_id":"x","args":["{"]}]',
    '42["event",{"client_id":"CLIENT","id":0,"listener_id":"x","args":["\\"\\ud800\\""]}]',
    '42["event",{"client_id":"CLIENT"},{}]',
    '42["handshake"]',
    '42["handshake",[]]',
    '42["handshake",{}]',
    '42["handshake",{"client_id":[]}]',
    '42["connect"]',
    '42["connect",{"QUERY_STRING":"client_id=CLIENT"}]',
    '42["log",{"client_id":"CLIENT"}]',
    '42["log",{"client_id":"CLIENT","level":"error","message":"x\\nforged"}]',
    '42["ack",{"client_id":"CLIENT"}]',
    '42["javascript_response",{"client_id":"CLIENT"}]',
    '42["javascript_response",{"client_id":"CLIENT","request_id":[]}]',
    '42[["event"],{}]',
    "42[]",
    '42{"',
    "49",
    "4",
    "b!!!",
    '42["event","\\ud800"]',
    "42" + "[" * 200_000,
    "9",
    "xyz",
    "",
]


@pytest.mark.parametrize("frames", [_FRAMES[start : start + 8] for start in range(0, len(_FRAMES), 8)], ids=len)
async def test_a_frame_that_no_script_of_ours_sends_changes_nothing(
    scene: Scene, truth: Truth, site: str, frames: list[str]
) -> None:
    async with truth.unchanged(scene.seller, scene.buyer):
        for frame in frames:
            page = await unopened(site, scene.deal.buyer, "/trades/new")
            own = await Intruder.open(site, cookie=cookie_of(scene.deal.buyer), **handshake(page))
            await own.line.send(frame.replace(_CLIENT, page.client_id))
            await own.close()
    assert await deeds.say(scene.buyer, scene.seller) > 0


@pytest.mark.parametrize("value", [5, 1.5, True, [1], {"a": 1}], ids=str)
async def test_a_value_that_is_no_text_is_no_error_of_ours(scene: Scene, truth: Truth, value: object) -> None:
    await open_dialog(scene.seller, "Amend deal", "Save changes")
    async with truth.unchanged():
        for label in ("Price", "Quantity", "Description", "Reason for change"):
            scene.seller.fire("update:value", value, label=label)
        press(scene.seller, "Save changes")
        deeds.tell(scene.buyer, "typing", value)
        deeds.tell(scene.buyer, "send", value)


async def test_a_frame_that_is_too_large_costs_its_sender_the_socket_and_nobody_else(scene: Scene, site: str) -> None:
    page = await unopened(site, scene.deal.buyer, scene.deal.path)
    own = await Intruder.open(site, cookie=cookie_of(scene.deal.buyer), **handshake(page))
    await own.line.send('42["nonsense","' + "x" * 1_100_000 + '"]')
    with pytest.raises(RefusedError, match="closed"):
        await own.hear_for_ever()
    assert await deeds.say(scene.buyer, scene.seller) > 0


async def test_many_forged_numbers_reach_nothing(scene: Scene, truth: Truth, site: str) -> None:
    """Element numbers that the page has not, and listeners of other pages under them."""
    page = await unopened(site, scene.deal.buyer, scene.deal.path)
    own = await Intruder.open(site, cookie=cookie_of(scene.deal.buyer), **handshake(page))
    theirs = [message["listener_id"] for message in forgery.messages(scene.seller.page)]
    numbers = [*range(10_000, 10_400), -1, 2**63, "0", "1", None, 1.5]
    wrong = [
        {"client_id": page.client_id, "id": number, "listener_id": theirs[index % len(theirs)], "args": []}
        for index, number in enumerate(numbers)
    ]
    assert len(json.dumps(wrong)) > 10_000
    async with truth.unchanged(scene.seller, scene.buyer):
        await own.emit_all("event", wrong)
    assert page.has_button("Accept deal")
