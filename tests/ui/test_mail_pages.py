"""Pages around mails: the address on the account page, where links in mails lead, the way back without a password."""

import re
from collections.abc import Callable
from urllib.parse import urlencode
from uuid import uuid4

import httpx
import pytest
from limits import parse

from app.bootstrap import Application
from app.service.mailing import CONFIRM, RECOVER
from tests.ui.browser import PASSWORD, Browser
from tests.ui.looking import look
from tests.ui.visitor import ORIGIN

NewBrowser = Callable[[], Browser]
HEAD = {"content-type": "application/x-www-form-urlencoded"}


async def delivered(application: Application) -> None:
    """Run the jobs that are due."""
    await application.queue.app.run_worker_async(
        wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful"
    )


async def link_in_mail(application: Application, browser: Browser, kind: str) -> str:
    """The path of the link in the newest mail, as the demo shows it."""
    await delivered(application)
    newest = (await browser.get("/demo/mail")).text.partition("<article")[2].partition("</article>")[0]
    found = re.search(rf'href="{ORIGIN}(/mail/{kind}/[^"]+)"', newest)
    assert found is not None, newest
    return found[1]


@pytest.fixture
async def olga(application: Application) -> Browser:
    """Somebody with an account of their own, on its page."""
    browser = await Browser(application).signed_in(f"Olga {uuid4().hex[:8]}")
    return await browser.open("/account")


def address() -> str:
    return f"{uuid4().hex[:8]}@example.com"


async def save(page: Browser, email: str, password: str = PASSWORD) -> None:
    page.fill("E-mail", email)
    page.fill("Password to change it", password)
    page.press("Save e-mail")


async def with_address(application: Application, browser: Browser) -> str:
    """Let somebody on the account page have a confirmed address."""
    email = address()
    await save(browser, email)
    await browser.sees("We have sent a link to")
    path = await link_in_mail(application, browser, "confirm")
    assert (await browser.http.post(path, headers=HEAD)).status_code == 200
    return email


async def test_an_address_is_saved_confirmed_by_its_link_and_shown(application: Application, olga: Browser) -> None:
    email = address()
    await save(olga, email)
    await olga.sees(f"We have sent a link to {email}.")
    await olga.until(lambda: olga.field("Password to change it").value == "")
    path = await link_in_mail(application, olga, "confirm")
    assert email in (await olga.get(path)).text
    await olga.open("/account")
    assert f"We have sent a link to {email}." in olga.everything(), "a link that is only opened changes nothing"
    elsewhere = Browser(application)
    assert "Your address is confirmed" in (await elsewhere.http.post(path, headers=HEAD)).text
    look(olga, visible=True)
    await olga.sees(f"Confirmed: {email}.")
    await olga.open("/account")
    assert f"Confirmed: {email}." in olga.everything()
    for answer in (await olga.get(path), await olga.http.post(path, headers=HEAD)):
        assert (answer.status_code, "This link is over" in answer.text) == (404, True)


async def test_that_an_address_is_removed_is_said(application: Application, olga: Browser) -> None:
    await with_address(application, olga)
    await save(olga, "")
    await olga.sees("There is no address any more. No mails will come.")
    await olga.open("/account")
    assert "no address" not in olga.everything()


async def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(olga: Browser) -> None:
    for typed in ("no address", f"{'x' * 250}@example.com"):
        await save(olga, typed)
        await olga.until(lambda: "no e-mail address that we can write to" in str(olga.field("E-mail").error))
        assert olga.field("E-mail").value == typed
    assert "maxlength" not in olga.field("E-mail").props, "it would cut what is pasted without a word"
    await save(olga, address(), "wrong password")
    await olga.until(lambda: olga.field("Password to change it").error == "The current password is wrong.")
    assert olga.field("E-mail").error is None
    assert olga.field("Password to change it").value == "wrong password"


async def test_mails_about_trades_end_in_one_click_and_begin_again_on_the_account_page(
    application: Application, olga: Browser
) -> None:
    await with_address(application, olga)
    assert application.post is not None
    path = f"/mail/unsubscribe/{application.post.addresses.unsubscribe_token((await olga.person()).id)}"
    machine = Browser(application).http
    page = await machine.get(path)
    assert page.status_code == 200
    await olga.open("/account")
    assert olga.has_button("Stop mails about trades"), "a link that is only opened changes nothing"
    answer = await machine.post(
        path, content="List-Unsubscribe=One-Click", headers={**HEAD, "origin": "https://mail.example"}
    )
    assert (answer.status_code, "You are unsubscribed" in answer.text) == (200, True)
    await olga.open("/account")
    olga.press("Send mails about trades")
    await olga.until(lambda: olga.has_button("Stop mails about trades"))
    files = {"List-Unsubscribe": (None, "One-Click")}
    assert (await machine.post(path, files=files)).status_code == 200, "as multipart, which RFC 8058 allows too"
    await olga.open("/account")
    assert olga.has_button("Send mails about trades")


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_token_that_is_not_ours_leads_nowhere(browser: NewBrowser, method: str) -> None:
    for path in ("unsubscribe/1.x", "unsubscribe/1", "confirm/x", "password/x", "confirm/%00", "unsubscribe/%ff"):
        answer = await browser().http.request(method, f"/mail/{path}", headers=HEAD)
        assert answer.status_code == 404


async def test_a_password_is_recovered_by_forms_alone(
    application: Application, browser: NewBrowser, olga: Browser
) -> None:
    await with_address(application, olga)
    guest = browser()
    start = await guest.get("/")
    assert "Forgot password?" in start.text
    form = (await guest.get("/forgot-password")).text
    answer = await guest.post("/forgot-password", name=olga.name, csrf=csrf_in(form))
    assert (answer.status_code, answer.headers["location"]) == (303, "/forgot-password?asked")
    assert "a mail is on its way there" in (await guest.get("/forgot-password?asked")).text
    path = await link_in_mail(application, guest, "password")
    assert olga.name in (await guest.get(path)).text
    for password in ("short", "x" * 201):
        wrong = await guest.http.post(path, data={"password": password})
        assert (wrong.status_code, "8 to 200" in wrong.text, 'aria-invalid="true"' in wrong.text) == (422, True, True)
        assert "maxlength" not in wrong.text, "it would cut what is pasted without a word"
    assert "Your password is changed" in (await guest.http.post(path, data={"password": "a new password"})).text
    assert (await olga.get("/trades")).status_code == 303, "signed out everywhere"
    assert (await guest.get(path)).status_code == 404
    answer = await guest.post("/login", name=olga.name, password="a new password")
    assert answer.headers["location"] == "/trades"


def csrf_in(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]


async def test_the_answer_is_the_same_for_a_name_that_nobody_has(browser: NewBrowser, olga: Browser) -> None:
    def answered(answer: httpx.Response) -> tuple[int, str, list[str]]:
        names = [value.partition("=")[0] for value in answer.headers.get_list("set-cookie")]
        return answer.status_code, answer.headers["location"], names

    answers = []
    for name in (olga.name, f"Nobody {uuid4().hex[:8]}"):
        guest = browser()
        form = (await guest.get("/forgot-password")).text
        answers.append(answered(await guest.post("/forgot-password", name=name, csrf=csrf_in(form))))
    assert answers[0] == answers[1]


async def test_a_refusal_keeps_the_name(browser: NewBrowser) -> None:
    guest = browser()
    await guest.get("/forgot-password")
    answer = await guest.post("/forgot-password", name='Olga "<b>"', csrf="x")
    assert answer.headers["location"] == "/forgot-password"
    page = (await guest.get("/forgot-password")).text
    assert "This page was open for too long" in page
    assert 'value="Olga &#34;&lt;b&gt;&#34;"' in page


async def test_the_demo_shows_its_mails_the_newest_first_escaped(application: Application, browser: NewBrowser) -> None:
    for number in range(2):
        olga = await Browser(application).signed_in(f"<i>Olga {uuid4().hex[:4]} {number}</i>")
        await save(await olga.open("/account"), address())
        await olga.sees("We have sent a link to")
        await delivered(application)
    page = (await browser().get("/demo/mail")).text
    first, second = (page.index(f" {number}&lt;/i&gt;") for number in (1, 0))
    assert first < second
    assert "<i>" not in page
    assert 'href="/"' in page, "there is no way on from it"


@pytest.mark.parametrize("address", [CONFIRM, RECOVER])
async def test_whoever_tries_links_very_often_is_told_to_wait_and_none_is_looked_for(
    application: Application, browser: NewBrowser, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    assert application.post is not None
    limits = application.post.addresses._limits
    monkeypatch.setitem(limits._rates, "sign_in", parse("1/minute"))
    guest, path = browser(), f"{address}/nobody-s"
    form = urlencode({"password": PASSWORD})
    await guest.http.post(path, headers=HEAD, content=form)
    monkeypatch.setattr(application.post.addresses, "_store", None)
    monkeypatch.setattr(application.post.recovery, "_addresses", None)
    answer = await guest.http.post(path, headers=HEAD, content=form)
    assert answer.status_code == 429
    assert "Please wait a minute" in answer.text
