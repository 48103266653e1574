"""The dashboard: live for everything, for everybody signed in, and never with an invitation code for outsiders."""

import asyncio

import pytest

from app.domain.kinds import Status
from app.domain.trade import Trade
from tests.ui.browser import Browser
from tests.ui.slow import slow_first_answer


def row(page: Browser, title: str) -> str:
    """What a person reads in the one row of this title, or nothing."""
    rows = [text for text in page.texts("trade") if title in text]
    assert len(rows) <= 1
    return rows[0] if rows else ""


def figure(page: Browser, testid: str) -> int:
    """One of the three figures."""
    return int(page.text(testid).replace(",", ""))


async def test_everything_that_happens_shows_without_a_reload(sam: Browser, bea: Browser, eve: Browser) -> None:
    await eve.open("/activity")
    await eve.until(lambda: figure(eve, "users-online") == 1)
    total = figure(eve, "total-trades")
    trade = await sam.offer("Watched by Eve", price="1234.5")
    await eve.until(lambda: "Draft $1,234.50 5 Nobody" in row(eve, trade.title))
    assert figure(eve, "total-trades") == total + 1
    assert eve.texts("trade")[0] == row(eve, trade.title)
    await sam.room(trade)
    await bea.room(trade)
    await eve.until(lambda: "In negotiation $1,234.50 5 Sam Bea" in row(eve, trade.title))
    assert (figure(eve, "users-online"), figure(eve, "active-rooms")) == (3, 1)
    sam.press("Amend deal")
    sam.fill("Price", "7")
    sam.press("Save changes")
    await eve.until(lambda: "$7.00" in row(eve, trade.title))
    bea.leave()
    await eve.until(lambda: "$7.00 5 Sam" in row(eve, trade.title) and "Bea" not in row(eve, trade.title))
    assert figure(eve, "users-online") == 2
    await sam.application.negotiation.reject(await bea.viewer(), trade.id, 2, "")
    await eve.until(lambda: "Rejected" in row(eve, trade.title))
    sam.leave()
    await eve.until(lambda: "Nobody" in row(eve, trade.title))
    assert (figure(eve, "users-online"), figure(eve, "active-rooms")) == (1, 0)


async def test_a_person_with_two_pages_is_online_once(sam: Browser, eve: Browser) -> None:
    await eve.open("/activity")
    second = await eve.tab().open("/trades")
    await eve.until(lambda: figure(eve, "users-online") == 1)
    await sam.open("/trades")
    await eve.until(lambda: figure(eve, "users-online") == 2)
    second.leave()
    sam.leave()
    await eve.until(lambda: figure(eve, "users-online") == 1)


def all_that_is_sent(page: Browser) -> str:
    """Everything the browser gets of a page: texts, HTML and properties."""
    return "\n".join(str(element._to_dict()) for element in page.page.elements.values())


async def test_no_code_reaches_an_outsider_and_the_parties_get_their_link(
    sam: Browser, bea: Browser, eve: Browser
) -> None:
    old = await sam.offer("There before")
    for page in (sam, bea, eve):
        await page.open("/activity")
    new = await sam.offer("Came later")
    for page in (sam, bea, eve):
        await see(page, new)
    await sam.application.negotiation.join(await bea.viewer(), new.id, new.code)
    await eve.until(lambda: "In negotiation" in row(eve, new.title))
    await bea.until(lambda: new.code in all_that_is_sent(bea))
    assert old.code not in all_that_is_sent(bea)
    for code in (old.code, new.code):
        assert code in all_that_is_sent(sam)
        assert code not in all_that_is_sent(eve)
        assert code not in (await eve.get("/activity")).text


async def see(page: Browser, trade: Trade) -> None:
    """Wait until a trade is on the dashboard."""
    await page.until(lambda: bool(row(page, trade.title)))


async def test_filters_and_search_narrow_what_is_shown_and_stay_live(sam: Browser, bea: Browser, eve: Browser) -> None:
    oak, pine = await sam.offer("Narrow OAK"), await sam.offer("Narrow pine")
    await sam.application.negotiation.join(await bea.viewer(), pine.id, pine.code)
    await eve.open("/activity")
    eve.fill("Search by title", "  narrow ")
    await eve.until(lambda: len(eve.texts("trade")) == 2)
    eve.press("Draft")
    await eve.until(lambda: [bool(row(eve, t.title)) for t in (oak, pine)] == [True, False])
    await sam.application.negotiation.join(await bea.viewer(), oak.id, oak.code)
    await eve.sees("No trade matches. Try another status or title.")
    eve.press("In negotiation")
    await eve.until(lambda: len(eve.texts("trade")) == 2)
    eve.fill("Search by title", "narrow oak")
    await eve.until(lambda: len(eve.texts("trade")) == 1)
    eve.fill("Search by title", "%")
    await eve.until(lambda: not eve.texts("trade"))


async def test_what_nobody_can_have_typed_into_the_search_does_no_harm(eve: Browser, sam: Browser) -> None:
    await sam.offer("Still shown")
    await eve.open("/activity")
    eve.fill("Search by title", "q\0z")  # "ab" would be a part of every table
    await eve.until(lambda: not eve.texts("trade"))
    assert "our fault" not in " ".join(eve.user.toasts)
    eve.fill("Search by title", "still shown")
    await eve.until(lambda: bool(row(eve, "Still shown")))


async def test_more_than_a_page_is_paged(sam: Browser, eve: Browser) -> None:
    for n in range(27):
        await sam.offer(f"Paged {n:02}")
    await eve.open("/activity")
    eve.fill("Search by title", "paged")
    await eve.until(lambda: [query.title for query in eve.application.dashboard._listings] == ["paged"])
    assert len(eve.texts("trade")) == 25
    assert not eve.has_button("Newer")
    eve.press("Older")
    await eve.until(lambda: len(eve.texts("trade")) == 2)
    assert [text.split()[1] for text in eve.texts("trade")] == ["01", "00"]
    eve.press("Newer")
    await eve.until(lambda: len(eve.texts("trade")) == 25)


async def test_what_is_asked_for_last_is_shown_though_an_earlier_question_is_answered_later(
    sam: Browser, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = await sam.offer("Answered late")
    await eve.open("/activity")
    with slow_first_answer(monkeypatch, eve.application.history, "activity") as answer:
        eve.fill("Search by title", "answered")
        await answer.asked.wait()
        eve.fill("Search by title", "answered late")
        answer.may_come.set()
        await eve.until(lambda: len(eve.texts("trade")) == 1)
        await asyncio.sleep(0.05)
        assert [view.title for view in eve.application.dashboard._listings] == ["answered late"]
    assert row(eve, trade.title)


async def test_a_filter_and_a_search_at_once_both_hold(
    sam: Browser, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = await sam.offer("Both at once")
    await eve.open("/activity")
    with slow_first_answer(monkeypatch, eve.application.history, "activity") as answer:
        eve.fill("Search by title", trade.title)
        await answer.asked.wait()
        eve.press("Draft")
        await asyncio.sleep(0.05)
        answer.may_come.set()
    asked_for = [((Status.DRAFT,), trade.title)]
    await eve.until(
        lambda: [(query.statuses, query.title) for query in eve.application.dashboard._listings] == asked_for
    )
    assert len(eve.texts("trade")) == 1


async def test_a_dashboard_that_is_closed_is_not_kept_up_to_date(eve: Browser) -> None:
    await eve.open("/activity")
    assert eve.application.dashboard.is_watched
    eve.page.delete()
    assert not eve.application.dashboard.is_watched
