"""My trades: found by title and by the counterparty's name, live; rows that are links; and how many there are."""

import re

import pytest

from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.newcomers import bea, sam
from tests.ui.slow import slow_first_answer
from tests.ui.test_lists import groups

__all__ = ["bea", "sam"]
LABEL = "Search by title or name"
_JOINED = ("\N{MAN}\N{ZERO WIDTH JOINER}\N{GIRL}", "\u0645\u06cc\N{ZERO WIDTH NON-JOINER}\u062e\u0631\u0645")
_SPACED = ("\u6771\N{IDEOGRAPHIC SPACE}\u673a", "1\N{NO-BREAK SPACE}000")


def titles(page: Browser) -> list[str]:
    return [title for rows in groups(page).values() for title in rows]


def count(page: Browser, group: str) -> str:
    """What is said beside a heading."""
    found = re.search(rf'<h2>{group}</h2> <span class="note">(.*?)</span>', page.markup())
    return found[1] if found else ""


async def joined(sam: Browser, bea: Browser, title: str) -> Trade:
    trade = await sam.offer(title, buyer=bea.name)
    await sam.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    return trade


async def test_a_search_finds_titles_and_names_in_any_case_and_stays_live(sam: Browser, bea: Browser) -> None:
    await joined(sam, bea, "Oak desk")
    await sam.offer("Pine desk", buyer="Gustav")
    await sam.open("/trades")
    for typed, found in (
        ("  oAK ", ["Oak desk"]),
        ("desk", ["Oak desk", "Pine desk"]),
        (bea.name.upper(), ["Oak desk"]),
        ("gusta", ["Pine desk"]),
        (sam.name, []),
        ("", ["Oak desk", "Pine desk"]),
    ):
        sam.fill(LABEL, typed)
        await sam.until(lambda found=found: sorted(titles(sam)) == found)  # type: ignore[misc]
    sam.fill(LABEL, "walnut")
    await sam.sees("No trade here has “ walnut ” in its title")
    await sam.offer("Ash chest")
    await sam.offer("Walnut chest")
    await sam.until(lambda: titles(sam) == ["Walnut chest"])
    await bea.open("/trades")
    bea.fill(LABEL, sam.name)
    await bea.until(lambda: titles(bea) == ["Oak desk"])
    bea.fill(LABEL, bea.name)
    await bea.sees("Nothing found")


@pytest.mark.parametrize("typed", ["%", "_", "\\", "'", '"', "<b>", "100%_\\", *_JOINED, *_SPACED])
async def test_every_character_is_looked_for_as_itself(sam: Browser, typed: str) -> None:
    await sam.offer("Plain")
    await sam.offer(f"With {typed} in it")
    await sam.open("/trades")
    sam.fill(LABEL, typed)
    await sam.until(lambda: len(titles(sam)) == 1)
    sam.fill(LABEL, typed + "\0\u202e")
    assert len(titles(sam)) == 1
    assert "<b>" not in sam.markup().replace("<b>$", "")


async def test_only_the_last_of_several_questions_is_answered(sam: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    for title in ("Oak", "Pine", "Ash"):
        await sam.offer(title)
    await sam.open("/trades")
    with slow_first_answer(monkeypatch, sam.application.history, "trades_of") as answer:
        for typed in ("oak", "pine", "ash"):
            sam.fill(LABEL, typed)
            await answer.asked.wait()
        answer.may_come.set()
        await sam.until(lambda: titles(sam) == ["Ash"])


async def test_groups_tell_how_many_they_have_as_far_as_the_page_tells(sam: Browser, bea: Browser) -> None:
    await joined(bea, sam, "Bea's")
    for number in range(21):
        await sam.offer(f"Row {number}")
    await sam.open("/trades")
    assert (count(sam, "Your turn"), count(sam, "Waiting")) == ("1", "19+")
    sam.press("Next")
    await sam.until(lambda: len(titles(sam)) == 2)
    assert count(sam, "Waiting") == ""
    sam.fill(LABEL, "Row 2")
    await sam.until(lambda: count(sam, "Waiting") == "2")
    await sam.offer("Row 2 more")
    await sam.until(lambda: count(sam, "Waiting") == "3")


async def test_a_row_s_title_is_the_link_that_covers_it_and_the_only_stop_of_the_two(sam: Browser) -> None:
    trade = await sam.offer("Oak & <b>pine</b>")
    await sam.open("/trades")
    links = re.findall(f'<a ([^>]*)href="/room/{trade.code}">([^<]*)</a>', sam.markup())
    assert links == [("", "Oak &amp; &lt;b&gt;pine&lt;/b&gt;"), ('class="enter" tabindex="-1" ', "Enter room")]
