"""The rules for people: readable by everybody, the same for everybody, and at hand."""

from collections.abc import Callable

import pytest

from app.domain.kinds import Kind
from tests.ui.browser import Browser

RULES = (
    "Either of you may put an offer on the table.",
    "The newest offer replaces every earlier one.",
    "Only the other side can accept an offer, and only exactly the version on their screen.",
    "An offer can be taken back until it is accepted.",
    "Either of these ends the trade.",
    "A request is not an offer.",
    "The deadline ends an offer; it does not hold it open.",
    "Every new offer leaves the other side at least two minutes to answer.",
    "Every offer, every message and every act is kept",
    "each of you can download the receipt of what was agreed, or the record of what was not",
    "nothing was changed since",
)
RULE_OF = {
    Kind.CREATED: "The seller makes the first one.",
    Kind.JOINED: "Whoever opens the seller’s link first, and signs in, is the buyer.",
    Kind.MESSAGE_SENT: "Messages change nothing",
    Kind.AMENDED: "Either of you may put an offer on the table.",
    Kind.AMENDMENT_REQUESTED: "The buyer can ask for other terms in words.",
    Kind.ACCEPTED: "Accepting is final",
    Kind.REJECTED: "Whoever received it may reject it.",
    Kind.EXPIRED: "the trade expires by itself",
    Kind.LINK_RENEWED: "The seller can renew the link",
    Kind.SEAT_RELEASED: "the seller can also release their seat",
    Kind.WITHDRAWN: "Whoever made it may withdraw it.",
    Kind.EXTENDED: "The seller can extend the deadline.",
    Kind.OFFER_SEEN: "that you have had their offer on your screen",
}
"""Where the page, which says that these are all the rules, tells of each thing that can happen."""
LINK = 'href="/how-it-works"'


@pytest.mark.parametrize("signed_in", [False, True])
async def test_everybody_can_read_all_rules(browser: Callable[[], Browser], sam: Browser, signed_in: bool) -> None:
    reader = sam if signed_in else browser()
    assert (await reader.get("/how-it-works")).status_code == 200
    await reader.open("/how-it-works")
    assert reader.page.title == "How it works · Traderoom"
    for rule in (*RULES, *RULE_OF.values()):
        assert rule in reader.everything()
    assert ("Sign out" in reader.everything()) == signed_in
    assert ("Sign in or create an account" in reader.everything()) != signed_in


@pytest.mark.parametrize("kind", Kind)
def test_there_is_a_rule_for_everything_that_can_happen(kind: Kind) -> None:
    assert kind in RULE_OF, f"{kind.name}: no rule in ui/pages/how_it_works.py"


async def test_the_rules_are_linked_where_one_comes_in_and_below_every_page(
    browser: Callable[[], Browser], sam: Browser
) -> None:
    guest = await browser().open("/")
    assert guest.markup().count(LINK) == 1
    for path in ("/trades", "/trades/new", "/activity", "/account"):
        await sam.open(path)
        assert sam.markup().count(LINK) == 1, path
    await sam.room(await sam.offer())
    assert LINK not in sam.markup(), "a room is as high as the window"
