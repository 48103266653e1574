"""In front of every page: host names, addresses that lead nowhere, headers, and what is shown when something fails."""

import asyncio
import re
from collections.abc import Callable

import psycopg
import pytest
from limits import parse
from nicegui import app
from starlette.types import Message

from app.bootstrap import Application
from app.capacity import CapacityLimiter
from app.service.viewer import Viewer
from app.ui.http.calm import UNAVAILABLE
from app.ui.http.cookies import SESSION_COOKIE
from app.ui.http.middleware import CROWDED, Middleware
from tests.ui.browser import Browser

NewBrowser = Callable[[], Browser]


async def test_a_host_name_that_is_not_ours_is_refused(browser: NewBrowser) -> None:
    for host in ("evil.example", "test.evil.example", "", "a b", "[", "evil.example:80"):
        for path in ("/", "/trades", "/theme.css", "/_nicegui_ws/socket.io/"):
            assert (host, path, (await browser().get(path, host=host)).status_code) == (host, path, 421)


async def test_our_own_names_and_plain_addresses_are_answered(browser: NewBrowser) -> None:
    for host in ("test", "TEST", "localhost", "localhost:8080", "127.0.0.1:9", "[::1]:8080", "192.0.2.7"):
        assert (host, (await browser().get("/healthz", host=host)).status_code) == (host, 200)


async def test_a_foreign_page_opens_no_socket(browser: NewBrowser) -> None:
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=polling"
    for origin in ("http://evil.example", "null", "https://test.evil.example", "http://test:81"):
        assert (await browser().get(path, origin=origin)).status_code == 403
    for own in ({"origin": "http://test"}, {}):
        assert (await browser().get(path, **own)).status_code != 403


NOWHERE = [
    "/nothing",
    "/favicon.png",
    "/favicon-32x32.png",
    "/healthz/more",
    "/readyz.json",
    "/theme.css.map",
    "/_nicegui_something",
    "/login",
    "/docs",
    "/openapi.json",
    "/.env",
    "/%00",
    "/" + "x" * 5000,
    "/<script>alert(1)</script>",
]


async def test_an_unknown_address_is_one_friendly_page_for_those_outside(browser: NewBrowser) -> None:
    for path in NOWHERE:
        answer = await browser().get(path)
        assert (path, answer.status_code) == (path, 404)
        assert "Nothing here" in answer.text
        assert "<script>alert(1)" not in answer.text


async def test_unknown_addresses_codes_and_other_people_s_rooms_look_alike_from_inside(
    sam: Browser, eve: Browser
) -> None:
    theirs = await sam.offer(buyer="Bea")
    pages = set()
    for path in ("/nothing", "/trades/nothing", "/room/" + "0" * 26, f"/room/{theirs.code}", "/room/a/b"):
        answer = await eve.get(path)
        assert (path, answer.status_code) == (path, 404)
        assert theirs.code not in answer.text
        pages.add(answer.text.count("Nothing here"))
    assert len(pages) == 1
    assert (await sam.get(f"/room/{theirs.code}")).status_code == 200


async def test_a_code_that_no_text_can_hold_is_one_of_nobody_s(eve: Browser) -> None:
    answer = await eve.get("/room/%00")
    assert answer.status_code == 404


async def test_looking_for_rooms_too_often_is_told_as_such(
    sam: Browser, eve: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    trade = await sam.offer()
    monkeypatch.setitem(sam.application.negotiation._limits._rates, "rooms", parse("1/minute"))
    await eve.get(f"/room/{trade.code}")
    answer = await eve.get(f"/room/{trade.code}")
    assert answer.status_code == 429
    assert "Please wait a minute and try again." in answer.text


async def test_every_page_keeps_its_links_and_scripts_to_itself(sam: Browser, browser: NewBrowser) -> None:
    trade = await sam.offer()
    for guest, path in ((browser(), "/"), (sam, "/trades"), (sam, f"/room/{trade.code}"), (sam, "/nothing")):
        answer = await guest.get(path)
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert 'lang="en-US"' in answer.text
        (nonce,) = re.findall("'nonce-([^']+)'", answer.headers["content-security-policy"])
        scripts = re.findall("<script[^>]*>", answer.text)
        assert scripts
        assert all(f'nonce="{nonce}"' in script for script in scripts)


async def test_a_get_changes_nothing(sam: Browser, eve: Browser, application: Application) -> None:
    trade = await sam.offer()
    assert (await eve.get(f"/room/{trade.code}")).status_code == 200
    standing = await application.history.trade(trade.id)
    assert standing is not None
    assert standing.trade == trade
    assert application.presence.people(trade.id) == ()
    assert await eve.person() not in application.presence.people(None)


async def test_health_and_readiness(application: Application, browser: NewBrowser) -> None:
    guest = browser()
    assert (await guest.get("/healthz")).json() == {"status": "ok"}
    await Browser.wait(lambda: application.feed.listening)
    answer = await guest.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (200, True)
    application.feed.listening = False
    answer = await guest.get("/readyz")
    assert (answer.status_code, answer.json()["database"], answer.json()["news"]) == (503, True, False)
    application.feed._answered = 0.0
    answer = await guest.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)
    application.feed.listening = True


@pytest.mark.parametrize("host", ["evil.example", "10.1.2.3:8080", "", "a b", "["])
async def test_a_balancer_s_check_is_answered_whatever_name_it_asks_for(browser: NewBrowser, host: str) -> None:
    for path in ("/healthz", "/readyz"):
        assert (await browser().get(path, host=host)).status_code in {200, 503}
    assert (await browser().get("/healthz/", host=host)).status_code != 200 or host == "10.1.2.3:8080"


async def test_a_page_that_fails_is_calm_and_tells_nothing_of_our_insides(sam: Browser, broken: None) -> None:
    for path in ("/trades", "/room/" + "0" * 26, "/activity"):
        answer = await sam.get(path)
        assert answer.status_code in {200, 500}
        for inside in ("SELECT", "psycopg", "Traceback", "UndefinedTable", "trades.code"):
            assert inside not in answer.text, path
        if answer.status_code == 500:
            assert UNAVAILABLE in answer.text


async def test_a_session_that_cannot_be_read_is_no_reason_to_sign_in_again(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(_: str) -> None:
        raise psycopg.OperationalError("the database is away")

    monkeypatch.setattr(sam.application.accounts, "viewer", fail)
    answer = await sam.get("/trades")
    assert (answer.status_code, answer.text) == (503, UNAVAILABLE)
    assert SESSION_COOKIE in sam.http.cookies


async def test_pages_that_wait_for_their_turn_hold_up_nothing_else_and_are_told_when_it_does_not_come(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = CapacityLimiter(1, each=1, patience=0.3)
    monkeypatch.setattr(_middleware(), "_pages", turns)
    viewer, begun, held = sam.application.accounts.viewer, asyncio.Event(), asyncio.Event()

    async def slowly(token: str, **told: str) -> Viewer | None:
        begun.set()
        await held.wait()
        return await viewer(token, **told)

    monkeypatch.setattr(sam.application.accounts, "viewer", slowly)
    first = asyncio.create_task(sam.get("/trades"))
    await begun.wait()
    second = await sam.get("/account")
    assert (second.status_code, second.text, second.headers["retry-after"]) == (503, CROWDED, "10")
    assert "default-src 'self'" in second.headers["content-security-policy"]
    assert (await sam.get("/healthz")).status_code == 200
    monkeypatch.setattr(turns, "_patience", 30)
    third = asyncio.create_task(sam.get("/account"))
    await asyncio.sleep(0.05)
    held.set()
    assert [(await page).status_code for page in (first, third)] == [200, 200]


def _middleware() -> Middleware:
    layer = app.middleware_stack
    while not isinstance(layer, Middleware):
        assert layer is not None
        layer = getattr(layer, "app", None)
    return layer


async def test_who_asks_by_hundreds_of_connections_waits_behind_themself(sam: Browser) -> None:
    answered: list[str] = []

    async def ask(address: str) -> None:
        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.append(address)

        asked = {"path": "/healthz", "raw_path": b"/healthz", "query_string": b"", "headers": [(b"host", b"test")]}
        scope = {"type": "http", "method": "GET", "scheme": "http", "client": (address, 1), **asked}
        await _middleware()(scope, asyncio.Queue[Message]().get, send)

    theirs = [f"2001:db8::{number:x}" for number in range(300)]  # one client, whom a whole network is given
    await asyncio.gather(*map(ask, theirs), ask("2001:db8:1::1"))
    assert len(answered) == 301
    assert answered.index("2001:db8:1::1") < 10


async def test_of_one_session_a_few_requests_at_once_are_asked_about(
    sam: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is asked for: each question takes a connection to the database, and there are few of them."""
    accounts, asking, most = sam.application.accounts, 0, 0
    viewer = accounts.viewer

    async def noted(*token: str, **zone: str) -> Viewer | None:
        nonlocal asking, most
        asking += 1
        most = max(most, asking)
        await asyncio.sleep(0.01)
        asking -= 1
        return await viewer(*token, **zone)

    monkeypatch.setattr(accounts, "viewer", noted)
    requests = [sam.http.post("/room/nothing") for _ in range(20)]
    requests += [sam.http.get("/room/nothing/receipt.json") for _ in range(20)]
    assert {answer.status_code for answer in await asyncio.gather(*requests)} <= {404, 405, 429}
    assert most == 2
