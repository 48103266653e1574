"""Pages that nobody opens, pages that somebody has too many of, and the banner on them when the database goes."""

import asyncio
from collections.abc import Callable

import pytest
from nicegui import Client

from app import bootstrap
from app.bootstrap import Application
from app.ui.live.outage import Outage
from app.ui.live.pending_pages import PendingPages
from tests.db.outage import cut
from tests.ui.browser import Browser
from tests.ui.slow import slow_first_answer

OF_ONE, IN_ALL = 3, 7
LOST = "The connection to the database is lost."


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch) -> list[PendingPages]:
    """What counts the pages of the application that is made next: it lets few of them wait."""
    made: list[PendingPages] = []

    def make() -> PendingPages:
        made.append(PendingPages(OF_ONE, IN_ALL))
        return made[-1]

    monkeypatch.setattr(bootstrap, "PendingPages", make)
    return made


@pytest.fixture
def waiting(made: list[PendingPages], sam: Browser, bea: Browser) -> PendingPages:
    """The pages of this application that wait: none, those being gone by which Sam and Bea have signed in."""
    (waiting,) = made
    forget(waiting)
    return waiting


def forget(waiting: PendingPages) -> None:
    """Let the pages go that wait now."""
    for page in list(waiting._browsers):
        Client.instances[page].delete()


async def guests(waiting: PendingPages, application: Application) -> list[Browser]:
    """Four more people, signed in, none of whose pages wait."""
    guests = []
    for n in range(4):
        guests.append(await Browser(application).signed_in(f"Waits {n}"))
        forget(waiting)
    return guests


async def ask(page: Browser, path: str = "/trades") -> str:
    """Ask for a page and never open its socket; its id."""
    before = set(Client.instances)
    assert (await page.get(path)).status_code in {200, 404}
    (made,) = set(Client.instances) - before
    return made


async def test_pages_that_never_connect_are_bounded_for_each_browser(
    waiting: PendingPages, sam: Browser, bea: Browser
) -> None:
    theirs = [await ask(bea) for _ in range(2)]
    mine = [await ask(sam) for _ in range(OF_ONE + 3)]
    assert [one for one in mine if one in Client.instances] == mine[-OF_ONE:]
    assert all(one in Client.instances for one in theirs)
    assert len(waiting) == OF_ONE + 2


async def test_pages_that_never_connect_are_bounded_in_all_and_the_oldest_goes_first(
    waiting: PendingPages, application: Application, sam: Browser
) -> None:
    crowd = await guests(waiting, application)
    pages = [await ask(guest) for guest in (sam, *crowd, *crowd)]
    assert [one for one in pages if one in Client.instances] == pages[-IN_ALL:]
    assert len(waiting) == IN_ALL


async def test_nobody_is_refused_for_the_pages_of_others(
    waiting: PendingPages, application: Application, sam: Browser
) -> None:
    crowd = await guests(waiting, application)
    for guest in (*crowd, *crowd):
        await ask(guest)
    await sam.open("/trades")
    await sam.sees("My trades")
    assert len(waiting) < IN_ALL


async def test_a_page_that_connects_waits_no_more(waiting: PendingPages, sam: Browser) -> None:
    open_page = (await sam.open("/trades")).page
    assert len(waiting) == 0
    for _ in range(OF_ONE + 2):
        await ask(sam)
    assert open_page.id in Client.instances
    assert len(waiting) == OF_ONE


async def test_a_page_that_is_connected_again_does_not_wait_again(waiting: PendingPages, sam: Browser) -> None:
    await sam.open("/trades")
    sam.leave()
    await sam.reconnect()
    assert len(waiting) == 0


async def test_a_page_that_goes_waits_no_more(waiting: PendingPages, sam: Browser) -> None:
    Client.instances[await ask(sam)].delete()
    assert len(waiting) == 0
    assert (dict(waiting._pages_of), waiting._browsers) == ({}, {})
    assert [await ask(sam) for _ in range(OF_ONE + 1)]
    assert len(waiting) == OF_ONE


@pytest.mark.parametrize("path", ["/", "/nothing", "/how-it-works"])
async def test_signed_out_no_page_waits_for_a_socket(
    waiting: PendingPages, browser: Callable[[], Browser], path: str
) -> None:
    before = set(Client.instances)
    assert (await browser().get(path)).status_code in {200, 404}
    assert set(Client.instances) == before
    assert len(waiting) == 0


PAGES = ["/trades", "/trades/new", "/activity", "/account", "/nothing", "/room/nothing"]
ODD = ["/x.json", "/x.pdf", "/a/print", "/room/a/b/print", "/room/nothing.json", "/account/data.json.pdf"]
"""Pages whose addresses end as those of documents do."""


@pytest.mark.parametrize("path", [*PAGES, *ODD])
async def test_every_page_of_ours_is_counted(waiting: PendingPages, sam: Browser, path: str) -> None:
    await ask(sam, path)
    assert len(waiting) == 1


@pytest.mark.parametrize("path", [*PAGES, *ODD])
async def test_every_page_of_ours_is_refused_where_somebody_has_very_many_and_a_head_leaves_none(
    waiting: PendingPages, sam: Browser, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    before = set(Client.instances)
    assert (await sam.http.head(path)).status_code in {200, 404}
    monkeypatch.setattr(sam.application.settings, "limit_pages", 0)
    assert (await sam.get(path)).status_code == 429
    assert set(Client.instances) == before
    assert len(waiting) == 0


@pytest.mark.parametrize("path", ["/room/nothing/print", "/room/nothing/receipt.json", "/account/data.json"])
async def test_a_document_makes_no_page_be_there_one_or_not(waiting: PendingPages, sam: Browser, path: str) -> None:
    before = set(Client.instances)
    assert (await sam.get(path)).status_code in {200, 404}
    assert set(Client.instances) == before
    assert len(waiting) == 0


async def test_rooms_are_counted_too_and_are_given_back(
    waiting: PendingPages, sam: Browser, application: Application
) -> None:
    trade = await sam.offer()
    for _ in range(OF_ONE + 2):
        await ask(sam, f"/room/{trade.code}")
    room = application.lobby.room(trade.id)
    assert room is not None
    assert room.pages == len(waiting) == OF_ONE


async def test_a_page_that_is_still_being_made_may_go_too(
    waiting: PendingPages, sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with slow_first_answer(monkeypatch, sam.application.history, "trades_of") as answer:
        slow = asyncio.create_task(sam.get("/trades"))
        await answer.asked.wait()
        pages = [await ask(sam, "/account") for _ in range(OF_ONE)]
        answer.may_come.set()
        await slow
    assert len(waiting) == OF_ONE
    assert all(page in Client.instances for page in pages)


async def test_a_page_that_failed_is_counted_too(waiting: PendingPages, sam: Browser, broken: None) -> None:
    before = len(Client.instances)
    for _ in range(OF_ONE + 2):
        await sam.get("/trades")
    assert len(Client.instances) - before <= OF_ONE
    assert len(waiting) == len(Client.instances) - before


async def test_a_script_that_asks_for_files_makes_no_pages(waiting: PendingPages, sam: Browser) -> None:
    before = set(Client.instances)
    for path in ("/healthz", "/readyz", "/theme.css", "/receipt-key", "/account/data.json", "/room/x/receipt.json"):
        await sam.get(path)
    assert set(Client.instances) == before
    assert len(waiting) == 0


# Pages that are open.


async def test_who_has_too_many_pages_open_is_told_so(
    application: Application, sam: Browser, bea: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application.settings, "limit_pages", 2)
    tabs = [await sam.tab().open("/trades") for _ in range(2)]
    answer = await sam.get("/activity")
    assert answer.status_code == 429
    assert "very many pages of Traderoom open" in answer.text
    assert (await bea.get("/activity")).status_code == 200
    tabs[0].leave()
    assert (await sam.get("/activity")).status_code == 200


async def test_who_has_too_many_pages_open_can_still_sign_out(
    application: Application, sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    csrf = await sam.csrf()
    await sam.tab().open("/trades")
    monkeypatch.setattr(application.settings, "limit_pages", 1)
    answer = await sam.post("/logout", csrf=csrf)
    assert (answer.status_code, answer.headers.get("location")) == (303, "/")


# The banner.


async def test_the_banner_is_shown_on_every_live_page_and_goes_again(sam: Browser, bea: Browser) -> None:
    room = await sam.room(await sam.offer())
    await bea.open("/trades")
    outage = Outage()
    outage.show(False)
    outage.show(False)
    for page in (room, bea):
        assert len(page.texts("outage")) == 1
        assert LOST in page.text("outage")
        assert page.prop("outage", "role") == "alert"
    outage.show(True)
    for page in (room, bea):
        assert page.texts("outage") == []
        assert LOST not in page.everything()
    outage.show(True)


async def test_a_page_that_goes_meanwhile_is_no_hindrance(application: Application, sam: Browser, bea: Browser) -> None:
    await sam.open("/trades")
    await bea.open("/trades")
    outage = Outage()
    outage.show(False)
    sam.page.delete()
    outage.show(True)
    assert bea.texts("outage") == []


async def test_a_page_that_is_opened_meanwhile_shows_it_too(application: Application, sam: Browser) -> None:
    """Where the database answers, and only its news are not heard, from the start."""
    application.outage.show(False)
    for path in ("/trades", "/activity", "/account", f"/room/{(await sam.offer()).code}"):
        await sam.open(path)
        assert len(sam.texts("outage")) == 1, path
    application.outage.show(False)
    assert len(sam.texts("outage")) == 1
    application.outage.show(True)
    assert sam.texts("outage") == []
    await sam.open("/trades")
    assert sam.texts("outage") == []


async def test_what_was_typed_stays_while_the_banner_comes_and_goes(sam: Browser) -> None:
    await sam.room(await sam.offer())
    sam.fill("Message", "Half a sentence")
    outage = Outage()
    for listening in (False, True):
        outage.show(listening)
        assert sam.composer.text == "Half a sentence"


async def test_the_banner_comes_with_a_cut_and_goes_by_itself(application: Application, sam: Browser, url: str) -> None:
    await Browser.wait(lambda: application.feed.listening)
    await sam.open("/trades")
    await cut(url)
    await sam.until(lambda: len(sam.texts("outage")) == 1)
    await sam.until(lambda: not sam.texts("outage"))
    assert application.feed.listening
