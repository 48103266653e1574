"""Receipts, made from what the ledger really stored."""

import copy
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from app.domain import moves
from app.domain.refusals import Reason, Refusal
from app.domain.terms import parse_terms
from app.service import receipts as receipts_module
from app.service.limits import Limits
from app.service.receipts import Receipts
from app.service.verification import verify
from app.service.viewer import Viewer
from app.ui.http.receipt_json import written
from app.ui.http.receipt_pdf import render
from tests.proof.issued import issue

SECRET = "a secret of the tests, long enough"
KEPT = Path(__file__).parent / "kept"


@pytest.fixture
async def receipts(history):
    return Receipts(history, Limits({"exports": "1000/minute"}), SECRET)


@pytest.fixture
async def closed(deal, history, receipts, database):
    """The receipt of a trade that was talked about, amended and accepted, as the buyer downloads it."""
    await deal.play(moves.SendMessage("Grüße, 10 % off? “yes” \\ \n\t<b>&amp;"), deal.seller)
    await deal.play(moves.Offer(1, parse_terms("900.50", "2", "with locks"), "as asked"), deal.seller)
    await deal.play(moves.RequestAmendment("and a bell"), deal.buyer)
    await deal.play(moves.Accept(2), deal.buyer)
    return await issue(receipts, Viewer(deal.buyer, 0), (await deal.trade()).code, database.clock.now())


async def test_an_untouched_receipt_verifies_after_a_journey_through_json(closed, receipts):
    assert verify(json.loads(json.dumps(closed)), receipts.public_key) == []


async def test_another_key_does_not_verify_it(closed, history):
    assert (
        verify(closed, Receipts(history, Limits({"exports": "1/minute"}), "another secret, long enough too").public_key)
        != []
    )


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, (*path, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, (*path, place))
    else:
        yield path


async def test_a_change_of_any_value_is_found(closed, receipts):
    for path in _leaves(closed):
        changed = copy.deepcopy(closed)
        place = changed
        for step in path[:-1]:
            place = place[step]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int) else f"{value}x" if value is not None else "x"
        assert verify(changed, receipts.public_key), f"a change of {path} went unnoticed"


async def test_the_first_broken_link_is_named(closed, receipts):
    closed["actions"][3]["body"]["text"] = "something else"
    assert "action 4" in verify(closed, receipts.public_key)[0]


async def test_a_missing_action_is_named(closed, receipts):
    del closed["actions"][2]
    assert "action 3" in verify(closed, receipts.public_key)[0]


@pytest.mark.parametrize("wrong", [{}, [], "text", None, {"actions": []}, {"actions": [{}], "trade": {}}])
def test_what_is_no_receipt_gets_a_sentence(wrong):
    assert verify(wrong, "AAAA")


@pytest.mark.parametrize("file", sorted(KEPT.glob("*.json")), ids=lambda file: file.stem)
def test_a_receipt_s_bytes_are_those_of_ever(file):
    key = Receipts(None, Limits({}), "the secret of the receipts that are kept")._key  # type: ignore[arg-type]
    receipt = json.loads(file.read_text())
    pages, head = [receipt["actions"][:2], receipt["actions"][2:]], {**receipt, "actions": []}
    del head["signature"]
    parts = ({"key": key.private_bytes_raw().hex(), "receipt": head}, *pages)
    assert written(json.dumps(part).encode() for part in parts) == file.read_bytes().rstrip()


async def test_more_than_a_receipt_can_hold_is_told(deal, receipts, database, monkeypatch):
    await deal.play(moves.SendMessage("x" * 5_000), deal.seller)
    await deal.play(moves.Accept(1), deal.buyer)
    ask = partial(issue, receipts, Viewer(deal.buyer, 0), (await deal.trade()).code, database.clock.now())
    assert await ask()
    monkeypatch.setattr(receipts_module, "LARGEST", 5_000)
    with pytest.raises(Refusal, match="More was said in this trade") as refused:
        await ask()
    assert refused.value.reason is Reason.TOO_LONG


async def test_an_open_trade_has_no_receipt(deal, receipts, database):
    with pytest.raises(Refusal) as refused:
        await issue(receipts, Viewer(deal.seller, 0), (await deal.trade()).code, database.clock.now())
    assert refused.value.reason is Reason.TOO_EARLY


async def test_an_outsider_gets_no_receipt(deal, receipts, database, closed, market):
    eve = await market.person("Eve")
    with pytest.raises(Refusal) as refused:
        await issue(receipts, Viewer(eve, 0), (await deal.trade()).code, database.clock.now())
    assert refused.value.reason is Reason.NOT_YOURS


async def test_the_receipt_reads_as_a_pdf(closed):
    assert render(closed).startswith(b"%PDF-")
