"""One's own data: taking all of it along, leaving for good, and the browser that is known again."""

import json
import logging
from collections.abc import Callable
from http.cookies import Morsel, SimpleCookie
from types import SimpleNamespace
from typing import Any

import pytest
from limits import parse
from starlette.datastructures import MutableHeaders

from app.bootstrap import Application
from app.domain.names import GONE
from app.service.accounts import Device
from app.ui.http.cookies import DEVICE_COOKIE, SESSION_COOKIE, ZONE_COOKIE, Cookies, cookie_name
from tests.ui.browser import PASSWORD, Browser
from tests.ui.newcomers import newcomer

DATA = "/account/data.json"


@pytest.fixture
async def ann(application: Application) -> Browser:
    """Somebody new, signed in."""
    return await newcomer(application, "Ann")


async def test_the_page_offers_the_download(ann: Browser) -> None:
    await ann.open("/account")
    assert f'href="{DATA}" download' in ann.markup()


async def test_the_download_is_a_file_of_one_s_own_and_is_kept_nowhere(ann: Browser) -> None:
    trade = await ann.offer("Mine alone")
    answer = await ann.get(DATA)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="traderoom-data.json"'
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    held = json.loads(answer.content)
    assert held["account"]["name"] == ann.name
    assert [entry["id"] for entry in held["trades"]] == [trade.id]
    assert trade.code not in answer.text
    assert ann.http.cookies[SESSION_COOKIE].split(".")[0] not in answer.text


async def test_nobody_gets_other_people_s_data(ann: Browser, eve: Browser, browser: Callable[[], Browser]) -> None:
    await ann.offer("Mine alone")
    for path in (DATA, f"{DATA}?id={(await ann.person()).id}", f"{DATA}?name={ann.name}"):
        answer = await eve.get(path)
        assert json.loads(answer.content)["account"]["name"] == "Eve"
        assert "Mine alone" not in answer.text
        assert ann.name not in answer.text
    answer = await browser().get(DATA)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/?next={DATA}")


async def test_asking_too_often_is_told_as_such(ann: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ann.application.privacy._limits._rates, "exports", parse("1/minute"))
    assert (await ann.get(DATA)).status_code == 200
    answer = await ann.get(DATA)
    assert answer.status_code == 429
    assert "Please wait a minute and try again." in answer.text
    assert ann.name not in answer.text


def says(page: Browser, sentence: str) -> Callable[[], bool]:
    """Whether this is told at the dialog's field."""
    return lambda: sentence in str(page.field("Your password").error)


async def test_an_account_is_deleted_with_its_password_and_every_page_of_it_closes(
    ann: Browser, application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    trade = await ann.offer("Abandoned")
    other = await (await Browser(application).signed_in(ann.name)).open("/trades")
    person = await ann.person()
    await ann.open("/account")
    ann.press("Delete account")
    assert "This is final, and signs you out everywhere." in ann.everything()
    ann.press("Delete for good")
    await ann.until(says(ann, "The current password is wrong."))
    ann.fill("Your password", "not the password")
    ann.press("Delete for good")
    await ann.until(says(ann, "The current password is wrong."))
    assert (await ann.get("/trades")).status_code == 200
    ann.fill("Your password", PASSWORD)
    ann.press("Delete for good")
    await ann.wait(lambda: (ann.sent_to, other.sent_to) == (["/?next=/account"], ["/?next=/trades"]))
    for page in (ann, other):
        assert (await page.get("/trades")).status_code == 303
    refused = await ann.post("/login", name=ann.name, password=PASSWORD)
    assert refused.headers["location"].startswith("/?next=")
    standing = await application.history.trade(trade.id)
    assert standing is not None
    assert (standing.trade.seller.id, standing.trade.seller.name) == (person.id, GONE)
    assert standing.trade.code != trade.code
    assert [record.getMessage() for record in caplog.records if record.levelno > logging.WARNING] == []


async def test_an_open_negotiation_is_told_in_the_dialog(ann: Browser, bea: Browser) -> None:
    trade = await ann.offer("Still open")
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await ann.open("/account")
    ann.press("Delete account")
    ann.fill("Your password", PASSWORD)
    ann.press("Delete for good")
    await ann.sees("You are in a negotiation that is still open. Accept, reject or withdraw the offer, or wait")
    assert ann.has_button("Delete for good")
    ann.press("Cancel")
    await ann.until(lambda: not ann.buttons("Delete for good"))
    assert (await ann.get("/trades")).status_code == 200


@pytest.mark.parametrize("left", [True, False], ids=["nobody is there", "somebody is there"])
@pytest.mark.parametrize("path", ["/room/{}", "/trades"])
async def test_who_is_gone_is_nobody_on_every_page_that_others_open(
    ann: Browser, bea: Browser, path: str, left: bool
) -> None:
    """Whether or not a page is open that has shown the name before."""
    trade = await ann.offer("Outlives its seller")
    await bea.application.negotiation.join(await bea.viewer(), trade.id, trade.code)
    await bea.application.negotiation.accept(await bea.viewer(), trade.id, 1)
    path = path.format(trade.code)
    tab = await bea.tab().open(path)
    await tab.sees(ann.name)
    if left:
        tab.page.delete()
    await bea.application.privacy.delete_account(await ann.viewer(), PASSWORD)
    await bea.open(path)
    await bea.sees(GONE)
    assert ann.name not in bea.everything()


async def test_nobody_is_told_to_ask_or_to_write_to_whoever_is_gone(ann: Browser, bea: Browser) -> None:
    """Nor is the seller kept from offering the same to somebody else, where the buyer is gone."""
    trade = await ann.offer("Nobody left to ask")
    await bea.room(trade)
    await bea.application.negotiation.reject(await bea.viewer(), trade.id, 1, "")
    await bea.sees("Messages stay open for both of you.")
    assert bea.has_button("Offer again")
    await bea.application.privacy.delete_account(await ann.viewer(), PASSWORD)
    await bea.room(trade)
    await bea.sees(GONE)
    await bea.sees("Keep the record")
    assert not bea.has_button("Offer again")
    assert "both of you" not in bea.everything()
    mine = await bea.offer("Somebody else may have it")
    eve = await newcomer(bea.application, "Eve")
    await eve.room(mine)
    await eve.application.negotiation.reject(await eve.viewer(), mine.id, 1, "")
    await eve.application.privacy.delete_account(await eve.viewer(), PASSWORD)
    await bea.room(mine)
    await bea.sees("Keep the record")
    assert bea.has_button("Offer again")
    assert "both of you" not in bea.everything()


# The browser that is known again.


def cookie_of(headers: list[str], *, secure: bool = False) -> "Morsel[str]":
    """The device cookie among these headers."""
    name = cookie_name(DEVICE_COOKIE, secure=secure)
    (found,) = (one for one in headers if one.startswith(f"{name}="))
    return SimpleCookie(found)[name]


async def test_a_browser_is_known_from_its_first_sign_in_on(ann: Browser, application: Application) -> None:
    guest = Browser(application)
    answer = await guest.post("/login", name=ann.name, password=PASSWORD)
    cookie = cookie_of(answer.headers.get_list("set-cookie"))
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/", "lax", True)
    assert int(cookie["max-age"]) == 365 * 86_400
    assert PASSWORD not in cookie.value
    assert ann.name.split()[1] not in cookie.value
    await guest.post("/logout")
    assert DEVICE_COOKIE in guest.http.cookies
    again = await guest.post("/login", name=ann.name, password=PASSWORD)
    assert cookie_of(again.headers.get_list("set-cookie")).value == cookie.value
    other = await Browser(application).post("/login", name=ann.name, password=PASSWORD)
    assert cookie_of(other.headers.get_list("set-cookie")).value != cookie.value
    refused = await Browser(application).post("/login", name=ann.name, password="not the password")
    assert not [one for one in refused.headers.get_list("set-cookie") if one.startswith(DEVICE_COOKIE)]


async def test_the_owner_s_browser_gets_in_while_strangers_guess(
    ann: Browser, application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here they come from one address, as through a proxy that hides theirs."""
    await ann.post("/logout")
    monkeypatch.setitem(application.accounts._limits._rates, "guesses_at_name", parse("2/minute"))
    stranger = Browser(application)
    for _ in range(3):
        await stranger.post("/login", name=ann.name, password="not the password")
    denied = await stranger.post("/login", name=ann.name, password=PASSWORD)
    assert denied.headers["location"].startswith("/?next=")
    assert (await ann.post("/login", name=ann.name, password=PASSWORD)).headers["location"] == "/trades"


def told(cookies: Cookies, value: str) -> Device | None:
    """What a browser with this cookie tells."""
    request: Any = SimpleNamespace(cookies={cookies.name(DEVICE_COOKIE): value})
    return cookies.device(request)


@pytest.mark.parametrize("secure", [False, True])
def test_the_device_cookie_is_signed_and_secure_where_the_site_is(secure: bool) -> None:
    cookies, headers = Cookies("a secret of the tests", secure=secure), MutableHeaders()
    cookies.set_device(headers, None, 7)
    cookie = cookie_of(headers.getlist("set-cookie"), secure=secure)
    assert bool(cookie["secure"]) == secure == cookie.key.startswith("__Host-")
    device = told(cookies, cookie.value)
    assert device is not None
    assert device.person_id == 7
    assert len(device.mark) >= 20
    assert told(Cookies("another secret", secure=secure), cookie.value) is None
    for forged in ("", "8", "8 mark", cookie.value.replace("7", "8", 1), cookie.value[:-1], "é", "a.b"):
        assert told(cookies, forged) is None, forged


def test_another_person_s_sign_in_gives_the_browser_another_mark() -> None:
    cookies, before = Cookies("a secret of the tests", secure=False), Device(7, "a mark")
    marks = []
    for person_id in (7, 8):
        headers = MutableHeaders()
        cookies.set_device(headers, before, person_id)
        marks.append(told(cookies, cookie_of(headers.getlist("set-cookie")).value))
    assert marks[0] == before
    assert marks[1] is not None
    assert (marks[1].person_id, marks[1].mark != before.mark) == (8, True)


async def test_a_session_s_cookie_is_no_device_s(ann: Browser, application: Application) -> None:
    cookies = Cookies(application.settings.resolve_secret(), secure=False)
    assert told(cookies, ann.http.cookies[DEVICE_COOKIE].strip('"')) is not None
    assert told(cookies, ann.http.cookies[SESSION_COOKIE]) is None


def test_a_time_zone_that_another_host_has_planted_is_not_read() -> None:
    planted: Any = SimpleNamespace(cookies={ZONE_COOKIE: "Asia/Kolkata"})
    own: Any = SimpleNamespace(cookies={cookie_name(ZONE_COOKIE, secure=True): "Asia/Tokyo", **planted.cookies})
    assert [Cookies("secret", secure=True).time_zone(request) for request in (planted, own)] == ["", "Asia/Tokyo"]
    assert [Cookies("secret", secure=False).time_zone(request) for request in (planted, own)] == [
        "Asia/Kolkata",
        "Asia/Kolkata",
    ]
