"""Signing up, in and out by real form posts, and where one arrives afterwards."""

import re
from collections.abc import Callable
from urllib.parse import quote
from uuid import uuid4

import pytest
from starlette.datastructures import MutableHeaders

from app.bootstrap import Application
from app.ui.http.cookies import CSRF_COOKIE, FLASH_COOKIE, SESSION_COOKIE, Cookies
from tests.ui.browser import PASSWORD, Browser
from tests.ui.reading import inputs

NewBrowser = Callable[[], Browser]


def new_name() -> str:
    """A name that nobody has."""
    return f"Person {uuid4().hex[:8]}"


async def test_the_start_page_has_one_form_with_both_buttons_and_the_demo(browser: NewBrowser) -> None:
    page = await browser().open("/")
    assert page.page.title == "Sign in · Traderoom"
    markup = page.markup()
    for label, name in (("Name", "name"), ("Password", "password")):
        assert f'<label for="{name}">{label}</label>' in markup
    assert inputs(markup)["password"]["type"] == "password"
    for button in ("Sign in", "Create account", "Continue as Sam (seller)", "Continue as Bea (buyer)"):
        assert len(re.findall(rf'<button type="submit"[^>]*>{re.escape(button)}</button>', markup)) == 1
    assert re.search('<button[^>]* formaction="/signup">Create account<', markup)


async def test_the_start_page_says_in_three_steps_what_this_is(browser: NewBrowser) -> None:
    for path, first in (("/", "Draft an offer."), ("/?next=/room/abc", "See the offer.")):
        page = await browser().open(path)
        steps = re.findall("<li><b>(.*?)</b>", page.markup())
        assert steps == [first, "Talk and bargain.", "Accept, or walk away."]


@pytest.mark.parametrize(
    ("path", "name", "password", "wrong"),
    [
        ("/login", "Sam", "wrong password", "password"),
        ("/signup", "", PASSWORD, "name"),
        ("/signup", "SAM", "another password", "name"),
        ("/signup", "Newcomer", "short", "password"),
    ],
)
async def test_the_focus_is_on_the_field_that_was_wrong(
    sam: Browser, path: str, name: str, password: str, wrong: str
) -> None:
    guest = Browser(sam.application)
    fields = inputs((await guest.open("/")).markup())
    assert [name for name, field in fields.items() if "autofocus" in field] == ["name"]
    await guest.post(path, name=name, password=password)
    fields = inputs((await guest.open("/")).markup())
    assert [name for name, field in fields.items() if "autofocus" in field] == [wrong]
    assert [name for name, field in fields.items() if "aria-invalid" in field] == [wrong]
    assert f'<p class="help" id="{fields[wrong]["aria-describedby"]}" role="alert">' in guest.markup()


async def test_signing_up_signs_in_and_leads_to_my_trades(browser: NewBrowser) -> None:
    guest, name = browser(), new_name()
    answer = await guest.post("/signup", name=name, password=PASSWORD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/trades")
    cookie = next(value for value in answer.headers.get_list("set-cookie") if value.startswith(SESSION_COOKIE))
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    await guest.open("/")
    assert guest.page.title == "My trades · Traderoom"
    assert name in guest.everything()
    assert "No trades yet" in guest.everything()


MISTAKES = [
    ("/login", "Sam", "wrong password", "Name or password is wrong."),
    ("/login", "Nobody at all", PASSWORD, "Name or password is wrong."),
    ("/login", "a\0b", PASSWORD, "Name or password is wrong."),
    ("/signup", "SAM", "another password", "This name is taken."),
    ("/signup", "Deleted user.", PASSWORD, "This name is taken by Traderoom itself."),
    ("/signup", "Sam (you)", PASSWORD, "This name is taken by Traderoom itself."),
    ("/signup", "", PASSWORD, "The name is empty."),
    ("/signup", "Newcomer", "short", "The password needs 8 to 200 characters."),
    ("/signup", "N\u0435wcomer", PASSWORD, "The name mixes letters of different alphabets."),
]


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_leads_back_to_the_form_with_the_name_and_one_sentence(
    sam: Browser, browser: NewBrowser, mistake: tuple[str, str, str, str]
) -> None:
    path, name, password, sentence = mistake
    guest = browser()
    answer = await guest.post(path, name=name, password=password, back="/trades/new")
    assert (answer.status_code, answer.headers["location"]) == (303, "/?next=/trades/new")
    assert SESSION_COOKIE not in guest.http.cookies
    await guest.open("/")
    fields = inputs(guest.markup())
    assert fields["name"]["value"] == name
    assert "value" not in fields["password"]
    assert re.search(f'role="alert">{re.escape(sentence)}', guest.markup())
    await guest.open("/")
    assert inputs(guest.markup())["name"]["value"] == ""
    assert 'role="alert"' not in guest.markup()
    assert FLASH_COOKIE not in guest.http.cookies


_MOST_OF_A_COOKIE = 4_096
"""Bytes of its name and value; a browser keeps no longer one (RFC 6265, 6.1)."""


@pytest.mark.parametrize("path", ["/login", "/signup", "/forgot-password"])
async def test_a_name_of_any_length_comes_back_with_its_sentence_in_a_cookie_that_browsers_keep(
    browser: NewBrowser, path: str
) -> None:
    guest = browser()
    name = "".join(chr(0x20000 + 37 * n) for n in range(500))  # nothing that a cookie could compress
    answer = await guest.post(path, name=name, password=PASSWORD, **{"csrf": "x"} if "forgot" in path else {})
    (kept,) = (said for said in answer.headers.get_list("set-cookie") if said.startswith(FLASH_COOKIE))
    assert len(kept.partition(";")[0].encode()) <= _MOST_OF_A_COOKIE
    fields = inputs((await guest.open(answer.headers["location"])).markup())
    assert fields["name"]["value"] == name[:200]
    assert 'role="alert"' in guest.markup()
    assert not [field for field in fields.values() if "maxlength" in field]


async def test_what_was_typed_never_comes_back_as_markup(browser: NewBrowser) -> None:
    guest = browser()
    await guest.post("/login", name="<script>alert(1)</script>", password=PASSWORD)
    page = (await guest.get("/")).text
    assert "<script>alert(1)" not in page


@pytest.mark.parametrize("field", ["name", "password", "back"])
async def test_no_field_of_a_forged_form_breaks_the_entrance(sam: Browser, browser: NewBrowser, field: str) -> None:
    for value in ("\0", "x" * 60_000, "\N{REPLACEMENT CHARACTER}", "%00", "../../etc/passwd"):
        guest = browser()
        fields = {"name": "Sam", "password": PASSWORD, "back": "/trades", field: value}
        answer = await guest.post("/login", **fields)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith(("/trades", "/?next="))
        assert (await guest.http.get("/trades", follow_redirects=True)).status_code == 200


PRIVATE = ["/trades", "/trades/new", "/activity", "/account", "/room/abc", "/room/", "/room", "/trades/nothing"]


async def test_a_private_address_asks_to_sign_in_first(browser: NewBrowser) -> None:
    for path in PRIVATE:
        answer = await browser().get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/?next={path}")


async def test_a_room_link_leads_back_to_that_room_after_signing_in_or_up(
    application: Application, sam: Browser, browser: NewBrowser
) -> None:
    link = f"/room/{(await sam.offer()).code}"
    for path in ("/signup", "/login"):
        guest = browser()
        answer = await guest.get(link)
        await guest.open(answer.headers["location"])
        assert "Somebody invited you to a room." in guest.everything()
        back = inputs(guest.markup())["back"]["value"]
        assert back == link
        name = new_name() if path == "/signup" else "Sam"
        answer = await guest.post(path, name=name, password=PASSWORD, back=back)
        assert answer.headers["location"] == link


ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "/trades\\..\\..\\evil",
    "javascript:alert(1)",
    "/room/\r\nSet-Cookie: a=b",
    "/room/\0",
    "/tradesman",
    "/",
    "/healthz",
    "trades",
    "",
    "/trades@evil.example",
    "///trades",
]


async def test_next_leads_nowhere_but_to_a_private_page_of_ours(sam: Browser, browser: NewBrowser) -> None:
    for there in ELSEWHERE:
        guest = await browser().open("/?next=" + quote(there))
        assert inputs(guest.markup())["back"]["value"] == "/trades"
        answer = await guest.post("/login", name="Sam", password=PASSWORD, back=there)
        assert answer.headers["location"] == "/trades"


async def test_without_a_token_or_with_somebody_else_s_nobody_signs_in(sam: Browser, browser: NewBrowser) -> None:
    stranger = browser()
    foreign = await stranger.csrf()
    for token in ("", foreign, "x", "é", foreign + "x"):
        guest = browser()
        await guest.get("/")
        answer = await guest.http.post("/login", data={"csrf": token, "name": "Sam", "password": PASSWORD})
        assert (answer.status_code, answer.headers["location"]) == (303, "/?next=/trades")
        assert SESSION_COOKIE not in guest.http.cookies
        await guest.open("/")
        assert "This page was open for too long. Please try again." in guest.everything()


async def test_a_form_without_its_browser_s_cookie_is_refused(sam: Browser, browser: NewBrowser) -> None:
    guest = browser()
    token = await guest.csrf()
    guest.http.cookies.delete(CSRF_COOKIE)
    await guest.http.post("/login", data={"csrf": token, "name": "Sam", "password": PASSWORD})
    assert SESSION_COOKIE not in guest.http.cookies


async def test_signing_out_needs_the_token_and_ends_the_session(sam: Browser) -> None:
    session = sam.http.cookies[SESSION_COOKIE]
    for token in ("x", ""):
        await sam.http.post("/logout", data={"csrf": token})
        assert (await sam.get("/trades")).status_code == 200
    answer = await sam.post("/logout")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert SESSION_COOKIE not in sam.http.cookies
    sam.http.cookies.set(SESSION_COOKIE, session)
    assert (await sam.get("/trades")).status_code == 303


async def test_a_made_up_session_is_none(browser: NewBrowser) -> None:
    for cookie in ("made up", "made.up", "", "x" * 3000):
        guest = browser()
        guest.http.cookies.set(SESSION_COOKIE, cookie)
        assert (await guest.get("/trades")).status_code == 303


async def test_the_demo_s_two_people_enter_by_a_button(application: Application, browser: NewBrowser) -> None:
    await Browser(application).signed_in("Sam")
    await Browser(application).signed_in("Bea")
    for person, name in (("seller", "Sam"), ("buyer", "Bea")):
        guest = browser()
        answer = await guest.post("/demo", person=person, back="/activity")
        assert answer.headers["location"] == "/activity"
        await guest.open("/activity")
        assert name in guest.everything()
    guest = browser()
    await guest.post("/demo", person="Sam")
    assert SESSION_COOKIE not in guest.http.cookies
    await guest.http.post("/demo", data={"person": "seller"})
    assert SESSION_COOKIE not in guest.http.cookies


def test_the_session_cookie_is_secure_behind_https() -> None:
    headers = MutableHeaders()
    Cookies("a secret of the tests", secure=True).set_session(headers, "token")
    assert "Secure" in headers["set-cookie"]
